"""What instances of the shipped processes did, exported and played again, is done again line by line."""

from pathlib import Path

import pytest
import yaml

from engine import history, instances, repairs
from engine.play import Player
from foundation.errors import Conflict
from processes import scenario_export, scenarios
from tests.engine.diagrams import diagram, event, extension, multi, timer

FOLDER = Path(scenarios.__file__).parent
FILES = sorted(FOLDER.glob("*/scenarios/*.yaml"))


def lines_of(player: Player) -> list[tuple[str, str, str, str]]:
    """Give what happened; ladder steps that fire in the moment of a job come before or after it."""
    with player.database.reading() as session:
        found = history.of_instance(session, player.instance_id or "", limit=100_000)
    return [
        (one.type, one.element, one.scope, one.at.isoformat())
        for one in found
        if one.type != "escalation.fired"
    ]


def exported(player: Player) -> str:
    with player.database.reading() as session:
        return scenario_export.as_yaml(session, player.instance_id or "")


def replayed(text: str, files: dict[str, bytes]) -> scenarios.Outcome:
    outcome = scenarios.run(scenarios.read(text.encode(), file="exported.yaml"), files)
    assert outcome.is_passed, f"{outcome.failure}\n{text}"
    return outcome


@pytest.mark.parametrize("path", FILES, ids=[f"{one.parts[-3]}/{one.stem}" for one in FILES])
def test_an_instance_of_a_shipped_process_is_done_again(path: Path) -> None:
    files = scenarios.files_beside(path)
    first = scenarios.run(scenarios.read(path.read_bytes(), file=path.name), files).player
    again = replayed(exported(first), files).player
    assert lines_of(again) == lines_of(first)
    for name in ("state", "variables", "waiting"):
        assert getattr(again.result(), name) == getattr(first.result(), name)
    assert [step.due_at for step, _task in again.fired_steps()] == [
        step.due_at for step, _task in first.fired_steps()
    ]


def calling() -> bytes:
    each = multi(camunda__collection="=units", camunda__elementVariable="unit", tiendo__elementKey="=unit",
                 tiendo__outputCollection="answers", tiendo__outputElement="=answer")  # fmt: skip
    mapping = extension('<camunda:out source="answer" target="answer"/>')
    drawn = diagram().error("e", "BAD").message("m", "news", "= code").start(body=event("message", "m"))
    drawn.node("callActivity", "call", mapping + each, calledElement="unit").service_task("job", "t").end()
    drawn.boundary("bad", "job", event("error", "e")).catch("wait", timer("timeDuration", "PT5H")).end("e2")
    return drawn.bytes()


def test_children_jobs_errors_messages_and_timers_come_again_in_their_order() -> None:
    files = {"p.bpmn": calling()}
    player = Player(files, jobs={"t": "wait"})
    player.begin({"units": ["b", "a", "c"], "code": "x"})
    player.end_child("call", "c", {"answer": 3})
    player.advance("PT1H")
    player.end_child("call", "a", {"answer": 1})
    player.end_child("call", "b", {"answer": 2})
    player.work("job", {"why": "late"}, error="BAD")
    player.advance("PT9H")

    text = exported(player)
    again = replayed(text, files).player

    assert yaml.safe_load(text)["start"]["event"] == "start"
    assert lines_of(again) == lines_of(player)
    assert again.result().variables["answers"] == {"b": 2, "a": 1, "c": 3}


def test_an_instance_changed_by_hand_is_not_exported_but_says_where() -> None:
    player = Player({"p.bpmn": diagram().start().user_task("a").end().bytes()})
    player.begin()
    with player.database.unit_of_work() as work:
        repairs.set_variables(work, player.instance_id or "", {"x": 1}, reason="sai")
        work.commit()
    with pytest.raises(Conflict, match=r"variables\.repaired"):
        exported(player)


def test_a_cancelled_instance_is_cancelled_again() -> None:
    files = {"p.bpmn": diagram().start().user_task("a").end().bytes()}
    player = Player(files)
    player.begin()
    player.cancel("thôi")
    with player.database.reading() as session:
        assert instances.get(session, player.instance_id or "").state == "cancelled"
    assert replayed(exported(player), files).player.result().state == "failed"

"""A run that is saved, dropped and loaded anew after each step takes the same way."""

from datetime import UTC, datetime

import pytest

from engine import graphs, history
from engine.spiff import state
from engine.spiff.effects import Happened
from engine.spiff.execution import Execution
from foundation.database import Database
from tests.engine.conftest import Bench
from tests.engine.diagrams import conditional, diagram

NOW = datetime(2024, 2, 5, 1, 0, tzinfo=UTC)

#: three branches, one behind a condition, and an inclusive join
BRANCHES = (
    diagram()
    .start()
    .parallel("split")
    .task("a")
    .node("inclusiveGateway", "join")
    .end()
    .at("split")
    .task("b")
    .flow("b", "join")
    .at("split")
    .catch("c", conditional("x = 1"))
    .flow("c", "join")
    .bytes()
)


@pytest.fixture
def reloading(bench: Bench) -> Bench:
    bench.database.reloads_each_step = True
    return bench


def lines(execution: Execution) -> list[tuple[str, str]]:
    return [(one.type, one.element) for one in execution.effects if isinstance(one, Happened)]


def executed(content: bytes, variables: dict[str, int], *, is_reloaded: bool) -> Execution:
    graph = graphs.build(content, file="p.bpmn")["p"]
    execution = Execution(graph, now=NOW, calendar=None, ports=None)  # type: ignore[arg-type]  # asks nothing
    execution.start(dict(variables))
    return execution.run(state.reload if is_reloaded else None)


@pytest.mark.parametrize("x", [0, 1])
def test_the_way_is_the_same_with_and_without_reloading(x: int) -> None:
    plain = executed(BRANCHES, {"x": x}, is_reloaded=False)
    reloaded = executed(BRANCHES, {"x": x}, is_reloaded=True)

    assert lines(reloaded) == lines(plain)
    assert state.dump(reloaded) == state.dump(plain)


def test_each_step_ends_with_another_execution_whose_tokens_have_the_same_turns() -> None:
    graph = graphs.build(BRANCHES, file="p.bpmn")["p"]
    execution = Execution(graph, now=NOW, calendar=None, ports=None)  # type: ignore[arg-type]  # asks nothing
    execution.start({"x": 0})
    steps = []

    def checked(before: Execution) -> Execution:
        after = state.reload(before)
        assert after is not before
        assert list(after.tasks) == list(before.tasks)
        assert [token.id for token in after.ready] == [token.id for token in before.ready]
        steps.append(len(after.ready))
        return after

    execution.run(checked)
    assert max(steps) == 3


def test_what_a_run_keeps_outside_its_state_is_lost() -> None:
    graph = graphs.build(BRANCHES, file="p.bpmn")["p"]
    execution = Execution(graph, now=NOW, calendar=None, ports=None)  # type: ignore[arg-type]  # asks nothing
    execution.start({"x": 0})
    execution.step()
    execution.whispered = "until the next restart"

    assert not hasattr(state.reload(execution), "whispered")


def test_commands_timers_and_history_go_on_through_reloads(reloading: Bench) -> None:
    reloading.deploy(diagram().start().user_task("a").task("m").user_task("b").end().bytes())
    instance = reloading.start()
    reloading.complete(instance, "a", y=2)
    reloading.complete(instance, "b")

    assert reloading.state(instance) == "completed"
    assert reloading.variables(instance)["y"] == 2
    with reloading.database.reading() as session:
        assert history.verify(session, instance) is None


def test_a_unit_of_work_reloads_only_when_its_database_says_so(database: Database) -> None:
    with database.unit_of_work() as work:
        assert not work.reloads_each_step

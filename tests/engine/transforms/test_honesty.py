"""What a transform invents is never seen: traces, waiting elements and incidents name what people drew."""

import pkgutil

import pytest
from lxml import etree

from engine import transforms
from engine.bpmn import BPMN, FLOW_NODES, local
from engine.play import Player
from engine.played import Played
from engine.transforms.global_tasks import TASKS
from tests.engine.diagrams import Diagram, diagram, event, link, timer


def jumping() -> Diagram:
    drawing = diagram().start().throw("away", link("A")).at(None).catch("here", link("A"))
    return drawing.user_task("u").end()


def splitting() -> Diagram:
    """Draw a task with a conditional, a default and an unconditional flow: two invented gateways."""
    drawing = diagram().start().task("a", default="no", name="Soạn").at(None).user_task("yes").end("e1")
    drawing.at(None).user_task("other").end("e2").at(None).user_task("always").end("e3")
    drawing.flow("a", "yes", "amount > 5").flow("a", "other", identity="no")
    return drawing.flow("a", "always", identity="plain")


def receiving() -> Diagram:
    drawing = diagram().message("m", "answer", None).start().node("eventBasedGateway", "g")
    drawing.node("receiveTask", "r", messageRef="m").user_task("u").end()
    return drawing.at("g").catch("c", timer("timeDuration", "PT1H")).end("e2")


def bare() -> Diagram:
    """Draw neither starts nor ends, in the process and in a sub-process."""
    drawing = diagram().task("one").at(None).inside("s").script_task("two").outside()
    return drawing.at(None).user_task("u")


def referring() -> Diagram:
    later = timer("timeDuration", "PT1H").replace("Definition>", 'Definition id="later">', 1)
    drawing = diagram().root(later)
    return drawing.start().catch("c", "<bpmn:eventDefinitionRef>later</bpmn:eventDefinitionRef>").end()


def lost() -> Diagram:
    return diagram().start().user_task("u").end().at(None).task("lost").flow("lost", "u")


def spelled_with_digits() -> Diagram:
    drawing = diagram().message("m", "answer", None).start().user_task("u").end()
    return drawing.boundary("b", "u", event("message", "m"), cancelActivity="0").user_task("more").end("e2")


def translated() -> Diagram:
    drawing = diagram().start().exclusive("g", default="no").at(None).user_task("u").end().at(None).end("e2")
    return drawing.flow("g", "u", "${amount > 5}").flow("g", "e2", identity="no")


def shared() -> Diagram:
    task = '<bpmn:globalTask id="x" name="Việc chung"/>'
    return diagram().root(task).start().node("callActivity", "c", calledElement="x").user_task("u").end()


#: transform → a drawing it rewrites
DRAWINGS = {
    "booleans": spelled_with_digits,
    "ends": bare,
    "expressions": translated,
    "global_tasks": shared,
    "links": jumping,
    "receivers": receiving,
    "references": referring,
    "splits": splitting,
    "unreachable": lost,
}


def played(drawing: Diagram, **variables: object) -> Played:
    """Play as far as it goes: complete what is open, send the answer, let an hour pass."""
    player = Player({"p.bpmn": drawing.bytes()})
    player.begin(variables)
    player.send("answer")
    for task in player.open_tasks():
        player.complete(task.element)
    player.advance("PT2H")
    return player.result()


def drawn(drawing: Diagram) -> dict[str, str]:
    """Give the tags people drew by id."""
    nodes = etree.fromstring(drawing.bytes()).iter(f"{BPMN}*")
    return {str(node.get("id")): local(node) for node in nodes if local(node) in FLOW_NODES | set(TASKS)}


def test_every_transform_is_played_here() -> None:
    modules = {module.name for module in pkgutil.iter_modules(transforms.__path__)} - {"tree"}
    assert modules == set(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_trace_names_drawn_elements_as_they_were_drawn(name: str) -> None:
    drawing = DRAWINGS[name]()
    found = played(drawing, amount=9)
    told = {line.element: line.type for line in found.trace if line.element}
    assert found.state == "completed", found
    assert told
    assert told.items() <= (drawn(drawing) | {"p": "process"}).items()


@pytest.mark.parametrize("name", DRAWINGS)
def test_what_waits_is_drawn(name: str) -> None:
    drawing = DRAWINGS[name]()
    player = Player({"p.bpmn": drawing.bytes()})
    player.begin({"amount": 9})
    waiting = {one.element for one in player.result().waiting}
    assert waiting
    assert waiting <= set(drawn(drawing))


def test_the_choice_behind_a_task_is_told_as_the_tasks_own() -> None:
    player = Player({"p.bpmn": splitting().bytes()})
    player.begin({"amount": 9})
    chosen = [line for line in player.trace() if line.event == "flows.chosen"]
    assert {(line.element, line.type) for line in chosen} == {("a", "task")}
    assert {task.element for task in player.open_tasks()} == {"yes", "always"}


def test_an_incident_of_an_invented_gateway_names_the_task_it_was_made_for() -> None:
    drawing = diagram().start().task("a", name="Soạn").at(None).end("e1").at(None).end("e2")
    drawing.flow("a", "e1", "amount > 5").flow("a", "e2", "amount < 0")
    found = played(drawing, amount=3)
    assert (found.state, found.error["element"]) == ("failed", "a")
    assert "Soạn" in found.error["message"]
    assert "__" not in found.error["message"]


def test_a_failing_condition_behind_a_task_names_that_task() -> None:
    drawing = diagram().start().task("a", name="Soạn").at(None).end("e1").at(None).end("e2")
    drawing.flow("a", "e1", '"nhiều"').flow("a", "e2", "amount < 0")
    found = played(drawing, amount=3)
    assert (found.state, found.error["element"]) == ("failed", "a")
    assert "__" not in found.error["message"]

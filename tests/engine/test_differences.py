"""What two versions of a diagram differ in: elements, their properties, and what was only moved."""

from engine import differences
from engine.differences import Change
from tests.engine.diagrams import Diagram, diagram, event, extension, timer

DI = (
    '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI">'
    '<bpmndi:BPMNPlane bpmnElement="p">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>'
)


def between(older: Diagram, newer: Diagram) -> dict[str, Change]:
    return {one.element: one for one in differences.between(older.bytes(), newer.bytes())}


def properties(older: Diagram, newer: Diagram, element: str) -> dict[str, tuple[str | None, str | None]]:
    found = between(older, newer)[element].differences
    return {one.property: (one.before, one.after) for one in found}


def test_new_and_gone_elements_are_named() -> None:
    changes = between(
        diagram().start().user_task("a", name="Soạn").end(), diagram().start().user_task("b").end()
    )
    assert {key: one.kind for key, one in changes.items() if one.type == "userTask"} == {
        "a": "removed",
        "b": "added",
    }
    assert changes["a"].name == "Soạn"


def test_assignee_form_and_due_date_are_told_before_and_after() -> None:
    older = diagram().start().user_task("a", camunda__formKey="f", name="Soạn").end()
    newer = (
        diagram()
        .start()
        .user_task("a", camunda__assignee="=lead", camunda__dueDate="P5D", name="Soạn thảo")
        .end()
    )
    assert properties(older, newer, "a") == {
        "camunda:assignee": ("an", "=lead"),
        "camunda:dueDate": (None, "P5D"),
        "camunda:formKey": ("f", None),
        "name": ("Soạn", "Soạn thảo"),
    }


def test_a_flow_that_leads_elsewhere_names_the_steps() -> None:
    def drawn(target: str) -> Diagram:
        tasks = (
            diagram()
            .start()
            .user_task("a", name="Soạn")
            .end()
            .at(None)
            .user_task("b", name="Duyệt")
            .end("e2")
        )
        return tasks.flow("a", target, "ok = true", identity="way")

    assert properties(drawn("b"), drawn("end"), "way") == {"targetRef": ("Duyệt", "end")}


def test_timers_and_conditions_are_compared() -> None:
    def drawn(after: str, condition: str) -> Diagram:
        late = (
            diagram()
            .start()
            .user_task("a")
            .end()
            .boundary("late", "a", timer("timeDuration", after))
            .end("e2")
        )
        return late.flow("a", "e2", condition, identity="way")

    changes = between(drawn("P1D", "x > 1"), drawn("P2D", "x > 2"))
    assert [one.property for one in changes["late"].differences] == ["timerEventDefinition/timeDuration"]
    assert [one.property for one in changes["way"].differences] == ["conditionExpression"]


def test_the_second_step_of_a_ladder_is_not_the_first() -> None:
    def drawn(second: int) -> Diagram:
        steps = f'<tiendo:step offset="-3"/><tiendo:step offset="{second}"/>'
        return (
            diagram()
            .start()
            .user_task("a", extension(f"<tiendo:escalation>{steps}</tiendo:escalation>"))
            .end()
        )

    assert properties(drawn(0), drawn(7), "a") == {"tiendo:escalation/tiendo:step@offset#2": ("0", "7")}


def test_a_message_is_told_by_its_name() -> None:
    def drawn(which: str) -> Diagram:
        both = diagram().message("m1", "Công văn", key=None).message("m2", "Điện", key=None)
        return both.start(body=event("message", which)).user_task("a").end()

    assert properties(drawn("m1"), drawn("m2"), "start") == {
        "messageEventDefinition@messageRef": ("Công văn", "Điện")
    }


def drawn_at(**places: int) -> bytes:
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{key}_di" bpmnElement="{key}">'
        f'<dc:Bounds x="{x}" y="0" width="100" height="80"/></bpmndi:BPMNShape>'
        for key, x in places.items()
    )
    edge = (
        '<bpmndi:BPMNEdge id="f1_di" bpmnElement="f1">'
        f'<di:waypoint x="{places["start"]}" y="0"/><di:waypoint x="{places["a"]}" y="0"/></bpmndi:BPMNEdge>'
    )
    text = diagram().start().user_task("a").end().text()
    return text.replace("</bpmn:definitions>", DI.format(shapes=shapes + edge)).encode()


def test_what_is_only_drawn_elsewhere_is_moved_and_its_flows_are_not_named() -> None:
    changes = differences.between(drawn_at(start=0, a=200, end=400), drawn_at(start=0, a=260, end=400))
    assert [(one.kind, one.element) for one in changes] == [("moved", "a")]


def test_a_drawing_shifted_as_a_whole_has_not_changed() -> None:
    assert differences.between(drawn_at(start=0, a=200, end=400), drawn_at(start=50, a=250, end=450)) == []


def test_a_new_name_changes_the_step_and_not_the_flows_to_it() -> None:
    older, newer = (diagram().start().user_task("a", name=name).end() for name in ("Soạn", "Dự thảo"))
    assert list(between(older, newer)) == ["a"]


def test_what_an_editor_writes_out_is_no_change() -> None:
    def drawn(**more: str) -> Diagram:
        late = diagram().start().user_task("a").end()
        return late.boundary("late", "a", timer("timeDuration", "P1D"), **more).end("e2")

    assert between(drawn(), drawn(cancelActivity="true")) == {}
    assert between(drawn(), drawn(cancelActivity="false"))["late"].kind == "changed"


def test_a_flow_without_a_name_is_told_by_its_ends() -> None:
    older = (
        diagram().start().user_task("a", name="Soạn").end().at(None).user_task("b", name="Duyệt").end("e2")
    )
    newer = (
        diagram().start().user_task("a", name="Soạn").end().at(None).user_task("b", name="Duyệt").end("e2")
    )
    assert between(older, newer.flow("a", "b", identity="way"))["way"].name == "Soạn → Duyệt"

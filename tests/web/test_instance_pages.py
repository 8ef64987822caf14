"""Pages of instances and incidents: where something is, what happened, repairing it with a reason."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from engine import history, instances, user_tasks
from engine.models import HistoryEvent, Incident, ProcessInstance, UserTask
from tests.engine import diagrams as bpmn
from tests.web.desk import Desk, assigned
from tests.web.office import Browser, Office, office
from tests.web.test_definition_pages import diagram

__all__ = ["office"]


@pytest.fixture
def admin(office: Office) -> Browser:
    return office.browser("admin")


@pytest.fixture
def started(office: Office) -> str:
    """Give the instance of a small process that waits for Phòng Quản lý Khoa học."""
    office.deploy(duyet__bpmn=diagram())
    variables = {"organisation": office.place.division, "so": 7}
    return start(office, "duyet", variables)


def start(office: Office, key: str, variables: dict[str, Any]) -> str:
    with office.database.unit_of_work(office.actor("van-thu")) as work:
        made = instances.start(work, key, variables, business_key="45/KH-SKHCN")
        work.commit()
    return made


def finish(office: Office, instance_id: str) -> None:
    """Complete the one open task of an instance."""
    with office.database.unit_of_work(office.actor("van-thu")) as work:
        (task,) = user_tasks.of_instance(work.session, instance_id)
        user_tasks.complete(work, task.id, {})
        work.commit()


@pytest.fixture
def broken(office: Office) -> str:
    """Give an instance whose automatic step failed."""
    drawn = b'<bpmn:serviceTask id="prepare" name="Gui" camunda:type="external" camunda:topic="demo.fail"/>'
    content = re.sub(
        rb'<bpmn:userTask id="prepare".*?</bpmn:userTask>', drawn, diagram(key="gui"), flags=re.DOTALL
    )
    office.runtime.dispatcher.handlers = {"demo.fail": _refuse}
    office.deploy(gui__bpmn=content)
    made = start(office, "gui", {"organisation": office.place.science})
    for _try in range(5):
        office.runtime.dispatcher.advance(office.clock, office.clock.now() + timedelta(minutes=2))
    return made


def _refuse(*_given: Any) -> dict[str, Any]:
    raise ValueError("hết thời gian chờ trục liên thông")


def test_lists_without_anything_say_what_would_be_there(admin: Browser) -> None:
    assert "Không có phiên chạy nào" in admin.read("/instances")
    assert "Không có sự cố nào" in admin.read("/incidents")


def test_the_outline_says_who_has_it_and_for_how_long(admin: Browser, started: str) -> None:
    text = admin.read(f"/instances/{started}")
    assert "Soạn dự thảo" in text
    assert "Chuyên viên – Phòng Quản lý Khoa học — còn 3 ngày làm việc" in text
    state: Any = admin.get(f"/instances/{started}/state.json").json
    assert state["elements"]["prepare"]["state"] == "active"
    assert state["elements"]["started"]["state"] == "done"
    assert "started_to_prepare" in state["flows"]


def test_a_topic_nobody_handles_here_is_said_to_wait_for_its_worker(office: Office, admin: Browser) -> None:
    office.deploy(ky__bpmn=bpmn.diagram("ky").start().service_task("sign", "ky-so").end().bytes())
    waiting = start(office, "ky", {})
    assert "chờ bộ xử lý bên ngoài “ky-so”" in admin.read(f"/instances/{waiting}")


def test_what_was_undone_is_marked_on_the_diagram_and_told_in_history(office: Office, admin: Browser) -> None:
    drawing = (
        bpmn.diagram("hoan").start().task("book").undone_by("unbook", "userTask", camunda__assignee="an")
    )
    drawing.user_task("go").throw("throw", bpmn.compensation()).user_task("after").end()
    office.deploy(hoan__bpmn=drawing.bytes())
    made = start(office, "hoan", {})
    assert "unbook" not in admin.read(f"/instances/{made}").partition("Sửa chữa")[0]
    finish(office, made)
    marks: Any = admin.get(f"/instances/{made}/state.json").json
    assert marks["elements"]["unbook"]["state"] == "active"
    assert "note" not in marks["elements"]["book"]
    finish(office, made)
    marks = admin.get(f"/instances/{made}/state.json").json
    assert marks["elements"]["book"] == {"state": "done", "note": "đã hoàn tác"}
    assert "Đã hoàn tác bước" in admin.read(f"/instances/{made}/history")


def test_an_assignment_shows_its_subject_and_its_late_step(desk: Desk) -> None:
    assignment = assigned(desk)
    desk.stage.to("08/04/2024")
    desk.sign_in_again("admin")
    [task] = desk.stage.open_tasks(assignment)
    text = desk.browser("admin").read(f"/instances/{task.instance_id}")
    assert "quá hạn 10 ngày" in text
    assert f"/assignments/{assignment}" in text
    listed = desk.browser("admin").read("/instances?process=assignment")
    assert "Thực hiện, cập nhật tiến độ" in listed


def test_filters_narrow_the_list(admin: Browser, started: str) -> None:
    assert started in admin.read("/instances?state=running&q=45/KH-SKHCN")
    assert started not in admin.read("/instances?state=completed")
    assert started not in admin.read("/instances?broken=1")


@pytest.mark.parametrize("act", ["suspend", "cancel", "resume"])
def test_no_repair_without_a_reason(admin: Browser, started: str, act: str) -> None:
    answer = admin.post(f"/instances/{started}/{act}", {"reason": " "})
    assert answer.status_code == 422
    assert "Hãy ghi lý do" in answer.text


def test_suspended_resumed_and_cancelled_by_the_administrator(
    office: Office, admin: Browser, started: str
) -> None:
    assert "Tạm dừng" in admin.post(f"/instances/{started}/suspend", {"reason": "Chờ ý kiến"}).text
    refused = admin.post(f"/instances/{started}/suspend", {"reason": "Lần nữa"})
    assert refused.status_code == 422
    admin.post(f"/instances/{started}/resume", {"reason": "Đã có ý kiến"})
    admin.post(f"/instances/{started}/cancel", {"reason": "Không làm nữa"})
    assert "Đã hủy" in admin.read(f"/instances/{started}")
    told = admin.read(f"/instances/{started}/history")
    assert "Lịch sử nguyên vẹn" in told
    assert "Lý do: Chờ ý kiến" in told


def test_a_variable_is_repaired_with_before_and_after(office: Office, admin: Browser, started: str) -> None:
    change = {"variable": "so", "value": "8", "reason": "Ghi nhầm số"}
    assert "Đã sửa biến so" in admin.post(f"/instances/{started}/variables", change).text
    with office.database.reading() as session:
        [line] = [one for one in history.of_instance(session, started) if one.type == "variables.repaired"]
    assert (line.data["before"], line.data["after"]) == ({"so": 7}, {"so": 8})


@pytest.mark.parametrize(("name", "value"), [("", "1"), ("__x", "1"), ("so", "{không phải")])
def test_a_variable_that_cannot_be_is_refused(admin: Browser, started: str, name: str, value: str) -> None:
    change = {"variable": name, "value": value, "reason": "Thử"}
    assert admin.post(f"/instances/{started}/variables", change).status_code == 422


def test_a_unit_head_gives_a_task_of_the_own_unit_to_somebody(office: Office, started: str) -> None:
    with office.database.reading() as session:
        task = session.scalars(select(UserTask).where(UserTask.instance_id == started)).one()
    path = f"/instances/{started}/tasks/{task.id}/assign"
    change = {"assignee": office.place.accounts["chuyen-vien"], "reason": "Đúng chuyên môn"}
    assert office.browser("noi-vu").post(path, change).status_code in {403, 422}
    assert "Đỗ Minh Anh" in office.browser("truong-phong").post(path, change).text


def test_staff_may_look_but_not_repair(office: Office, started: str) -> None:
    clerk = office.browser("van-thu")
    assert "Can thiệp" not in clerk.read(f"/instances/{started}")
    assert clerk.post(f"/instances/{started}/cancel", {"reason": "Thử"}).status_code == 403
    assert clerk.get("/incidents").status_code == 403


def test_a_changed_history_is_noticed(office: Office, admin: Browser, started: str) -> None:
    with office.database.unit_of_work() as work:
        row = work.session.scalars(
            select(HistoryEvent).where(HistoryEvent.instance_id == started, HistoryEvent.seq == 2)
        ).one()
        row.actor_name = "Người khác"
        work.commit()
    assert "Lịch sử đã bị sửa" in admin.read(f"/instances/{started}/history")


def test_an_incident_says_why_and_is_tried_again(office: Office, admin: Browser, broken: str) -> None:
    listed = admin.read("/incidents")
    assert "hết thời gian chờ trục liên thông" in listed
    assert "có sự cố" in admin.read(f"/instances/{broken}")
    with office.database.reading() as session:
        incident = session.scalars(select(Incident.id)).one()
    office.runtime.dispatcher.handlers = {"demo.fail": lambda *_given: {}}
    assert "Đã thử lại, không còn sự cố" in admin.post(f"/incidents/{incident}/retry").text
    assert "Không có sự cố nào" in admin.read("/incidents")
    assert "Việc tự động không làm được" in admin.read("/incidents?done=1")
    assert admin.post(f"/incidents/{incident}/retry").status_code == 409


def test_an_unknown_instance_is_not_found(admin: Browser) -> None:
    assert admin.get("/instances/khong-co").status_code == 404


def test_a_longer_list_asks_no_more_questions(office: Office, admin: Browser, started: str) -> None:
    asked: list[str] = []
    engine = office.database.read_engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    def questions(path: str) -> int:
        admin.read(path)
        asked.clear()
        admin.read(path)
        return len(asked)

    few = [questions(path) for path in ("/instances", "/definitions", f"/instances/{started}")]
    for _more in range(5):
        start(office, "duyet", {"organisation": office.place.division})
    many = [questions(path) for path in ("/instances", "/definitions", f"/instances/{started}")]
    assert many == few


def test_what_is_chosen_in_an_ad_hoc_sub_process_is_started_from_the_page(
    office: Office, admin: Browser
) -> None:
    drawn = bpmn.diagram("tuy-bien").start().inside("adhoc", "adHocSubProcess")
    drawn.at(None).user_task("hoi_y_kien", name="Hỏi ý kiến").outside().end()
    office.deploy(tuybien__bpmn=drawn.bytes())
    made = start(office, "tuy-bien", {})
    page = admin.get(f"/instances/{made}")
    assert "Bắt đầu “Hỏi ý kiến”" in page.text
    admin.post(f"/instances/{made}/choices/hoi_y_kien", {})
    with office.database.reading() as session:
        assert [task.element for task in user_tasks.of_instance(session, made)] == ["hoi_y_kien"]
    assert "Kết thúc tiểu quy trình tùy biến" in admin.get(f"/instances/{made}").text


def test_what_a_call_asks_of_each_child_is_shown_with_its_ladder(office: Office, admin: Browser) -> None:
    step = '<tiendo:step offset="2" unit="workingDays" to="monitor" action="escalate"/>'
    body = bpmn.extension(f"<tiendo:escalation>{step}</tiendo:escalation>")
    call = bpmn.diagram("goi", 'name="Gọi"').start()
    call.node("callActivity", "call", body, calledElement="con", camunda__dueDate="=due", name="Đơn vị làm")
    office.deploy(
        goi__bpmn=call.end().bytes(),
        con__bpmn=bpmn.diagram("con", 'name="Con"').start().user_task("do").end().bytes(),
    )
    made = start(office, "goi", {"due": "2020-01-06"})
    office.runtime.dispatcher.settle()
    with office.database.reading() as session:
        child = session.scalars(
            select(ProcessInstance.id).where(ProcessInstance.parent_instance_id == made)
        ).one()
    page = admin.get(f"/instances/{made}").text
    assert "06/01/2020" in page
    marks = admin.get(f"/instances/{made}/state.json").json or {}
    assert marks["elements"]["call"]["state"] == "late"
    assert "Hạn do quy trình gọi đặt" in admin.get(f"/instances/{child}").text
    moved = {"variable": "due", "value": '"2099-01-06"', "reason": "gia hạn"}
    admin.post(f"/instances/{made}/variables", moved)
    page = admin.get(f"/instances/{child}").text
    assert "06/01/2099" in page
    assert "Báo cáo lên: đơn vị theo dõi" in page


ASKS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
  <bpmn:process id="tra-han" name="Tra hạn" isExecutable="true">
    <bpmn:startEvent id="start" name="Bắt đầu"/>
    <bpmn:businessRuleTask id="ask" name="Tra thời hạn" camunda:decisionRef="thoi-han"
      camunda:resultVariable="han" camunda:mapDecisionResult="singleEntry"/>
    <bpmn:exclusiveGateway id="choose" name="Gấp không?" default="no"/>
    <bpmn:userTask id="look" name="Xem" camunda:candidateGroups="clerk"/>
    <bpmn:endEvent id="end" name="Xong"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="ask"/>
    <bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="choose"/>
    <bpmn:sequenceFlow id="yes" sourceRef="choose" targetRef="end">
      <bpmn:conditionExpression>date(den_ngay) &lt; "2024-03-01"</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="no" sourceRef="choose" targetRef="look"/>
    <bpmn:sequenceFlow id="f4" sourceRef="look" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>""".encode()


def test_what_a_table_decided_and_what_could_not_be_computed_is_said_with_rule_and_place(
    office: Office, admin: Browser
) -> None:
    from tests.web.test_decision_pages import table

    office.deploy(**{"thoi-han__dmn": table(), "tra-han__bpmn": ASKS})
    made = start(office, "tra-han", {"do_khan": "khẩn", "den_ngay": "2024-02-05"})
    for path in (f"/instances/{made}", f"/instances/{made}/history"):
        shown = admin.read(path)
        assert "Theo luật 2 của bảng “Thời hạn”" in shown
        assert 'href="/decisions/thoi-han/versions/1?rules=2"' in shown
        assert "date(den_ngay) <mark>&lt;</mark>" in shown
    marked = admin.read("/decisions/thoi-han/versions/1?rules=2")
    assert '<tr class="is-matched" data-rule="2">' in marked

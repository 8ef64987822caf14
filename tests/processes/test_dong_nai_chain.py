"""The whole chain of Đồng Nai in one process, on SQLite and on PostgreSQL, across Tết 2024."""

from sqlalchemy import select

from directives import consolidation
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.document_tables import Document
from directives.report_tables import ConsolidatedReport
from engine.models import ProcessInstance, UserTask
from processes import answering, performing
from tests.processes import dong_nai
from tests.processes.stage import Stage, moment, shown

DIVISIONS = {
    "qlkh": ("qlkh.truong", "qlkh.cv"),
    "qlcn": ("qlcn.truong", "qlcn.cv"),
    "trung-tam": ("tt.giamdoc", "tt.cv"),
    "khtc": ("khtc.truong", "khtc.cv"),
}
AGENCIES = {
    "lien-hiep-hoi": ("lhh.chutich", "lhh.vanphong"),
    "so-noi-vu": ("snv.giamdoc", "snv.cvp"),
}


def test_the_chain_of_dong_nai_from_the_conclusion_to_the_report_accepted_above(stage: Stage) -> None:
    directive = dong_nai.receive_the_conclusion(stage)
    dong_nai.issue_dispatch_1394(stage, directive)
    _dispatch_1394_gives_seven_tasks(stage, directive)

    child = dong_nai.open_the_plan_of_the_department(stage, directive)
    dong_nai.draft_the_plan_of_the_department(stage, child)
    stage.to("06/02/2024 09:00")
    dong_nai.issue_the_plan_of_the_department(stage, child)
    _the_plan_gives_the_divisions_their_tasks(stage, child)

    _one_division_returns_a_task_and_another_gets_it(stage, child)
    _one_division_misses_its_day_and_the_ladder_climbs_over_tet(stage, child)
    _one_unit_asks_for_an_extension_and_its_steps_follow(stage, child)
    _one_division_finishes_on_time(stage, child)

    stage.to("15/10/2024 09:00")
    dong_nai.finish_the_rest(stage, child, DIVISIONS, "qlkh.truong")
    dong_nai.finish_the_rest(stage, directive, AGENCIES, "ubnd.kgvx")

    _the_yearly_report_goes_up_with_one_unit_missing(stage, child)
    _the_parents_assignments_are_done(stage, directive, child)
    _the_province_reports_to_the_party(stage, directive)

    assert stage.row(Directive, directive).status == "closed"
    assert stage.running() == []
    assert stage.incidents() == []


def _dispatch_1394_gives_seven_tasks(stage: Stage, directive: str) -> None:
    given = stage.assignments_of(directive)
    assert [stage.cast.key_of(one.lead_id) for one in given] == [
        *["lien-hiep-hoi"] * 3,
        *["so-khcn"] * 3,
        "so-noi-vu",
    ]
    assert {one.state for one in given} == {"cho_tiep_nhan"}
    issued = stage.rows(select(Document).where(Document.direction == "out"))
    assert [(one.number, one.type_code) for one in issued] == [("1394/UBND-KGVX", "CV")]
    assert issued[0].signer["capacity"] == ["KT"]
    assert issued[0].signer["own_title"] == "Phó Chủ tịch"


def _the_plan_gives_the_divisions_their_tasks(stage: Stage, child: str) -> None:
    found = stage.row(Directive, child)
    assert found.organisation_id == stage.id("so-khcn")
    plan = stage.rows(select(Document).where(Document.organisation_id == stage.id("so-khcn")))
    assert {one.number for one in plan} == {"1394/UBND-KGVX", "01/KH-SKHCN"}
    given = stage.assignments_of(child)
    # thirteen items: two of them are the reporting regime, three go to each of the four divisions
    assert len(given) == 8 + 3 * 4
    inherited = stage.assignment(child, "Đặt hàng")
    assert inherited.monitor_id == stage.id("qlkh")


def _one_division_returns_a_task_and_another_gets_it(stage: Stage, child: str) -> None:
    order = stage.assignment(child, "Đặt hàng")
    stage.complete(
        "qlcn.truong",
        "accept",
        order.id,
        accept_decision="propose_transfer",
        accept_reason="Việc đặt hàng nghiên cứu thuộc Phòng Quản lý Khoa học.",
        proposed_lead=stage.id("qlkh"),
    )
    assert stage.row(Assignment, order.id).state == "tra_lai"
    stage.complete(
        "skhcn.cvp",
        "resolve_return",
        order.id,
        resolve_decision="reassign",
        new_lead=stage.id("qlkh"),
        resolve_reason="Giao Phòng Quản lý Khoa học theo chức năng.",
    )
    dong_nai.accept(stage, "qlkh.truong", order.id, "qlkh.cv")
    moved = stage.row(Assignment, order.id)
    assert (moved.lead_id, moved.state, moved.return_count) == (stage.id("qlkh"), "dang_thuc_hien", 1)


def _one_division_misses_its_day_and_the_ladder_climbs_over_tet(stage: Stage, child: str) -> None:
    """Due Monday 19/02/2024; Tết is 08/02 to 14/02: three working days before it is Wednesday 07/02."""
    funding = stage.assignment(child, "Cân đối, bố trí kinh phí")
    dong_nai.accept(stage, "khtc.truong", funding.id, "khtc.cv")
    stage.to("01/03/2024 09:00")
    assert stage.ladder(funding.id, "do") == [
        ("07/02/2024 08:00", "assignee", "remind"),
        ("16/02/2024 08:00", "assignee", "remind"),
        ("19/02/2024 23:59", "assignee", "overdue"),
        ("19/02/2024 23:59", "unit_head", "overdue"),
        ("20/02/2024 08:00", "lead_head", "escalate"),
        ("20/02/2024 08:00", "monitor", "escalate"),
        ("22/02/2024 08:00", "office_head", "urge"),
        ("28/02/2024 08:00", "decision_holder", "escalate"),
    ]
    officer = stage.principal("khtc.cv").person_id
    assert stage.told("task.due_soon", funding.id) == {officer}
    assert stage.told("task.overdue", funding.id) == {officer, f"unit_head@{stage.id('khtc')}"}
    assert stage.told("task.escalated", funding.id) == {
        f"head@{stage.id('so-khcn')}",
        f"officer@{stage.id('qlkh')}",
        f"unit_head@{stage.id('qlkh')}",
        f"office_head@{stage.id('so-khcn')}",
    }
    assert stage.told("urge.sent", funding.id) == {f"office_head@{stage.id('so-khcn')}"}
    assert stage.row(Assignment, funding.id).urge_count == 1
    letters = stage.rows(select(Document).where(Document.stage == "drafting", Document.type_code == "CV"))
    assert len(letters) == 1
    dong_nai.finish(stage, funding.id, "khtc.cv", "khtc.truong", "qlkh.truong")
    late = stage.row(Assignment, funding.id)
    assert (late.state, late.result_on > late.effective_due) == ("hoan_thanh", True)


def _one_unit_asks_for_an_extension_and_its_steps_follow(stage: Stage, child: str) -> None:
    media = stage.assignment(child, "truyền thông")
    dong_nai.accept(stage, "tt.giamdoc", media.id, "tt.cv")
    before = stage.task("do", media.id)
    assert shown(before.due_at) == "15/03/2024 23:59"
    asked = stage.act(
        "tt.giamdoc",
        performing.request_extension,
        media.id,
        wanted_due=moment("29/03/2024").date(),
        reason="Chờ nội dung từ các phòng.",
    )
    stage.complete("skhcn.pgd", "decide_extension", media.id, extension_decision="approve")
    moved = stage.row(Assignment, media.id)
    assert (moved.current_due.isoformat(), moved.original_due.isoformat()) == ("2024-03-29", "2024-03-15")
    assert (moved.extension_count, moved.is_extension_pending) == (1, False)
    after = stage.row(UserTask, before.id)
    assert (shown(after.due_at), shown(after.original_due_at)) == ("29/03/2024 23:59", "15/03/2024 23:59")
    assert stage.variables("assignment", media.id)["extension"] == asked.id
    stage.to("27/03/2024 09:00")
    fired = [line for line in stage.ladder(media.id, "do") if line[2] == "remind"]
    assert [line[0] for line in fired][-2:] == ["20/03/2024 08:00", "26/03/2024 08:00"]
    dong_nai.finish(stage, media.id, "tt.cv", "tt.giamdoc", "qlkh.truong")


def _one_division_finishes_on_time(stage: Stage, child: str) -> None:
    policy = stage.assignment(child, "chính sách đãi ngộ")
    dong_nai.accept(stage, "qlkh.truong", policy.id, "qlkh.cv")
    dong_nai.finish(stage, policy.id, "qlkh.cv", "qlkh.truong", "qlkh.truong")
    done = stage.row(Assignment, policy.id)
    assert (done.state, done.result_on <= done.effective_due) == ("hoan_thanh", True)


def _the_yearly_report_goes_up_with_one_unit_missing(stage: Stage, child: str) -> None:
    """Units by 15/11 (a Friday); the consolidator waits one working day, the report is due five after."""
    asked = dong_nai.round_of(stage, child)
    stage.to("01/11/2024 07:59")
    assert stage.rows(select(ProcessInstance).where(ProcessInstance.business_key == asked.id)) == []
    stage.to("01/11/2024 08:00")
    for unit in ("qlkh", "qlcn", "khtc"):
        head, officer = DIVISIONS[unit]
        report = dong_nai.report_of(stage, asked, unit)
        assert report.due.isoformat() == "2024-11-15"
        dong_nai.send_unit_report(stage, report, officer, head, "qlkh.cv")
    late = dong_nai.report_of(stage, asked, "trung-tam")
    stage.to("18/11/2024 16:59")
    assert [task.element for task in stage.open_tasks(late.id)] == ["write"]
    assert stage.told("report.overdue", late.id) == {f"unit_head@{stage.id('trung-tam')}"}
    stage.to("18/11/2024 17:00")
    assert stage.open_tasks(late.id) == []
    assert stage.variables("report-round", asked.id)["late_units"] == [stage.id("trung-tam")]
    dong_nai.send_upward(stage, asked, "qlkh.cv", "skhcn.pgd", "skhcn.vanthu")
    consolidated = stage.rows(select(ConsolidatedReport).where(ConsolidatedReport.round_id == asked.id))[0]
    assert consolidated.missing_units == [stage.id("trung-tam")]
    assert consolidated.status == "sent"
    with stage.database.reading() as session:
        parts = consolidation.sources(session, consolidated.id, "total")
    assert sum(part.value for part in parts) == consolidated.totals["total"] == 15
    assert [one.title for one in _on_the_desk(stage, "ubnd.kgvx")] == [asked.title]
    stage.act("ubnd.kgvx", answering.accept, asked.id)


def _the_parents_assignments_are_done(stage: Stage, directive: str, child: str) -> None:
    assert stage.row(Directive, child).status == "closed"
    own = dong_nai.own_assignments(stage, directive, "so-khcn")
    assert [one.state for one in own] == ["hoan_thanh"] * 3
    assert {one.result_on for one in own} == {moment("18/11/2024").date()}


def _the_province_reports_to_the_party(stage: Stage, directive: str) -> None:
    """No day is stated: the province reports by 25/12, its agencies two working days before."""
    asked = dong_nai.round_of(stage, directive)
    assert (asked.due_up.isoformat(), asked.superior_id) == ("2024-12-25", stage.id("tinh-uy"))
    stage.to("09/12/2024 08:00")
    writers = {"lien-hiep-hoi": ("lhh.vanphong", "lhh.chutich"), "so-noi-vu": ("snv.cvp", "snv.giamdoc")}
    writers["so-khcn"] = ("skhcn.cvp", "skhcn.giamdoc")
    for unit, (writer, head) in writers.items():
        report = dong_nai.report_of(stage, asked, unit)
        assert report.due.isoformat() == "2024-12-23"
        dong_nai.send_unit_report(stage, report, writer, head, "ubnd.kgvx")
    dong_nai.send_upward(stage, asked, "ubnd.kgvx", "ubnd.pct", "ubnd.vanthu")
    # nobody of the Party works in this house: the office enters the answer that came on paper
    stage.act("ubnd.cvp", answering.accept, asked.id)


def _on_the_desk(stage: Stage, username: str) -> list[answering.WaitingReport]:
    principal = stage.principal(username)
    with stage.database.reading() as session:
        return answering.waiting(session, principal)

"""The Đồng Nai chain in steps: Kết luận 463-KL/TU → Công văn 1394 → the plan of the Sở → reports → closed.

Numbers, dates, organisations and the structure of the tasks are those of the real documents; the words are
our own.
"""

from typing import Any

from sqlalchemy import select

from directives import plans
from directives.assignment_tables import Assignment
from directives.deadlines import Deadline, DeadlineKind, Recurrence
from directives.directives import Directive
from directives.plan_tables import Plan, PlanItem
from directives.plans import ItemDraft, Party
from directives.report_tables import ReportRound, UnitReport
from processes import planning, receiving
from tests.processes.stage import Stage, moment, today

UNION = "Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh Đồng Nai"
SCIENCE = "Sở Khoa học và Công nghệ"

#: Kết luận 463 as its proposal was confirmed, with the seven tasks that Công văn 1394 gives
PROPOSAL: dict[str, Any] = {
    "document": {
        "number": "463-KL/TU",
        "doc_type": "kết luận",
        "issuer": "Thường trực Tỉnh ủy Đồng Nai",
        "date": "2023-11-17",
        "subject": "Kết luận tại buổi làm việc với Đảng đoàn Liên hiệp các Hội",
    },
    "items": [
        {
            "section": "1",
            "text": "Chủ trì soát các quy định hiện có, đề xuất chính sách lâu dài cho đội ngũ trí thức",
            "leads": [UNION],
            "coordinators": [SCIENCE],
            "deadline": {"kind": "quarter", "raw": "trong quý I/2024", "due": "2024-03-31"},
        },
        {"section": "1", "text": "Dùng linh hoạt trụ sở sẵn có trên địa bàn", "leads": [UNION]},
        {"section": "1", "text": "Cùng Sở công bố nhu cầu nghiên cứu của tỉnh", "leads": [UNION]},
        {"section": "2", "text": "Đưa nhanh kết quả nghiên cứu vào sản xuất", "leads": [SCIENCE]},
        {
            "section": "2",
            "text": "Đặt hàng Liên hiệp các Hội theo lĩnh vực tỉnh quan tâm",
            "leads": [SCIENCE],
            "coordinators": [UNION],
            "deadline": {"kind": "recurring_annual", "raw": "Hàng năm", "recurrence": {"freq": "yearly"}},
        },
        {"section": "2", "text": "Thông báo nhu cầu nghiên cứu để định hướng", "leads": [SCIENCE]},
        {"section": "3", "text": "Tham mưu quản lý nhà nước về hội", "leads": ["Sở Nội vụ"]},
    ],
}


def receive_the_conclusion(stage: Stage) -> str:
    """UBND's clerk receives Kết luận 463; gives the directive."""
    received = stage.act("ubnd.vanthu", receiving.receive, stage.id("ubnd"), proposal=PROPOSAL)
    directive: str = received.directive_id
    stage.complete(
        "ubnd.vanthu", "register", directive, arrival_number="127", arrived_on="2024-02-05", urgency=0
    )
    return directive


def issue_dispatch_1394(stage: Stage, directive: str) -> None:
    """The chairman instructs, the office drafts and checks, a deputy signs, the clerk numbers."""
    stage.complete(
        "ubnd.chutich",
        "instruct",
        directive,
        instruct_decision="issue_plan",
        instruction="Văn phòng tham mưu văn bản triển khai trong ngày.",
        drafting_unit=stage.id("ubnd"),
        monitor=stage.id("ubnd"),
    )
    stage.complete("ubnd.cvp", "assign_drafting", directive, drafter=stage.cast.accounts["ubnd.kgvx"])
    stage.complete("ubnd.kgvx", "draft", directive, draft_complete=True)
    stage.complete("ubnd.cvp", "check", directive, check_decision="approve")
    stage.complete("ubnd.pct", "sign", directive, sign_decision="sign", sign_capacity="KT")
    stage.complete(
        "ubnd.vanthu",
        "number",
        directive,
        issue_number="1394/UBND-KGVX",
        issued_on="2024-02-05",
        recipients_checked=True,
    )


def open_the_plan_of_the_department(stage: Stage, directive: str) -> str:
    """The Sở accepts its three tasks and answers them by one plan of its own; gives the child directive."""
    for given in own_assignments(stage, directive, "so-khcn"):
        stage.complete("skhcn.cvp", "accept", given.id, accept_decision="accept")
        stage.complete("skhcn.giamdoc", "organise", given.id, work_mode="sub_plan")
    children = stage.rows(select(Directive).where(Directive.parent_id == directive))
    assert len(children) == 1
    return str(children[0].id)


def draft_the_plan_of_the_department(stage: Stage, child: str) -> None:
    """Register 1394 at the Sở, instruct, and write the thirteen items of the plan."""
    stage.complete("skhcn.vanthu", "register", child, arrived_on="2024-02-05", urgency=0)
    stage.complete(
        "skhcn.giamdoc",
        "instruct",
        child,
        instruct_decision="issue_plan",
        instruction="Phòng Quản lý Khoa học tham mưu kế hoạch của Sở, trình trước Tết.",
        drafting_unit=stage.id("qlkh"),
        monitor=stage.id("qlkh"),
        consolidator=stage.id("qlkh"),
    )
    stage.complete("qlkh.truong", "assign_drafting", child, drafter=stage.cast.accounts["qlkh.cv"])
    plan = stage.rows(select(Plan).where(Plan.directive_id == child))[0]
    _settle_inherited_items(stage, plan.id)
    for draft in own_items(stage):
        stage.act("qlkh.cv", planning.add_item, plan.id, draft)
    stage.complete("qlkh.cv", "draft", child, draft_complete=True)


def issue_the_plan_of_the_department(stage: Stage, child: str) -> None:
    """Checked with one return, signed by a deputy director, numbered from the register."""
    stage.complete(
        "skhcn.cvp", "check", child, check_decision="return", check_reason="Ghi rõ nguồn kinh phí."
    )
    stage.complete("qlkh.cv", "draft", child, draft_complete=True)
    stage.complete("skhcn.cvp", "check", child, check_decision="approve")
    stage.complete("skhcn.pgd", "sign", child, sign_decision="sign", sign_capacity="KT")
    stage.complete(
        "skhcn.vanthu", "number", child, issued_on=today(stage).isoformat(), recipients_checked=True
    )


def own_items(stage: Stage) -> list[ItemDraft]:
    """Give the items of the plan that no task from above names."""
    group = "cac-phong"
    yearly = Deadline(kind=DeadlineKind.RECURRING_ANNUAL, raw="thường xuyên hàng năm")
    november = Deadline(
        kind=DeadlineKind.RECURRING_ANNUAL,
        raw="trước ngày 15/11 hàng năm",
        qualifier="before",
        recurrences=(Recurrence(freq="yearly", month=11, day=15),),
    )
    return [
        _item(stage, "II.1", "Tuyên truyền, quán triệt kết luận", "trung-tam", deadline=yearly),
        _item(stage, "II.2", "Dự thảo chính sách đãi ngộ trí thức", "qlkh", due="29/03/2024"),
        _item(stage, "III", "Dự trù kinh phí phần việc được giao", group, due="29/03/2024"),
        _item(stage, "IV", "Phổ biến kế hoạch đến toàn thể công chức", group),
        _item(stage, "IV", "Cân đối, bố trí kinh phí của kế hoạch", "khtc", due="19/02/2024"),
        _item(stage, "IV", "Lập kế hoạch truyền thông", "trung-tam", due="15/03/2024"),
        _item(stage, "IV", "Phối hợp triển khai đúng thời gian", group),
        _item(stage, "IV", "Định kỳ báo cáo kết quả", group, deadline=november, task_class="reporting"),
        _item(stage, "IV", "Tổng hợp, gửi UBND tỉnh", "qlkh", deadline=yearly, task_class="reporting"),
        _item(stage, "IV", "Theo dõi, đôn đốc, kiểm tra", "qlkh", task_class="monitoring"),
    ]


def own_assignments(stage: Stage, directive: str, unit: str) -> list[Assignment]:
    """Give the assignments of a directive that a unit leads."""
    return [one for one in stage.assignments_of(directive) if one.lead_id == stage.id(unit)]


def accept(stage: Stage, head: str, assignment_id: str, officer: str) -> None:
    """The head of the unit takes a task and names the officer."""
    stage.complete(head, "accept", assignment_id, accept_decision="accept")
    stage.complete(head, "organise", assignment_id, work_mode="do", officer=stage.cast.accounts[officer])


def finish(stage: Stage, assignment_id: str, officer: str, head: str, monitor: str) -> None:
    """The officer finishes today, the head approves, the monitor confirms."""
    stage.complete(
        officer,
        "do",
        assignment_id,
        result_on=today(stage).isoformat(),
        result_statement="Đã thực hiện xong, có báo cáo kèm theo.",
    )
    stage.complete(head, "approve", assignment_id, approve_decision="approve")
    stage.complete(monitor, "confirm", assignment_id, confirm_decision="confirm")


def finish_the_rest(stage: Stage, directive: str, people: dict[str, tuple[str, str]], monitor: str) -> None:
    """Carry out everything that is still open; `people` gives head and officer by unit."""
    for one in stage.assignments_of(directive):
        unit = stage.cast.key_of(one.lead_id)
        if unit not in people or one.state == "hoan_thanh":
            continue
        head, officer = people[unit]
        if one.state == "cho_tiep_nhan":
            accept(stage, head, one.id, officer)
        finish(stage, one.id, officer, head, monitor)


def round_of(stage: Stage, directive: str) -> ReportRound:
    """Give the latest round of a directive."""
    query = select(ReportRound).where(ReportRound.directive_id == directive)
    found: list[ReportRound] = stage.rows(query.order_by(ReportRound.due_up.desc()))
    return found[0]


def report_of(stage: Stage, asked: ReportRound, unit: str) -> UnitReport:
    """Give the report of a unit in a round."""
    query = select(UnitReport).where(UnitReport.round_id == asked.id, UnitReport.unit_id == stage.id(unit))
    found: list[UnitReport] = stage.rows(query)
    return found[0]


def send_unit_report(stage: Stage, report: UnitReport, writer: str, head: str, checker: str) -> None:
    """A unit writes and approves its report, the consolidator takes it in."""
    stage.complete(writer, "write", report.id, write_complete=True)
    stage.complete(head, "approve", report.id, approve_decision="approve")
    stage.complete(checker, "check", report.id, check_decision="receive")


def send_upward(stage: Stage, asked: ReportRound, writer: str, signer: str, clerk: str) -> None:
    """The consolidator compiles, a leader signs, the clerk numbers and sends."""
    stage.complete(writer, "compile", asked.id, compile_complete=True)
    stage.complete(signer, "sign", asked.id, sign_decision="sign")
    stage.complete(clerk, "number", asked.id, report_issued_on=today(stage).isoformat())


def _settle_inherited_items(stage: Stage, plan_id: str) -> None:
    """Name the divisions that carry out what 1394 gives the Sở; the order goes to the wrong one first."""
    leads = {"sản xuất": "qlcn", "Đặt hàng": "qlcn", "nhu cầu": "qlkh"}
    rows = stage.rows(select(PlanItem).where(PlanItem.plan_id == plan_id).order_by(PlanItem.ordinal))
    assert len(rows) == 3
    for row in rows:
        unit = next(unit for words, unit in leads.items() if words in row.content)
        parties = (Party(name=unit, organisation_id=stage.id(unit)),)
        stage.act("qlkh.cv", planning.edit_item, row.id, row.version, {"leads": parties})


def _item(stage: Stage, section: str, content: str, lead: str, **more: Any) -> plans.ItemDraft:
    due = more.pop("due", None)
    if due is not None:
        day = moment(due).date()
        more["deadline"] = Deadline(kind=DeadlineKind.FIXED, raw=due, original_due=day, current_due=day)
    party = Party(name=lead, organisation_id=stage.id(lead))
    return ItemDraft(section=section, content=content, leads=(party,), **more)

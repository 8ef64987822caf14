"""Đồng Nai: Kết luận 463 → Công văn 1394 of 05/02/2024 → the plan of its Sở; tasks in all states.

The documents keep their dates. Days that the documents leave open were set by the drafters, some of them
near the present, as happens with a plan that is renewed every year.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from directives import access, deadlines, plans, reports
from directives.access import Principal
from directives.plan_tables import Plan
from directives.report_dates import Period
from directives.report_tables import ReportRound
from directives.reports import RoundDraft
from engine import instances
from foundation.database import UnitOfWork
from foundation.vietnamese import format_date
from processes import performing, planning, receiving
from processes.autopilot import Autopilot
from tiendo.demo.habits import NEVER, UNCHECKED, Before, Fate, Habit, Step
from tiendo.demo.story import (
    Story,
    at,
    directive_id,
    given,
    item_of,
    later,
    read,
    settle_parties,
    text,
    write_document,
)

CONCLUSION, DISPATCH, URGENT = "463-KL/TU", "1394/UBND-KGVX", "2077/UBND-KGVX"
UPPER, LOWER, FRESH = ("dn.ubnd", CONCLUSION), ("dn.khcn", DISPATCH), ("dn.khcn", URGENT)
_SIGNED = date(2024, 2, 5)
#: words of the tasks of Công văn 1394
POLICY, ROOMS, PROBLEMS = "soạn chính sách lâu dài", "sắp xếp chỗ làm việc", "công bố danh sách vấn đề"
ASSOCIATIONS = "quản lý nhà nước về hội"
#: words of the tasks of the plan of the Sở
MARKET, ORDERS, NEEDS = "Giúp doanh nghiệp đổi mới", "lập danh mục đặt hàng", "Công bố và cập nhật nhu cầu"
NEWS, REWARD = "Giới thiệu Kết luận", "soạn chính sách đãi ngộ"
BUDGET, SPREAD, MONEY = "lập dự toán phần việc", "phổ biến kế hoạch", "bố trí kinh phí cho kế hoạch"
MEDIA, SHARE = "lập kế hoạch truyền thông", "thực hiện phần việc được giao"


def habits(story: Story) -> dict[tuple[str, str], Habit]:
    """Give how the cycles of the province go; the urgent letter only just arrived."""
    return {UPPER: _upper(story), LOWER: _lower(story), FRESH: Habit()}


def tell(autopilot: Autopilot, story: Story) -> None:
    """Let Kết luận 463 arrive in February 2024 and tell what people did beside their steps."""
    conclusion = text("dong-nai-ket-luan-463")
    proposal = read(conclusion)
    proposal["document"]["issuer"] = "Thường trực Tỉnh ủy Đồng Nai"
    later(autopilot, story, at(date(2024, 1, 29), "08:10"), "vanthu.ubnd")(
        receiving.receive,
        story.id("dn.ubnd"),
        proposal=proposal,
        lines=conclusion.splitlines(),
        received_on=date(2024, 1, 29),
    )
    _tell_upper(autopilot, story)
    _tell_lower(autopilot, story)
    _tell_fresh(autopilot, story)


def _upper(story: Story) -> Habit:
    instruction = "Văn phòng tham mưu công văn giao việc cho ba cơ quan, trình ký trước Tết."
    return Habit(
        steps={
            "register": Step(values={"arrival_number": "127"}, at=at(date(2024, 1, 29), "09:00")),
            "instruct": Step(
                values={
                    "instruct_decision": "issue_plan",
                    "instruction": instruction,
                    "drafting_unit": story.id("dn.ubnd"),
                    "monitor": story.id("dn.ubnd"),
                }
            ),
            "assign_drafting": Step(values={"drafter": story.account("chuyenvien.ubnd")}),
            "draft": Step(
                at=at(date(2024, 2, 2), "15:00"),
                values={"draft_complete": True},
                before=_draft_dispatch(story),
            ),
            "check": Step(at=at(date(2024, 2, 2), "16:30"), values={"check_decision": "approve"}),
            "sign": Step(
                at=at(_SIGNED, "08:30"),
                values={"sign_decision": "sign", "sign_capacity": "KT"},
                by=story.account("phochutich"),
            ),
            "number": Step(at=at(_SIGNED, "10:00"), values={"issue_number": DISPATCH}),
        },
        fates=(
            Fate(words=POLICY, finish=date(2024, 5, 9), extension="approve"),
            Fate(words=PROBLEMS, lead="dn.noi-vu", stop="accept"),
            Fate(lead="dn.khcn", is_sub_plan=True),
            Fate(),
        ),
        late={("dn.noi-vu", story.today.year - 1): 1},
        answered_by="chanhvanphong",
    )


def _lower(story: Story) -> Habit:
    return Habit(
        steps={
            "register": Step(),
            "instruct": Step(
                values={
                    "instruct_decision": "issue_plan",
                    "instruction": "Phòng Quản lý Khoa học tham mưu kế hoạch của Sở.",
                    "drafting_unit": story.id("dn.qlkh"),
                    "monitor": story.id("dn.qlkh"),
                    "consolidator": story.id("dn.qlkh"),
                }
            ),
            "assign_drafting": Step(values={"drafter": story.account("chuyenvien")}),
            "draft": Step(
                at=at(date(2024, 2, 20), "16:00"), values={"draft_complete": True}, before=_draft_plan(story)
            ),
            "check": Step(values={"check_decision": "approve"}),
            "sign": Step(
                values={"sign_decision": "sign", "sign_capacity": "KT"}, by=story.account("phogiamdoc")
            ),
            "number": Step(),
        },
        fates=_lower_fates(story),
        late={
            ("dn.trung-tam", 2024): NEVER,
            ("dn.khtc", 2025): 1,
            ("dn.qlcn", 0): NEVER,
            ("dn.khtc", 0): UNCHECKED,
        },
        answered_by="chuyenvien.ubnd",
    )


def _lower_fates(story: Story) -> tuple[Fate, ...]:
    back = "Việc công bố nhu cầu nghiên cứu thuộc chức năng của Phòng Quản lý Khoa học; đề nghị giao lại."
    return (
        Fate(words=REWARD, finish=date(2024, 3, 29)),
        Fate(words=NEWS, finish=date(2024, 6, 14)),
        Fate(words=BUDGET, lead="dn.trung-tam", finish=date(2024, 4, 12)),
        Fate(words=BUDGET, finish=date(2024, 3, 26)),
        Fate(words=SPREAD, lead="dn.khtc", finish=date(2024, 3, 12)),
        Fate(words=SPREAD, finish=date(2024, 3, 1)),
        Fate(words=NEEDS, lead="dn.trung-tam", returned=back),
        Fate(words=SHARE, lead="dn.trung-tam", finish=story.working_day(-2), stop="confirm"),
        Fate(
            words=SHARE,
            lead="dn.qlcn",
            finish=story.working_day(-6),
            redo="Kết quả mới có số lượng, chưa có danh sách doanh nghiệp; bổ sung rồi gửi lại.",
        ),
        Fate(),
    )


def _draft_dispatch(story: Story) -> Before:
    """Write Công văn 1394: its words, the days it states, and those the office set for the rest."""
    own_days = {ROOMS: story.working_day(35), ASSOCIATIONS: story.working_day(-8)}

    def draft(work: UnitOfWork, principal: Principal) -> None:
        content = text("dong-nai-cong-van-1394")
        plan = work.session.scalars(select(Plan).where(Plan.organisation_id == story.id("dn.ubnd"))).one()
        settle_parties(work, principal, plan.id, story.id("dn.ubnd"))
        for row, found in zip(plans.items(work.session, plan.id), read(content)["items"], strict=True):
            words = str(found["text"])
            day = next((day for mark, day in own_days.items() if mark in words), None)
            deadline = story.due(day) if day else deadlines.from_proposal(found["deadline"])
            changes: dict[str, Any] = {"content": words, "deadline": deadline}
            planning.edit_item(work, principal, row.id, row.version, changes)
        write_document(work, plan, "cong-van-1394", content)

    return draft


def _draft_plan(story: Story) -> Before:
    """Write the plan of the Sở: three tasks from above and ten of its own."""
    inherited = {
        "Rút ngắn thời gian": (2, "dn.qlcn", story.working_day(-2)),
        "Hàng năm": (3, "dn.qlkh", story.working_day(2)),
        "Có cách hỗ trợ": (4, "dn.qlkh", None),
    }
    group = "dn.cac-phong"
    own = (
        (0, "dn.trung-tam", date(2024, 6, 28)),
        (1, "dn.qlkh", None),
        (5, group, date(2024, 3, 29)),
        (6, group, date(2024, 3, 8)),
        (7, "dn.khtc", story.working_day(4)),
        (8, "dn.trung-tam", story.working_day(15)),
        (9, group, story.working_day(30)),
        (10, group, None),
        (11, "dn.qlkh", None),
        (12, "dn.qlkh", None),
    )

    def draft(work: UnitOfWork, principal: Principal) -> None:
        content = text("dong-nai-ke-hoach-so")
        found = read(content)["items"]
        plan = work.session.scalars(select(Plan).where(Plan.organisation_id == story.id("dn.khcn"))).one()
        for row in plans.items(work.session, plan.id):
            mark = next(mark for mark in inherited if row.draft.content.startswith(mark))
            number, lead, day = inherited[mark]
            item = item_of(story, found[number], lead, due=day)
            changes: dict[str, Any] = {"content": item.content, "section": item.section, "leads": item.leads}
            changes |= {"deadline": item.deadline} if day else {}
            planning.edit_item(work, principal, row.id, row.version, changes)
        for number, lead, day in own:
            item = item_of(story, found[number], lead, due=day)
            planning.add_item(work, principal, plan.id, _classed(item, is_report=number in (10, 11)))
        write_document(work, plan, "ke-hoach-so", content)

    return draft


def _tell_upper(autopilot: Autopilot, story: Story) -> None:
    ubnd, lhh = story.id("dn.ubnd"), story.id("dn.lhh")
    later(autopilot, story, at(date(2024, 3, 21), "10:00"), "chutich.lhh")(
        performing.request_extension,
        given(ubnd, POLICY),
        wanted_due=date(2024, 4, 30),
        reason="Chờ ý kiến của ba trường đại học trên địa bàn.",
    )
    later(autopilot, story, at(story.working_day(-9), "14:00"), "vanphong.lhh")(
        performing.report_progress,
        given(ubnd, ROOMS),
        60,
        "Đã thống nhất hai trụ sở, còn một nơi.",
    )
    later(autopilot, story, at(story.working_day(-3), "10:40"), "chutich.lhh")(
        performing.raise_difficulty,
        given(ubnd, ROOMS),
        "Trụ sở thứ ba đã có quyết định bán đấu giá nên không sắp xếp được.",
        proposal="Cho phép dùng tầng 2 nhà văn hóa lao động.",
    )
    later(autopilot, story, at(story.working_day(-1), "09:20"), "chanhvanphong")(
        performing.reassign,
        given(ubnd, PROBLEMS, lhh),
        story.id("dn.noi-vu"),
        "Chuyển Sở Nội vụ làm đầu mối cùng việc quản lý hội.",
    )


def _tell_lower(autopilot: Autopilot, story: Story) -> None:
    so = story.id("dn.khcn")
    notes = (
        (-12, "chuyenvien.trungtam", MEDIA, None, 20, "Đã có đề cương 6 chuyên mục."),
        (-4, "chuyenvien.trungtam", MEDIA, None, 45, "Xong 3 chuyên mục, đang quay phóng sự."),
        (-6, "chuyenvien", ORDERS, None, 70, "Đã gom 14 đề xuất, đang chấm điểm."),
        (
            -10,
            "chuyenvien.qlcn",
            MARKET,
            None,
            40,
            "Đã gặp 9 doanh nghiệp, 4 nơi muốn mua công nghệ.",
        ),
        (-7, "chuyenvien.khtc", MONEY, None, 50, "Chờ thông báo dự toán của Sở Tài chính."),
    )
    for days, username, words, lead, progress, note in notes:
        later(autopilot, story, at(story.working_day(days), "16:10"), username)(
            performing.report_progress, given(so, words, lead), progress, note
        )
    later(autopilot, story, at(story.working_day(-1), "08:50"), "truongphong.khtc")(
        performing.request_extension,
        given(so, MONEY),
        wanted_due=story.working_day(20),
        reason="Dự toán năm chưa được giao, dự kiến có sau ba tuần.",
    )
    later(autopilot, story, at(story.working_day(-4), "08:45"), "giamdoc")(
        performing.reassign,
        given(so, NEEDS, story.id("dn.qlkh")),
        story.id("dn.trung-tam"),
        "Trung tâm có sẵn trang thông tin để công bố.",
    )
    later(autopilot, story, at(story.working_day(-20), "14:30"), "giamdoc")(
        performing.suspend,
        given(so, SHARE, story.id("dn.qlkh")),
        "Chờ hướng dẫn mới của Bộ về nhiệm vụ cấp cơ sở.",
        resume_on=story.working_day(10),
    )
    later(autopilot, story, at(story.working_day(-15), "09:00"), "giamdoc")(
        performing.cancel,
        given(so, SHARE, story.id("dn.khtc")),
        "Đã gộp vào nhiệm vụ bố trí kinh phí.",
    )
    later(autopilot, story, at(story.working_day(-7), "08:30"), "giamdoc")(
        _ask_in_between(story), lambda session: directive_id(session, so, DISPATCH)
    )


def _tell_fresh(autopilot: Autopilot, story: Story) -> None:
    """Let an urging letter of the UBND arrive this morning: work for the clerk."""
    yesterday = story.working_day(-1)
    content = text(
        "dong-nai-cong-van-don-doc",
        day_in_words=f"ngày {yesterday:%d} tháng {yesterday:%m} năm {yesterday.year}",
        due=format_date(story.working_day(5)),
        later=format_date(story.working_day(7)),
    )
    later(autopilot, story, min(at(story.today, "07:45"), story.now), "vanthu")(
        receiving.receive,
        story.id("dn.khcn"),
        proposal=read(content),
        lines=content.splitlines(),
        received_on=story.today,
    )


def _ask_in_between(story: Story) -> Callable[..., ReportRound]:
    """Ask for a report outside the yearly ones (R-R1): units by yesterday, the UBND in two working days."""

    def ask(work: UnitOfWork, principal: Principal, directive: str) -> ReportRound:
        access.require(principal, "reports.request", story.id("dn.khcn"))
        draft = RoundDraft(
            title="Báo cáo đột xuất việc đặt hàng các hội theo Công văn 1394/UBND-KGVX",
            kind="ad_hoc",
            period=Period.OTHER,
            due_up=story.working_day(2),
            due_units=story.working_day(-1),
            data_from=date(story.today.year, 1, 1),
            data_to=story.working_day(-3),
            consolidator_id=story.id("dn.qlkh"),
            superior_id=story.id("dn.ubnd"),
        )
        asked = reports.plan_round(work, directive, draft)
        variables: dict[str, Any] = {"report_round": asked.id, "directive": directive}
        variables |= {"organisation": story.id("dn.khcn"), "urgency": 0}
        instances.start(work, "report-round", variables, business_key=asked.id)
        return asked

    return ask


def _classed(item: plans.ItemDraft, *, is_report: bool) -> plans.ItemDraft:
    return replace(item, task_class="reporting") if is_report else item

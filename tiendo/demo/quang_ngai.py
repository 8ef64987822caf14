"""Quảng Ngãi, 2021–2022: Kế hoạch 167/KH-UBND from its issue to its accepted report, on its true dates."""

from datetime import date

from sqlalchemy import select

from directives import plans
from directives.access import Principal
from directives.plan_tables import Plan
from foundation.database import UnitOfWork
from processes import planning, receiving
from processes.autopilot import Autopilot
from tiendo.demo.habits import NEVER, Before, Fate, Habit, Step
from tiendo.demo.story import Story, at, later, read, settle_parties, text, write_document

NUMBER = "186-CV/TU"
KEY = ("qn.ubnd", NUMBER)
_ISSUED = date(2021, 11, 29)


def habit(story: Story) -> Habit:
    """Give how the cycle went."""
    return Habit(
        steps={
            "register": Step(at=at(date(2021, 11, 23), "08:40")),
            "instruct": Step(
                at=at(date(2021, 11, 23), "15:10"),
                values={
                    "instruct_decision": "issue_plan",
                    "instruction": "Văn phòng cùng Sở KH&CN hoàn chỉnh kế hoạch theo Tờ trình số "
                    "1667/TTr-SKHCN, trình ký trong tháng 11.",
                    "drafting_unit": story.id("qn.ubnd"),
                    "monitor": story.id("qn.khcn"),
                    "consolidator": story.id("qn.khcn"),
                },
            ),
            "assign_drafting": Step(
                at=at(date(2021, 11, 24), "08:30"), values={"drafter": story.account("chuyenvien.quangngai")}
            ),
            "draft": Step(
                at=at(date(2021, 11, 26), "14:00"), values={"draft_complete": True}, before=_draft(story)
            ),
            "check": Step(at=at(date(2021, 11, 26), "16:30"), values={"check_decision": "approve"}),
            "sign": Step(
                at=at(_ISSUED, "09:00"),
                values={"sign_decision": "sign", "sign_capacity": "KT"},
                by=story.account("phochutich.quangngai"),
            ),
            "number": Step(at=at(_ISSUED, "10:30"), values={"issue_number": "167/KH-UBND"}),
        },
        fates=_fates(),
        late={("qn.tai-chinh", 2021): 1, ("qn.tuyen-giao", 2022): NEVER},
        answered_by="chanhvanphong.quangngai",
        more_wanted={2022: "Bổ sung số lớp học tập và kinh phí đã chi theo từng cơ quan."},
    )


def _fates() -> tuple[Fate, ...]:
    """Give when each task was done; most in time, three late, one twice."""
    return (
        Fate(words="mở lớp học tập", finish=date(2022, 3, 25)),
        Fate(words="Định rõ nguồn kinh phí", finish=date(2022, 4, 14)),
        Fate(words="Soạn quy chế làm việc chung", finish=date(2022, 6, 28)),
        Fate(words="Sắp xếp bộ máy", finish=date(2022, 12, 12)),
        Fate(words="Xem lại chế độ, chính sách", finish=date(2022, 1, 11)),
        Fate(words="Xem lại quy định quản lý", finish=date(2022, 3, 29)),
        Fate(words="Xem lại để đề nghị", finish=date(2022, 3, 18)),
        Fate(words="Gặp mặt trí thức", finish=date(2022, 5, 18)),
        Fate(words="Đề xuất đề tài", finish=date(2022, 7, 6)),
        Fate(finish=date(2022, 11, 30)),
    )


def tell(autopilot: Autopilot, story: Story) -> None:
    """Let the directive from the Party arrive; everything else follows from the habit."""
    found = read(text("quang-ngai-ke-hoach-167"))
    proposal = {
        "document": {
            "number": NUMBER,
            "doc_type": "công văn",
            "issuer": "Ban Thường vụ Tỉnh ủy Quảng Ngãi",
            "date": "2021-01-04",
            "subject": "V/v triển khai Kết luận số 93-KL/TW ngày 20/11/2020 của Ban Bí thư",
            "legal_bases": [basis for basis in found["document"]["legal_bases"] if basis["number"] != NUMBER],
        },
        "items": [{**item, "source_lines": []} for item in found["items"]],
    }
    later(autopilot, story, at(date(2021, 11, 23), "08:05"), "vanthu.quangngai")(
        receiving.receive, story.id("qn.ubnd"), proposal=proposal, received_on=date(2021, 11, 23)
    )


def _draft(story: Story) -> Before:
    def draft(work: UnitOfWork, principal: Principal) -> None:
        plan = work.session.scalars(select(Plan).where(Plan.organisation_id == story.id("qn.ubnd"))).one()
        settle_parties(work, principal, plan.id, story.id("qn.khcn"))
        for item in plans.items(work.session, plan.id):
            if item.draft.content.startswith("Các sở, ban ngành"):
                parties = (story.party("qn.cac-so"),)
                planning.edit_item(work, principal, item.id, item.version, {"leads": parties})
        write_document(work, plan, "ke-hoach-167", text("quang-ngai-ke-hoach-167"))

    return draft

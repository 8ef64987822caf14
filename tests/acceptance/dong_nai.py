"""The Đồng Nai chain as its people live it, from Kết luận 463 down to the divisions and back up.

Numbers, dates, organisations and the structure of the tasks are those of the real documents; the words are
our own. Every step says what must be true after it; `Province.routine` marks what is repeated for each unit.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.acceptance.province import Province

CONCLUSION = Path(__file__).parent / "documents" / "ket-luan-463.txt"
#: division of the Sở → head and officer
DIVISIONS = {
    "qlkh": ("qlkh.truong", "qlkh.cv"),
    "qlcn": ("qlcn.truong", "qlcn.cv"),
    "trung-tam": ("tt.giamdoc", "tt.cv"),
    "khtc": ("khtc.truong", "khtc.cv"),
}


def fixed(day: str) -> dict[str, str]:
    """Give the deadline of a stated day."""
    return {"kind": "fixed", "raw": day, "due": day}


YEARLY = {"kind": "recurring_annual", "raw": "thường xuyên hàng năm", "recurrence": {"freq": "yearly"}}
NOVEMBER = {
    "kind": "recurring_annual",
    "raw": "trước ngày 15/11 hàng năm",
    "qualifier": "before",
    "recurrence": {"freq": "yearly", "month": 11, "day": 15},
}
#: the items of the plan that no task from above names: section, content, lead, deadline, class
OWN_ITEMS: list[tuple[str, str, str, Any, str]] = [
    ("II.1", "Tuyên truyền, quán triệt kết luận", "trung-tam", YEARLY, "substantive"),
    ("II.2", "Dự thảo chính sách đãi ngộ trí thức", "qlkh", fixed("2024-03-31"), "substantive"),
    ("III", "Dự trù kinh phí phần việc được giao", "cac-phong", None, "funding"),
    ("IV", "Phổ biến kế hoạch đến toàn thể công chức", "cac-phong", None, "organising"),
    ("IV", "Cân đối, bố trí kinh phí của kế hoạch", "khtc", fixed("2024-02-19"), "funding"),
    ("IV", "Lập kế hoạch truyền thông", "trung-tam", fixed("2024-03-15"), "substantive"),
    ("IV", "Phối hợp triển khai đúng thời gian", "cac-phong", None, "organising"),
    ("IV", "Định kỳ báo cáo kết quả", "cac-phong", NOVEMBER, "reporting"),
    ("IV", "Tổng hợp, gửi UBND tỉnh", "qlkh", YEARLY, "reporting"),
    ("IV", "Theo dõi, đôn đốc, kiểm tra", "qlkh", None, "monitoring"),
]


class Story:
    """The chain, step by step; ids found on the way are kept."""

    def __init__(self, province: Province) -> None:
        """Nothing has happened yet."""
        self.province = province
        self.who = province.person
        self.org = province.organisation
        #: cycle of UBND tỉnh, cycle of the Sở, the yearly report of the Sở
        self.directive = self.child = self.round = ""

    #: the steps in their order
    STEPS = (
        "ubnd_receives_the_conclusion",
        "ubnd_issues_dispatch_1394",
        "the_department_takes_its_tasks_and_plans",
        "the_department_drafts_its_plan",
        "the_department_issues_its_plan",
        "one_division_accepts",
        "one_division_returns_a_task_and_another_gets_it",
        "one_division_misses_its_day_and_the_ladder_climbs_over_tet",
        "one_unit_asks_for_an_extension",
        "the_rest_is_carried_out",
        "the_yearly_report_is_asked_for_and_one_unit_is_late",
        "the_report_goes_up_with_the_late_unit_listed",
        "ubnd_accepts_and_its_assignments_are_done",
    )

    def play(self, after_step: Callable[[], None] = lambda: None) -> None:
        """Let everything happen, in order."""
        for step in self.STEPS:
            getattr(self, step)()
            after_step()

    # --- UBND tỉnh --------------------------------------------------------------------------------------

    def ubnd_receives_the_conclusion(self) -> None:
        """Intake reads the seven tasks in the text; văn thư makes the issuer more exact and registers it."""
        clerk = self.who("ubnd.vanthu")
        text = CONCLUSION.read_text(encoding="utf-8")
        proposal = clerk.read_document(CONCLUSION.name, text.encode())
        assert (proposal["document"]["number"], len(proposal["items"])) == ("463-KL/TU", 7)
        proposal["document"]["issuer"] = "Thường trực Tỉnh ủy Đồng Nai"
        self.directive = clerk.receive(self.org("ubnd"), proposal, text.splitlines())
        clerk.complete("register", self.directive, arrival_number="127", arrived_on="2024-02-05", urgency=0)

    def ubnd_issues_dispatch_1394(self) -> None:
        """The chairman instructs, the office drafts and checks, a deputy signs KT., the clerk numbers."""
        self.who("ubnd.chutich").complete(
            "instruct",
            self.directive,
            instruct_decision="issue_plan",
            instruction="Văn phòng tham mưu văn bản triển khai trong ngày.",
            drafting_unit=self.org("ubnd"),
            monitor=self.org("ubnd"),
        )
        drafter = self.province.cast.accounts["ubnd.kgvx"]
        self.who("ubnd.cvp").complete("assign_drafting", self.directive, drafter=drafter)
        self.who("ubnd.kgvx").complete("draft", self.directive, draft_complete=True)
        self.who("ubnd.cvp").complete("check", self.directive, check_decision="approve")
        self.who("ubnd.pct").complete("sign", self.directive, sign_decision="sign", sign_capacity="KT")
        self.who("ubnd.vanthu").complete(
            "number",
            self.directive,
            issue_number="1394/UBND-KGVX",
            issued_on="2024-02-05",
            recipients_checked=True,
        )
        leads = [self.province.cast.key_of(one["lead"]) for one in self.assignments(self.directive)]
        assert leads == [*["lien-hiep-hoi"] * 3, *["so-khcn"] * 3, "so-noi-vu"]

    # --- the plan of the Sở -----------------------------------------------------------------------------

    def the_department_takes_its_tasks_and_plans(self) -> None:
        """The Sở accepts its three tasks and answers them by one plan of its own: the child cycle."""
        for given in self.led_by("so-khcn", self.directive):
            self.who("skhcn.cvp").complete("accept", given["id"], accept_decision="accept")
            self.who("skhcn.giamdoc").complete("organise", given["id"], work_mode="sub_plan")
        (self.child,) = self.who("skhcn.giamdoc").child_directives(self.directive)

    def the_department_drafts_its_plan(self) -> None:
        """1394 is registered and instructed at the Sở; Phòng QLKH writes the thirteen items."""
        self.who("skhcn.vanthu").complete("register", self.child, arrived_on="2024-02-05", urgency=0)
        self.who("skhcn.giamdoc").complete(
            "instruct",
            self.child,
            instruct_decision="issue_plan",
            instruction="Phòng Quản lý Khoa học tham mưu kế hoạch của Sở, trình trước Tết.",
            drafting_unit=self.org("qlkh"),
            monitor=self.org("qlkh"),
            consolidator=self.org("qlkh"),
        )
        drafter = self.province.cast.accounts["qlkh.cv"]
        self.who("qlkh.truong").complete("assign_drafting", self.child, drafter=drafter)
        officer = self.who("qlkh.cv")
        plan = officer.plan_of(self.child)
        wrong_first = {"sản xuất": "qlcn", "đặt hàng": "qlcn", "nhu cầu": "qlkh"}
        for item in plan["items"]:
            unit = next(unit for words, unit in wrong_first.items() if words in item["content"])
            officer.give_to(plan["id"], item, self.org(unit))
        with self.province.routine():
            for row in self.own_items():
                officer.add_item(plan["id"], **row)
        assert len(officer.plan_of(self.child)["items"]) == 13
        officer.complete("draft", self.child, draft_complete=True)

    def own_items(self) -> list[dict[str, Any]]:
        """Give the rows of the plan that no task from above names, as the API takes them."""
        return [
            {
                "section": section,
                "content": content,
                "leads": [{"organisation": self.org(lead), "accountable": True}],
                "task_class": task_class,
                **({"deadline": deadline} if deadline else {}),
            }
            for section, content, lead, deadline, task_class in OWN_ITEMS
        ]

    def the_department_issues_its_plan(self) -> None:
        """Returned once, then checked, signed by a deputy director, numbered: 20 tasks for four divisions."""
        self.province.until("2024-02-06 09:00")
        office, officer = self.who("skhcn.cvp"), self.who("qlkh.cv")
        office.complete("check", self.child, check_decision="return", check_reason="Ghi rõ nguồn kinh phí.")
        officer.complete("draft", self.child, draft_complete=True)
        office.complete("check", self.child, check_decision="approve")
        self.who("skhcn.pgd").complete("sign", self.child, sign_decision="sign", sign_capacity="KT")
        self.who("skhcn.vanthu").complete(
            "number", self.child, issued_on="2024-02-06", recipients_checked=True
        )
        assert len(self.assignments(self.child)) == 8 + 3 * 4

    # --- the divisions ----------------------------------------------------------------------------------

    def one_division_accepts(self) -> None:
        """Phòng QLKH takes the policy paper, reports progress and finishes before the quarter ends."""
        policy = self.find(self.child, "chính sách đãi ngộ")
        self.accept(policy["id"], "qlkh")
        self.who("qlkh.cv").report_progress(policy["id"], 60, "Đã có dự thảo lần hai.")
        self.finish(policy["id"], "qlkh")
        done = self.find(self.child, "chính sách đãi ngộ")
        assert (done["state"], done["current_due"]) == ("hoan_thanh", "2024-03-31")

    def one_division_returns_a_task_and_another_gets_it(self) -> None:
        """The order of research went to the wrong division; the office gives it to Phòng QLKH."""
        order = self.find(self.child, "đặt hàng")["id"]
        self.who("qlcn.truong").complete(
            "accept",
            order,
            accept_decision="propose_transfer",
            accept_reason="Việc đặt hàng nghiên cứu thuộc Phòng Quản lý Khoa học.",
            proposed_lead=self.org("qlkh"),
        )
        assert self.find(self.child, "đặt hàng")["state"] == "tra_lai"
        self.who("skhcn.cvp").complete(
            "resolve_return",
            order,
            resolve_decision="reassign",
            new_lead=self.org("qlkh"),
            resolve_reason="Giao Phòng Quản lý Khoa học theo chức năng.",
        )
        self.accept(order, "qlkh")
        moved = self.find(self.child, "đặt hàng")
        assert (moved["lead"], moved["state"]) == (self.org("qlkh"), "dang_thuc_hien")

    def one_division_misses_its_day_and_the_ladder_climbs_over_tet(self) -> None:
        """Due Monday 19/02/2024; Tết is 08/02 to 14/02, so three working days before is Wednesday 07/02."""
        funding = self.find(self.child, "bố trí kinh phí")["id"]
        self.accept(funding, "khtc")
        self.province.until("2024-02-15 09:00")
        self.province.until("2024-02-20 07:59")
        self.province.until("2024-03-01 09:00")
        assert self.ladder("assignment", funding, "do") == [
            ("07/02/2024 08:00", "assignee", "remind"),
            ("16/02/2024 08:00", "assignee", "remind"),
            ("19/02/2024 23:59", "assignee", "overdue"),
            ("19/02/2024 23:59", "unit_head", "overdue"),
            ("20/02/2024 08:00", "lead_head", "escalate"),
            ("20/02/2024 08:00", "monitor", "escalate"),
            ("22/02/2024 08:00", "office_head", "urge"),
            ("28/02/2024 08:00", "decision_holder", "escalate"),
        ]
        self.finish(funding, "khtc")
        assert self.timeliness(funding) == "hoan_thanh_qua_han"

    def one_unit_asks_for_an_extension(self) -> None:
        """Trung tâm asks from 15/3 to 29/3; the deputy director agrees; task and reminders move."""
        media = self.find(self.child, "truyền thông")["id"]
        self.accept(media, "trung-tam")
        self.who("tt.giamdoc").request_extension(media, "2024-03-29", "Chờ nội dung từ các phòng.")
        self.who("skhcn.pgd").complete("decide_extension", media, extension_decision="approve")
        step = self.who("tt.cv").task("do", media)
        assert (step["due_at"][:10], step["original_due_at"][:10]) == ("2024-03-29", "2024-03-15")
        self.province.until("2024-03-27 09:00")
        reminders = [line[0] for line in self.ladder("assignment", media, "do") if line[2] == "remind"]
        assert reminders[-2:] == ["20/03/2024 08:00", "26/03/2024 08:00"]
        self.finish(media, "trung-tam")
        assert self.timeliness(media) == "dung_han"

    def the_rest_is_carried_out(self) -> None:
        """By October every division has done what else it was given."""
        self.province.until("2024-10-15 09:00")
        for unit in DIVISIONS:
            with self.province.routine():
                for one in self.led_by(unit, self.child):
                    if one["state"] == "cho_tiep_nhan":
                        self.accept(one["id"], unit)
                    if one["state"] != "hoan_thanh":
                        self.finish(one["id"], unit)
        assert {one["state"] for one in self.assignments(self.child)} == {"hoan_thanh"}

    # --- the report -------------------------------------------------------------------------------------

    def the_yearly_report_is_asked_for_and_one_unit_is_late(self) -> None:
        """Units report by 15/11, a Friday, and are asked ten working days before; Trung tâm does not."""
        self.province.until("2024-11-01 07:59")
        assert self.instances("report-round") == []
        self.province.until("2024-11-01 08:00")
        (asked,) = self.instances("report-round")
        self.round = asked["business_key"]
        for unit in ("qlkh", "qlcn", "khtc"):
            head, officer = DIVISIONS[unit]
            report = self.report_of(unit)
            assert report["due"] == "2024-11-15"
            with self.province.routine():
                self.who(officer).complete("write", report["id"], write_complete=True)
                self.who(head).complete("approve", report["id"], approve_decision="approve")
                self.who("qlkh.cv").complete("check", report["id"], check_decision="receive")
        self.province.until("2024-11-18 16:59")
        late = self.report_of("trung-tam")["id"]
        self.who("tt.cv").task("write", late)
        self.province.until("2024-11-18 17:00")
        assert [one["state"] for one in self.instances("unit-report", late)] == ["cancelled"]

    def the_report_goes_up_with_the_late_unit_listed(self) -> None:
        """Phòng QLKH consolidates, a deputy director signs, the clerk numbers and sends."""
        self.who("qlkh.cv").complete("compile", self.round, compile_complete=True)
        self.who("skhcn.pgd").complete("sign", self.round, sign_decision="sign")
        self.who("skhcn.vanthu").complete("number", self.round, report_issued_on="2024-11-18")
        (sent,) = self.who("qlkh.cv").report_round(self.round)["consolidated"]
        assert sent["status"] == "sent"
        assert sent["missing_units"] == [self.org("trung-tam")]

    def ubnd_accepts_and_its_assignments_are_done(self) -> None:
        """The office of UBND tỉnh accepts: the cycle of the Sở ends, its three tasks of 1394 are done."""
        self.who("ubnd.kgvx").accept_report(self.round)
        own = self.led_by("so-khcn", self.directive)
        assert [(one["state"], one["result_on"]) for one in own] == [("hoan_thanh", "2024-11-18")] * 3
        (cycle,) = self.instances("directive-cycle", self.child)
        assert cycle["state"] == "completed"

    # --- what is done and asked again and again ---------------------------------------------------------

    def accept(self, assignment: str, unit: str) -> None:
        """The head of a unit takes a task and names the officer."""
        head, officer = DIVISIONS[unit]
        account = self.province.cast.accounts[officer]
        self.who(head).complete("accept", assignment, accept_decision="accept")
        self.who(head).complete("organise", assignment, work_mode="do", officer=account)

    def finish(self, assignment: str, unit: str) -> None:
        """The officer finishes today, the head approves, the monitor confirms."""
        head, officer = DIVISIONS[unit]
        today = self.province.now().date().isoformat()
        self.who(officer).complete(
            "do", assignment, result_on=today, result_statement="Đã thực hiện xong, có báo cáo kèm theo."
        )
        self.who(head).complete("approve", assignment, approve_decision="approve")
        self.who("qlkh.truong").complete("confirm", assignment, confirm_decision="confirm")

    def assignments(self, directive: str) -> list[dict[str, Any]]:
        """Give the assignments of a cycle, in the order of its plan."""
        return self.province.admin.assignments(directive)

    def led_by(self, unit: str, directive: str) -> list[dict[str, Any]]:
        """Give the assignments of a cycle that a unit leads."""
        return [one for one in self.assignments(directive) if one["lead"] == self.org(unit)]

    def find(self, directive: str, words: str) -> dict[str, Any]:
        """Give the one assignment of a cycle whose content holds some words."""
        (found,) = [one for one in self.assignments(directive) if words in one["content"]]
        return found

    def timeliness(self, assignment: str) -> str:
        """Say whether an assignment is in time."""
        return str(self.province.admin.get(f"/assignments/{assignment}")["timeliness"])

    def report_of(self, unit: str) -> dict[str, Any]:
        """Give the report of a unit in the yearly round."""
        reports = self.who("qlkh.cv").report_round(self.round)["reports"]
        found: dict[str, Any]
        (found,) = [one for one in reports if one["unit"] == self.org(unit)]
        return found

    def instances(self, process: str, business_key: str = "") -> list[dict[str, Any]]:
        """Give the instances of a process."""
        return self.province.admin.instances(process, business_key)

    def ladder(self, process: str, business_key: str, element: str) -> list[tuple[str, str, str]]:
        """Give the steps of the ladder that fired at a step: when in Việt Nam, whom, what."""
        (instance,) = self.instances(process, business_key)
        return [
            (self.province.shown(line["at"]), line["data"]["to"], line["data"]["action"])
            for line in self.province.admin.history(instance["id"])
            if line["type"] == "escalation.fired" and line["element"] == element
        ]

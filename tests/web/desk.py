"""The stage of the process tests with its pages: people of the cast at their browsers.

def test_…(desk): desk.browser("skhcn.vanthu").read("/receiving")
"""

from dataclasses import dataclass, field

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from directives import accounts, sign_in
from foundation.clock import MovableClock
from foundation.database import Database
from processes.runtime import Runtime
from tests.processes.stage import Stage
from tests.web.office import Browser
from tiendo.server import create_app
from webhooks.addresses import EgressPolicy
from webhooks.client import Client
from webhooks.secrets import SecretBox

#: a công văn as a province writes it, with one task to give and one day that does not exist
LETTER = """ỦY BAN NHÂN DÂN                CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH ĐỒNG NAI                       Độc lập - Tự do - Hạnh phúc
Số: 812/UBND-KGVX                Đồng Nai, ngày 02 tháng 02 năm 2024
V/v rà soát chính sách thu hút chuyên gia

Kính gửi: Sở Khoa học và Công nghệ.

Ủy ban nhân dân tỉnh có ý kiến như sau:
1. Giao Sở Khoa học và Công nghệ chủ trì, phối hợp Sở Nội vụ rà soát chính sách thu hút chuyên gia, \
hoàn thành trước ngày 31/3/2024.
2. Giao Sở Nội vụ tổng hợp nhu cầu sử dụng chuyên gia của các đơn vị trước ngày 31/6/2024.

Nơi nhận:                                   TM. ỦY BAN NHÂN DÂN
- Như trên;                                     CHỦ TỊCH
- Lưu: VT, KGVX.                             Võ Minh Châu
"""


@dataclass
class Desk:
    """A running house, its people, and a browser for each of them."""

    stage: Stage
    app: Flask
    browsers: dict[str, Browser] = field(default_factory=dict)

    def browser(self, username: str) -> Browser:
        """Give the browser of somebody who is signed in."""
        if username not in self.browsers:
            with self.stage.database.unit_of_work() as work:
                account = accounts.by_username(work.session, username)
                check = sign_in.PasswordCheck(username=username, account=account)
                opened = sign_in.sign_in(work, check)
                work.commit()
            self.browsers[username] = Browser(self.app, opened.token, opened.csrf_token)
        return self.browsers[username]

    def sign_in_again(self, username: str) -> None:
        """Forget a session that ended while time passed."""
        self.browsers.pop(username, None)


def open_desk(database: Database, clock: MovableClock) -> Desk:
    """Open the pages over a stage."""
    stage = Stage(database, clock)
    runtime = Runtime(
        database=database,
        clock=clock,
        dispatcher=stage.dispatcher,
        secret_box=SecretBox(Fernet.generate_key().decode()),
        webhook_client=Client(EgressPolicy.of([], allows_http=True)),
    )
    app = create_app(runtime, is_secure=False)
    app.testing = False
    return Desk(stage=stage, app=app)


@pytest.fixture
def desk(database: Database, clock: MovableClock) -> Desk:
    return open_desk(database, clock)


def receive(desk: Desk, text: str = LETTER) -> str:
    """Let the clerk of the Sở receive a letter through the pages; gives the directive's id."""
    from directives.directives import Directive

    clerk = desk.browser("skhcn.vanthu")
    review = clerk.post("/receiving", {"text": text}, follow=False)
    assert review.status_code == 302, review.text[-1500:]
    where = review.headers["Location"]
    form = {"number": "812/UBND-KGVX", "date": "2024-02-02", "issuer": "Ủy ban nhân dân tỉnh Đồng Nai"}
    form |= {"subject": "Rà soát chính sách thu hút chuyên gia", "urgency": "0", "type_code": "CV"}
    answer = clerk.post(where, {**form, "received_on": "2024-02-05", "item": ["0", "1"]}, follow=False)
    assert answer.status_code == 302, answer.text[-1500:]
    desk.stage.settle()
    with desk.stage.database.reading() as session:
        return max(directive.id for directive in session.query(Directive))


def instructed(desk: Desk) -> str:
    """Bring a received letter to the step in which its plan is drafted; gives the directive's id."""
    stage, directive = desk.stage, receive(desk)
    stage.complete(
        "skhcn.vanthu", "register", directive, arrival_number="12", arrived_on="2024-02-05", urgency=0
    )
    unit = stage.id("qlkh")
    stage.complete(
        "skhcn.giamdoc",
        "instruct",
        directive,
        instruct_decision="issue_plan",
        instruction="Lập kế hoạch.",
        drafting_unit=unit,
        monitor=unit,
        consolidator=unit,
    )
    drafter = stage.cast.accounts["qlkh.cv"]
    stage.complete("qlkh.truong", "assign_drafting", directive, drafter=drafter)
    return directive


def assigned(desk: Desk) -> str:
    """Give the id of an assignment of Phòng Quản lý Khoa học that its officer is working on."""
    from datetime import date

    from sqlalchemy import select

    from directives import deadlines, plans
    from directives.plan_tables import Plan
    from processes import planning

    stage, directive = desk.stage, instructed(desk)
    [plan] = stage.rows(select(Plan).where(Plan.directive_id == directive))
    with stage.database.reading() as session:
        items = plans.items(session, plan.id)
    due = date(2024, 3, 29)
    day = deadlines.Deadline(kind=deadlines.DeadlineKind.FIXED, original_due=due, current_due=due)
    for item, lead in zip(items, ("qlkh", "qlcn"), strict=True):
        parties = (plans.Party(organisation_id=stage.id(lead), is_accountable=True),)
        stage.act("qlkh.cv", planning.edit_item, item.id, item.version, {"leads": parties, "deadline": day})
    stage.complete("qlkh.cv", "draft", directive, draft_complete=True)
    stage.complete("skhcn.cvp", "check", directive, check_decision="approve")
    stage.complete("skhcn.giamdoc", "sign", directive, sign_decision="sign", sign_capacity="head")
    stage.complete(
        "skhcn.vanthu",
        "number",
        directive,
        issue_number="3/KH-SKHCN",
        issued_on="2024-02-05",
        recipients_checked=True,
    )
    mine = next(one for one in stage.assignments_of(directive) if one.lead_id == stage.id("qlkh"))
    stage.complete("qlkh.truong", "accept", mine.id, accept_decision="accept")
    officer = stage.cast.accounts["qlkh.cv"]
    stage.complete("qlkh.truong", "organise", mine.id, work_mode="do", officer=officer)
    return str(mine.id)

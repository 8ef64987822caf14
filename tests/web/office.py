"""An office to test pages with: a small province, its people, and a browser of Flask for each of them.

def test_…(office): assert "Sở Nội vụ" in office.browser("admin").read("/organisations")
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from werkzeug.test import TestResponse

from directives import accounts, organisations, people, sign_in
from engine import deployments
from engine.dispatcher import Dispatcher
from engine.ports import JobHandler
from foundation import calendars
from foundation.actors import Actor
from foundation.clock import MovableClock
from foundation.database import Database, UnitOfWork
from processes import shipped
from processes.runtime import Runtime
from webhooks.addresses import EgressPolicy
from webhooks.client import Client
from webhooks.secrets import SecretBox

NEW_YEAR = date(2024, 1, 1)
#: username → name, role, organisation (attribute of the province), title
STAFF = {
    "chu-tich": ("Nguyễn Văn Thắng", "head", "committee", "Chủ tịch UBND tỉnh"),
    "giam-doc": ("Phạm Văn Hùng", "head", "science", "Giám đốc Sở"),
    "chanh-vp": ("Lê Thị Hạnh", "office_head", "science", "Chánh Văn phòng Sở"),
    "van-thu": ("Trần Thị Mai", "clerk", "science", "Văn thư"),
    "truong-phong": ("Trần Văn Đạt", "unit_head", "division", "Trưởng phòng"),
    "chuyen-vien": ("Đỗ Minh Anh", "officer", "division", "Chuyên viên"),
    "noi-vu": ("Vũ Thị Lan", "unit_head", "home_affairs", "Trưởng phòng"),
}


def province(work: UnitOfWork) -> SimpleNamespace:
    """Enter the organisations, people, accounts and the calendar; give the ids."""
    organisations.seed_levels(work)
    calendars.seed(work)

    def enter(name: str, kind: str, level: str, parent_id: str | None, **more: Any) -> str:
        return organisations.create(
            work, name=name, kind=kind, level=level, parent_id=parent_id, on=NEW_YEAR, basis="QĐ 01", **more
        )

    place = SimpleNamespace()
    place.committee = enter("Ủy ban nhân dân tỉnh Đồng Nai", "ubnd", "province", None, short_name="UBND tỉnh")
    place.science = enter(
        "Sở Khoa học và Công nghệ", "so", "department", place.committee, aliases=["Sở KH&CN"], code="H19.12"
    )
    place.home_affairs = enter("Sở Nội vụ", "so", "department", place.committee)
    place.division = enter("Phòng Quản lý Khoa học", "phong", "unit", place.science)
    place.other_division = enter("Phòng Quản lý Chuyên ngành", "phong", "unit", place.science)
    place.party = enter("Ban Tuyên giáo Tỉnh ủy", "ban", "party", None)
    place.people, place.accounts = {}, {}
    for username, (name, role, where, title) in STAFF.items():
        person = people.create(work, full_name=name)
        people.appoint(work, person, role, getattr(place, where), valid_from=NEW_YEAR, title=title)
        place.people[username] = person
        place.accounts[username] = accounts.create(work, username=username, person_id=person)
    place.accounts["admin"] = accounts.create(work, username="admin", is_admin=True)
    return place


def build_runtime(
    database: Database, clock: MovableClock, handlers: Mapping[str, JobHandler] | None = None
) -> Runtime:
    """Put a house together over a database; jobs without a handler wait."""
    policy = EgressPolicy.of(["127.0.0.1"], allows_http=True)
    return Runtime(
        database=database,
        clock=clock,
        dispatcher=Dispatcher(database, handlers or {}),
        secret_box=SecretBox(Fernet.generate_key().decode()),
        webhook_client=Client(policy, connect_seconds=2, total_seconds=2),
    )


@dataclass
class Browser:
    """Somebody at the pages: follows redirects, carries the session and its token."""

    app: Flask
    token: str
    csrf_token: str

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.client.set_cookie("tiendo", self.token)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def read(self, path: str) -> str:
        """Give the text of a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[-2000:])
        return answer.text

    def post(self, path: str, data: Any = None, *, follow: bool = True, **options: Any) -> TestResponse:
        options.setdefault("headers", {}).setdefault("X-CSRF-Token", self.csrf_token)
        return self.client.post(path, data=data or {}, follow_redirects=follow, **options)


@dataclass
class Office:
    """A running house with people in it."""

    runtime: Runtime
    app: Flask
    place: SimpleNamespace
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def clock(self) -> MovableClock:
        assert isinstance(self.runtime.clock, MovableClock)
        return self.runtime.clock

    @property
    def database(self) -> Database:
        return self.runtime.database

    def browser(self, username: str) -> Browser:
        if username not in self.browsers:
            self.browsers[username] = Browser(self.app, *self.sign_in(username))
        return self.browsers[username]

    def sign_in(self, username: str) -> tuple[str, str]:
        """Open a session without the slow part, the password; give its token and CSRF token."""
        with self.database.unit_of_work() as work:
            account = accounts.by_username(work.session, username)
            opened = sign_in.sign_in(work, sign_in.PasswordCheck(username=username, account=account))
            work.commit()
        return opened.token, opened.csrf_token

    def actor(self, username: str) -> Actor:
        return Actor(id=self.place.accounts[username], name=STAFF.get(username, ("Quản trị",))[0])

    def deploy(self, **files: bytes) -> None:
        with self.database.unit_of_work(self.actor("admin")) as work:
            deployments.deploy(work, {name.replace("__", "."): content for name, content in files.items()})
            work.commit()

    def deploy_shipped(self) -> None:
        with self.database.unit_of_work() as work:
            deployments.deploy_new(work, shipped.files(), note="Quy trình đi kèm phần mềm")
            work.commit()


def open_office(
    database: Database, clock: MovableClock, handlers: Mapping[str, JobHandler] | None = None
) -> Office:
    """Open an office over an empty database."""
    from tiendo.server import create_app

    runtime = build_runtime(database, clock, handlers)
    with database.unit_of_work() as work:
        place = province(work)
        work.commit()
    return Office(runtime=runtime, app=create_app(runtime, is_secure=False), place=place)


@pytest.fixture
def office(database: Database, clock: MovableClock) -> Iterator[Office]:
    """An office on the morning of the first directive."""
    opened = open_office(database, clock)
    opened.app.testing = False
    yield opened
    for browser in opened.browsers.values():
        browser.client.delete_cookie("tiendo")

"""Tỉnh Đồng Nai, entered before the server starts: organisations, people, and an API key for everybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from directives import api_keys
from foundation.clock import BUSINESS_ZONE, MovableClock
from processes.runtime import Runtime
from tests import cast
from tests.acceptance.people import Habits, Person
from tests.acceptance.server import MORNING, Server
from tests.cast import Cast
from tiendo import house
from tiendo.settings import Settings
from webhooks import subscriptions
from webhooks.addresses import EgressPolicy


@dataclass(kw_only=True)
class Province:
    """A server, and the people who use it."""

    server: Server
    cast: Cast
    keys: dict[str, str]
    habits: Habits = field(default_factory=Habits)

    def person(self, username: str) -> Person:
        """Give somebody of the cast."""
        return Person(self.server, username, self.keys[username], self.habits)

    def organisation(self, key: str) -> str:
        """Give the id of an organisation."""
        return self.cast.organisation(key)

    @property
    def admin(self) -> Person:
        """The administrator, who also moves the clock."""
        return self.person("admin")

    def until(self, moment: str) -> None:
        """Let the time pass: “2024-03-29 17:00” in Việt Nam."""
        self.admin.post("/test-clock", {"to": moment.replace(" ", "T") + ":00+07:00"})

    @contextmanager
    def routine(self) -> Iterator[None]:
        """Count what is done inside as one thing somebody did, which nothing disturbs."""
        usual = replace(self.habits)
        self.habits.post, self.habits.after_post = Habits().post, Habits().after_post
        try:
            yield
        finally:
            self.habits.post, self.habits.after_post = usual.post, usual.after_post
        self.habits.after_post()

    def settle(self) -> None:
        """Let everything happen that is due now."""
        self.admin.ask("POST", "/test-clock", {"advance": "PT0S"})

    def shown(self, moment: str) -> str:
        """Write a moment of the API as people in Việt Nam write it."""
        return f"{datetime.fromisoformat(moment).astimezone(BUSINESS_ZONE):%d/%m/%Y %H:%M}"

    def now(self) -> datetime:
        """Read the clock, as it is in Việt Nam."""
        return datetime.fromisoformat(self.admin.get("/test-clock")["now"]).astimezone(BUSINESS_ZONE)


def settle_in(server: Server) -> Province:
    """Make the database of a server that is not started yet and enter the province."""
    runtime = opened(server)
    try:
        house.prepare(runtime)
        with runtime.database.unit_of_work() as work:
            people = cast.enter(work)
            cast.enter_group(work, people)
            keys = {
                username: api_keys.create(work, account, name="acceptance").key
                for username, account in people.accounts.items()
            }
            work.commit()
    finally:
        runtime.database.dispose()
    return Province(server=server, cast=people, keys=keys)


def subscribe(server: Server, url: str) -> str:
    """Let a receiver on this machine hear of everything; gives the secret."""
    runtime = opened(server)
    try:
        with runtime.database.unit_of_work() as work:
            made = subscriptions.create(
                work,
                runtime.secret_box,
                endpoint=EgressPolicy.of(["127.0.0.1"], allows_http=True).vet(url),
                patterns=["*"],
            )
            work.commit()
    finally:
        runtime.database.dispose()
    return made.secret


def opened(server: Server) -> Runtime:
    """Open the house a server works on; dispose of its database afterwards."""
    settings = Settings(data=server.data, database_url=server.database_url, allows_http=True)
    return house.build(settings, clock=MovableClock(datetime.fromisoformat(MORNING)))

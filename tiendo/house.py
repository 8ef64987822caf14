"""The composition root: the only place that knows concrete classes and puts a running house together."""

from foundation.clock import Clock, MovableClock, SystemClock
from foundation.database import Database
from foundation.errors import Invalid
from foundation.texts import _
from processes import handlers
from processes.runtime import Runtime
from tiendo.settings import Settings

#: first year of the shipped calendar: when it has days, the calendar was seeded
FIRST_YEAR = 2021


def build(settings: Settings, *, clock: Clock | None = None) -> Runtime:
    """Put a house together over its database; nothing is started yet.

    Raises Invalid when the settings ask for what only a test clock allows.
    """
    from engine.dispatcher import Dispatcher
    from webhooks.addresses import EgressPolicy
    from webhooks.client import Client
    from webhooks.secrets import SecretBox

    if settings.reloads_each_step and not isinstance(clock, MovableClock):
        raise Invalid(_("TIENDO_RELOAD_EACH_STEP chỉ dùng được cùng --test-clock."))
    database = Database(settings.url, clock or SystemClock())
    database.reloads_each_step = settings.reloads_each_step
    policy = EgressPolicy.of(settings.webhook_networks, allows_http=settings.allows_http)
    return Runtime(
        database=database,
        clock=database.clock,
        dispatcher=Dispatcher(database, handlers.HANDLERS, handlers.escalate),
        secret_box=SecretBox(settings.secret_key()),
        webhook_client=Client(policy),
        base_url=settings.base_url,
        four_eyes=settings.four_eyes,
    )


def prepare(runtime: Runtime) -> None:
    """Make the database ready: newest tables, calendar, organisation levels, shipped processes."""
    from tiendo import migrating

    migrating.upgrade(runtime.database)
    _seed(runtime)
    deploy_shipped(runtime)


def _seed(runtime: Runtime) -> None:
    from directives import organisations
    from foundation import calendars

    with runtime.database.reading() as session:
        if calendars.days(session, year=FIRST_YEAR):
            return
    with runtime.database.unit_of_work() as work:
        calendars.seed(work)
        organisations.seed_levels(work)
        work.commit()


def deploy_shipped(runtime: Runtime) -> None:
    """Publish the shipped processes, decisions and forms when their files changed since the last start."""
    from engine import deployments
    from processes import shipped

    with runtime.database.unit_of_work() as work:
        deployments.deploy_new(
            work, shipped.files(), note="Quy trình đi kèm phần mềm", scenarios=shipped.scenarios()
        )
        work.commit()

"""The worker: APScheduler as a ticker, and nothing but a ticker. What is due is in the database.

Every duty may run in any number of worker processes at once: claims are made in the database. On SQLite
exactly one worker runs, inside the server process.
"""

from collections.abc import Callable
from threading import Lock

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine import messages, timers
from processes.runtime import Runtime

log = structlog.get_logger("tiendo.worker")

#: lag of the oldest due timer after which `/readyz` fails, in seconds
LATE_SECONDS = 30
#: rounds of one tick of the engine: what is due is drained before the next second begins
ROUNDS = 50
#: webhooks sent at the same time
DELIVERY_THREADS = 4


class Worker:
    """Ticks the duties of the house until it is stopped."""

    def __init__(self, runtime: Runtime) -> None:
        """Prepare the tickers; `start` lets them run."""
        self.runtime = runtime
        self._turn = Lock()
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._every(1, "engine", self.tick)
        self._every(1, "fan out", self.fan_out)
        self._every(1, "deliveries", self.deliver)
        self._every(3600, "expired messages", lambda: messages.forget_expired(runtime.database))
        self._every(3600, "sign-in leftovers", self._purge_sessions)
        self._every(3600, "steps without people", self._warn_of_unstaffed)
        self._every(3600, "ended delegations", self._tell_ended_delegations)

    def start(self) -> None:
        """Begin to tick in background threads."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; a tick under way ends first."""
        self._scheduler.shutdown(wait=True)

    def tick(self) -> int:
        """Do everything of the engine that is due now, in rounds; gives how many things were done."""
        total = 0
        for _round in range(ROUNDS):
            with self._turn:
                done = self.runtime.dispatcher.tick()
            total += done
            if not done:
                break
        return total

    def fan_out(self) -> int:
        """Make deliveries from new events."""
        from processes.audience import within
        from webhooks import dispatch

        return dispatch.fan_out(self.runtime.database, within=within)

    def deliver(self) -> int:
        """Send the deliveries that are due."""
        from webhooks import delivery

        runtime = self.runtime
        return delivery.deliver_due(
            runtime.database, runtime.webhook_client, box=runtime.secret_box, threads=DELIVERY_THREADS
        )

    def _warn_of_unstaffed(self) -> None:
        from processes import staffing

        with self.runtime.database.unit_of_work() as work:
            staffing.warn(work)
            work.commit()

    def _purge_sessions(self) -> None:
        from directives import sign_in

        with self.runtime.database.unit_of_work() as work:
            sign_in.purge(work)
            work.commit()

    def _tell_ended_delegations(self) -> None:
        from directives import delegations

        with self.runtime.database.unit_of_work() as work:
            delegations.tell_ended(work)
            work.commit()

    def _every(self, seconds: int, name: str, duty: Callable[[], object]) -> None:
        def run() -> None:
            try:
                duty()
            except Exception:
                log.exception("duty failed", duty=name)

        self._scheduler.add_job(run, "interval", seconds=seconds, id=name, name=name)


def is_late(runtime: Runtime) -> bool:
    """Tell whether timers are further behind than users should bear."""
    with runtime.database.reading() as session:
        return timers.lag(session, runtime.clock.now()).seconds > LATE_SECONDS

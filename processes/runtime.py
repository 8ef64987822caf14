"""What a running house consists of, handed down by the composition root to web, API, worker and shell."""

from dataclasses import dataclass

from engine.dispatcher import Dispatcher
from foundation.clock import Clock, MovableClock
from foundation.database import Database
from webhooks.client import Client
from webhooks.secrets import SecretBox


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """The parts every surface needs."""

    database: Database
    clock: Clock
    dispatcher: Dispatcher
    secret_box: SecretBox
    webhook_client: Client
    #: address under which people reach the house, for links in messages
    base_url: str = ""
    #: diagrams need a second person's approval unless a definition says otherwise
    four_eyes: bool = False

    @property
    def test_clock(self) -> MovableClock | None:
        """The clock when it may be moved from outside (`--test-clock`), else None."""
        return self.clock if isinstance(self.clock, MovableClock) else None

"""The test clock of a server that may be killed: it goes on where it was."""

from datetime import datetime
from pathlib import Path

from foundation.clock import MovableClock, aware

#: file in the data folder
NAME = "test-clock"


class KeptClock(MovableClock):
    """A movable clock that remembers its latest moment in a file, written before anybody can see the moment.

    So no row in the database is ever later than what the clock shows after a restart.
    """

    def __init__(self, path: Path, start: datetime) -> None:
        """Begin at `start` (aware), or where the file says the clock was when that is later."""
        super().__init__(max(aware(start), _kept(path) or aware(start)))
        self._path = path
        self._keep(self.now())

    def move_to(self, moment: datetime) -> None:
        """Set the clock forward to an aware moment; it never goes back."""
        if aware(moment) > self.now():
            self._keep(aware(moment))
        super().move_to(moment)

    def _keep(self, moment: datetime) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(moment.isoformat(), encoding="ascii")
        fresh.replace(self._path)


def _kept(path: Path) -> datetime | None:
    if not path.exists():
        return None
    return datetime.fromisoformat(path.read_text(encoding="ascii"))

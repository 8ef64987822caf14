"""The bell that wakes those who wait for a job: whoever makes one rings, in this process.

It is a courtesy, not the truth: jobs are rows, and jobs made by other processes are found by looking again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

#: a commit that touched this made a job fetchable
DUTY = "#jobs"
#: requests that may wait at the same time; the others are answered at once, so that threads are left
PLACES = 4


class JobBell:
    """Lets a few threads wait until a job may have come."""

    def __init__(self, places: int = PLACES) -> None:
        """Nobody waits yet."""
        self._condition = Condition()
        self._rung = 0
        self._free = places
        self._is_closed = False

    @property
    def free(self) -> int:
        """How many more may wait."""
        return self._free

    def heard(self) -> int:
        """Give how often it has rung; remember it before looking whether there is a job."""
        with self._condition:
            return self._rung

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def close(self) -> None:
        """Wake everybody and let nobody wait any more: the server ends."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Take one of the places for waiting; gives False when all are taken or the server ends."""
        with self._condition:
            has_place = self._free > 0 and not self._is_closed
            self._free -= has_place
        try:
            yield has_place
        finally:
            with self._condition:
                self._free += has_place

    def wait(self, heard: int, seconds: float) -> bool:
        """Wait until it rings after `heard`, at most so many seconds; False when the server ends."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung != heard or self._is_closed, timeout=max(0, seconds))
            return not self._is_closed

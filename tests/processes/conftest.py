"""The house of the process tests, in the morning of 5 February 2024."""

import pytest

from foundation.clock import MovableClock
from foundation.database import Database
from tests.processes.stage import Stage


@pytest.fixture
def stage(database: Database, clock: MovableClock) -> Stage:
    return Stage(database, clock)

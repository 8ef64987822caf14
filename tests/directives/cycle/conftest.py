"""The world of the cycle tests, on 6 February 2024."""

from types import SimpleNamespace

import pytest

from foundation.database import UnitOfWork
from tests.directives.cycle.world import World


@pytest.fixture
def world(work: UnitOfWork, province: SimpleNamespace) -> World:
    return World(work, province).on("06/02/2024").by("giam-doc")

"""Node with the independent implementation."""

import pytest

from tests.conftest import require_all
from tests.engine.feel.differential import comparison


@pytest.fixture(scope="session")
def node() -> str:
    """Give the program; where everything must be there, its absence is a failure."""
    if not (comparison.FRONTEND / "node_modules" / "feelin").is_dir():
        (pytest.fail if require_all() else pytest.skip)("feelin is not installed: run `make assets`")
    return comparison.find_node()

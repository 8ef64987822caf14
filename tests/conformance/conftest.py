"""The conformance models beside the project, and houses to run them on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance import running
from tests.conformance.house import House
from tests.conformance.running import Manner
from tests.conftest import require_all

#: models of others; they stay out of the project
CORPUS = Path(__file__).parents[3] / "shared" / "conformance"


def corpus(name: str) -> Path:
    """Give a folder of models; skips the test where it is not there."""
    folder = CORPUS / name
    if not folder.is_dir():
        (pytest.fail if require_all() else pytest.skip)(
            f"no conformance models at ../shared/conformance/{name}"
        )
    return folder


@pytest.fixture(scope="module")
def houses() -> Iterator[tuple[House, ...]]:
    """A house as it is and one that reloads after each step."""
    with running.opened(Manner(), kinds=(False, True)) as sets:
        yield sets[0]

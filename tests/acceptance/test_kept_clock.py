"""The test clock of a server goes on where it was, however the server ended."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tiendo.kept_clock import NAME, KeptClock

MORNING = datetime(2024, 2, 5, 1, 0, tzinfo=UTC)


def test_a_clock_begins_at_the_moment_given(tmp_path: Path) -> None:
    assert KeptClock(tmp_path / "data" / NAME, MORNING).now() == MORNING


def test_a_new_process_goes_on_at_the_latest_moment(tmp_path: Path) -> None:
    KeptClock(tmp_path / NAME, MORNING).advance(timedelta(days=20))

    again = KeptClock(tmp_path / NAME, MORNING)

    assert again.now() == MORNING + timedelta(days=20)


def test_a_start_later_than_the_kept_moment_wins(tmp_path: Path) -> None:
    KeptClock(tmp_path / NAME, MORNING)

    assert KeptClock(tmp_path / NAME, MORNING + timedelta(days=1)).now() == MORNING + timedelta(days=1)


def test_a_refused_move_back_keeps_the_moment(tmp_path: Path) -> None:
    clock = KeptClock(tmp_path / NAME, MORNING)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.move_to(MORNING - timedelta(seconds=1))

    assert KeptClock(tmp_path / NAME, MORNING).now() == MORNING

"""Event names, patterns, bodies."""

from datetime import UTC, datetime

import orjson
import pytest

from foundation.errors import Invalid
from webhooks.events import MAX_BODY, body_of, check_patterns, matches, organisations_of

MOMENT = datetime(2024, 2, 5, 1, 0, tzinfo=UTC)


def test_the_body_has_type_timestamp_and_data() -> None:
    body = orjson.loads(body_of("task.overdue", MOMENT, {"title": "Báo cáo"}, subject="a1", sequence=7))

    assert body["type"] == "task.overdue"
    assert body["timestamp"] == "2024-02-05T01:00:00Z"
    assert body["data"] == {
        "title": "Báo cáo",
        "subject": "a1",
        "instance_id": None,
        "sequence": 7,
        "schema": 1,
    }


def test_data_that_is_too_large_is_left_out_and_said_to_be() -> None:
    body = body_of("task.overdue", MOMENT, {"title": "x" * MAX_BODY}, subject="a1", sequence=7)

    assert len(body) < MAX_BODY
    assert orjson.loads(body)["data"]["truncated"] is True
    assert orjson.loads(body)["data"]["subject"] == "a1"


def test_patterns_cover_names() -> None:
    assert matches(["task.*"], "task.overdue")
    assert matches(["report.sent", "*"], "task.overdue")
    assert not matches(["task.*", "report.sent"], "report.submitted")


def test_repeated_patterns_are_kept_once() -> None:
    assert check_patterns(["task.*", " task.* ", "report.sent"]) == ["task.*", "report.sent"]


@pytest.mark.parametrize("pattern", ["task.overdu", "tasks.*", "", "task.[a-z]*", "task.*.*", "**", "?"])
def test_a_pattern_that_names_no_event_is_refused(pattern: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_patterns([pattern])

    assert "events" in refused.value.fields


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(Invalid, match=r"task\.overdue"):
        check_patterns(["task.overdu"])


def test_an_event_may_concern_several_organisations() -> None:
    data = {"organisation": "so-khcn", "organisations": ["so-tc", "so-khcn", None], "organisation_id": 7}

    assert organisations_of(data) == ("so-khcn", "so-tc")

"""Values of diagram attributes at run time: literals, FEEL, ISO 8601 moments and durations."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from engine import feel
from engine.feel import iso
from engine.feel.values import to_json
from engine.spiff.elements import EventDefinition, Value
from engine.spiff.errors import ExecutionError, wrong_type
from engine.spiff.token import Token
from foundation.clock import BUSINESS_ZONE, aware
from foundation.texts import Text, _

END_OF_DAY = time(23, 59, 59, 999000)
#: most repetitions counted for a cycle that names its end
REPETITION_LIMIT = 10_000


def evaluate(token: Token, value: Value, *, variables: Mapping[str, Any] | None = None) -> Any:
    """Give the value in the token's scope (FEEL values, not yet JSON); warnings go to the execution."""
    if not value.is_expression:
        return value.text
    execution = token.execution
    evaluation = feel.compile(value.text).evaluate(
        token.variables() if variables is None else variables, now=execution.now, calendar=execution.calendar
    )
    for warning in evaluation.warnings:
        execution.warn(token, value.text, warning)
    return evaluation.value


def evaluate_json(token: Token, value: Value, *, variables: Mapping[str, Any] | None = None) -> Any:
    """Give the value as JSON-like data fit for a variable."""
    return to_json(evaluate(token, value, variables=variables))


def holds(token: Token, condition: Value) -> bool:
    """Tell whether a condition is true; null and anything else is not."""
    return evaluate(token, condition) is True


def text_of(token: Token, value: Value | None) -> str | None:
    """Give a text; numbers are written out, null is None."""
    if value is None:
        return None
    result = evaluate_json(token, value)
    return None if result is None else str(result)


def texts_of(token: Token, value: Value | None) -> tuple[str, ...]:
    """Give a list of texts: a FEEL list, or a comma separated text."""
    if value is None:
        return ()
    result = evaluate_json(token, value)
    if isinstance(result, str):
        return tuple(part.strip() for part in result.split(",") if part.strip())
    if isinstance(result, list):
        return tuple(str(part) for part in result if part is not None)
    return () if result is None else (str(result),)


def number_of(token: Token, value: Value | None, default: int) -> int:
    """Give a whole number, the default when nothing is said."""
    if value is None:
        return default
    result = evaluate_json(token, value)
    try:
        return default if result is None else int(result)
    except (TypeError, ValueError):
        element = token.node.element.drawn_id
        raise wrong_type(element, _("Giá trị số"), value.text, _("một số nguyên"), result) from None


def items_of(token: Token, value: Value) -> list[Any]:
    """Give the items of a multi-instance collection as JSON-like data."""
    result = evaluate_json(token, value)
    if not isinstance(result, list):
        element = token.node.element.drawn_id
        raise wrong_type(element, _("Danh sách lặp"), value.text, _("một danh sách"), result)
    return result


def moment_of(
    token: Token, value: Value, *, what: Text, day_ends: bool, variables: Mapping[str, Any] | None = None
) -> datetime | None:
    """Give a moment in UTC from FEEL or ISO text; a bare date means its end (dues) or its start (timers)."""
    result = evaluate(token, value, variables=variables)
    if isinstance(result, str):
        result = _from_text(token, value, result, what)
    if isinstance(result, datetime):
        return aware(result if result.tzinfo else result.replace(tzinfo=BUSINESS_ZONE))
    if isinstance(result, date):
        return aware(datetime.combine(result, END_OF_DAY if day_ends else time(), BUSINESS_ZONE))
    if isinstance(result, timedelta):
        return token.execution.now + result
    if result is None:
        return None
    shown = to_json(result)
    if isinstance(shown, str) and shown.startswith(("P", "-P")):
        return later(token.execution.now, iso.parse_duration(shown))
    raise wrong_type(
        token.node.element.drawn_id, what, value.text, _("ngày, giờ hoặc khoảng thời gian"), shown
    )


def _from_text(token: Token, value: Value, text: str, what: Text) -> date:
    try:
        if text.startswith(("P", "-P", "+P")):
            return later(token.execution.now, iso.parse_duration(text))
        if len(text) == len("2024-01-31"):
            return date.fromisoformat(text)
        return iso.parse_date_time(text)
    except (ValueError, iso.IsoError):
        raise wrong_type(
            token.node.element.drawn_id,
            what,
            value.text,
            _("ngày giờ theo ISO 8601 như 2024-03-31 hoặc P3D"),
            text,
        ) from None


def later(moment: datetime, duration: iso.Duration) -> datetime:
    """Give the moment a duration later; months are counted on the business calendar."""
    return aware(duration.added_to(moment.astimezone(BUSINESS_ZONE)))


def interval_text(duration: iso.Duration) -> str:
    """Write an interval so that it can be read back."""
    return f"P{duration.months}MT{int(duration.rest.total_seconds())}S"


def due_moment(token: Token, event: EventDefinition) -> tuple[datetime, int | None, str | None]:
    """Give when a timer is due, how often it repeats (None: no cycle, -1: for ever), and the interval."""
    element = token.node.element.drawn_id
    if event.expression is None:
        raise ExecutionError(
            _("Sự kiện thời gian “{element}” chưa có thời điểm.", element=element), element=element
        )
    if event.timer_kind == "cycle":
        return _first_of_cycle(token, event.expression)
    due = moment_of(token, event.expression, what=_("Thời điểm"), day_ends=False)
    if due is None:
        raise wrong_type(
            element, _("Thời điểm"), event.expression.text, _("ngày, giờ hoặc khoảng thời gian"), None
        )
    return due, None, None


def _first_of_cycle(token: Token, value: Value) -> tuple[datetime, int | None, str | None]:
    text = str(evaluate_json(token, value))
    try:
        cycle = iso.parse_cycle(text)
    except iso.IsoError:
        raise wrong_type(
            token.node.element.drawn_id, _("Chu kỳ"), value.text, _("chu kỳ ISO 8601 như R3/PT1H"), text
        ) from None
    first = aware(cycle.start) if cycle.start is not None else later(token.execution.now, cycle.interval)
    return first, _repetitions(cycle, first), interval_text(cycle.interval)


def _repetitions(cycle: iso.Cycle, first: datetime) -> int:
    """Count how often a cycle repeats after its first time; -1 without end."""
    if cycle.repetitions is not None:
        return cycle.repetitions - 1
    if cycle.end is None:
        return -1
    count, moment = 0, later(first, cycle.interval)
    while moment <= cycle.end and count < REPETITION_LIMIT:
        count, moment = count + 1, later(moment, cycle.interval)
    return count

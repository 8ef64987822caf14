"""Trying a decision model before or after it is published: what it asks for, and what it answers.

Nothing is stored. The same limits hold as while instances run.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine import dmn, feel
from engine.decision_places import Place, places
from engine.dmn.model import Decision, Literal, Model, Table
from engine.dmn.types import ItemTypes
from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError, Warning_
from engine.feel.forms import Parser
from engine.feel.nodes import Constant
from engine.feel.temporal import read_date, read_date_time, read_duration, read_time
from engine.feel.text import text_of
from engine.feel.types import ANY_TYPE, Type
from foundation.errors import Invalid
from foundation.texts import Text, _

#: types of which a value is written as one word or number
PLAIN = frozenset({"number", "string", "boolean", "date", "time", "date and time"})
_DURATIONS = frozenset({"days and time duration", "years and months duration"})


@dataclass(frozen=True, kw_only=True)
class Field:
    """One input of a decision."""

    name: str
    label: str
    #: a FEEL type, `any` when the model does not say
    kind: str
    #: allowed values as people write them, empty when any will do
    options: tuple[str, ...] = ()
    #: a value to begin with
    example: str = ""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A warning of an evaluation."""

    message: Text
    #: where in the model; None when it belongs to no element
    place: Place | None
    element: str
    #: 0-based offset in the text of the place
    position: int


@dataclass(frozen=True, kw_only=True)
class Made:
    """One decision that was made on the way."""

    element: str
    name: str
    value: Any
    #: 1-based numbers of the rules of its table that matched
    rules: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What a decision answered."""

    value: Any
    rules: tuple[int, ...]
    #: every decision made, the one asked for last
    made: tuple[Made, ...]
    remarks: tuple[Remark, ...]

    @property
    def shown(self) -> str:
        """Give the value as FEEL writes it."""
        return text_of(self.value, quoted=True)

    def rules_of(self, decision: str) -> tuple[int, ...]:
        """Give the rules that matched in the table of a decision."""
        return next((one.rules for one in self.made if one.element == decision), ())


def fields(model: Model, decision: Decision) -> tuple[Field, ...]:
    """Give what must be known to make a decision: the inputs of it and of what it requires."""
    types = ItemTypes(model)
    found: dict[str, Field] = {}
    for one in _required(model, decision):
        columns = _columns(one)
        for reference in one.inputs:
            item = model.inputs.get(reference)
            if item is not None and item.name not in found:
                found[item.name] = _field(
                    item.name, types.of(item.type_ref), columns, _allowed(model, item.type_ref)
                )
        if one.takes_anything:
            for name in _names(one):
                found.setdefault(name, _field(name, ANY_TYPE, columns, None))
    return tuple(found.values())


def read(wanted: Iterable[Field], given: Mapping[str, str]) -> dict[str, Any]:
    """Give the values of what was typed, by name; empty ones are null. Invalid names each that is wrong."""
    values: dict[str, Any] = {}
    problems: dict[str, Text] = {}
    for field in wanted:
        raw = given.get(field.name, "").strip()
        if not raw:
            values[field.name] = None
            continue
        reader = _READERS.get(field.kind, _expression)
        found = reader(raw)
        if found is None:
            problems[field.name] = _problem(field, raw)
        values[field.name] = found
    if problems:
        raise Invalid(_("Còn {count} chỗ cần sửa.", count=len(problems)), fields=problems)
    return values


def run(
    model: Model,
    decision: Decision,
    values: Mapping[str, Any],
    *,
    now: datetime,
    calendar: feel.WorkingTime | None,
) -> Trial:
    """Make a decision with values by name. Raises `DecisionError` and `FeelLimitExceeded`."""
    result = dmn.decide(model, decision.element, values, now=now, calendar=calendar)
    known = places(model)
    by_table = dict(result.trace)
    made = []
    for name, value in result.decisions.items():
        one = dmn.find(model, name)
        element = one.logic.element if one.logic is not None else ""
        made.append(Made(element=one.element, name=name, value=value, rules=by_table.get(element, ())))
    return Trial(
        value=result.value,
        rules=result.matched_rules,
        made=tuple(made),
        remarks=tuple(_remark(known, warning) for warning in result.warnings),
    )


def _remark(known: Mapping[str, Place], warning: Warning_) -> Remark:
    return Remark(
        message=warning.message,
        place=known.get(warning.element),
        element=warning.element,
        position=warning.position,
    )


def _required(model: Model, decision: Decision) -> list[Decision]:
    found, waiting = {decision.element: decision}, [decision]
    while waiting:
        for reference in waiting.pop().decisions:
            one = model.decisions.get(reference)
            if one is not None and one.element not in found:
                found[one.element] = one
                waiting.append(one)
    return list(found.values())


def _columns(decision: Decision) -> dict[str, tuple[str, str | None, str | None]]:
    """Give label, type and allowed values of the columns that ask for one name."""
    if not isinstance(decision.logic, Table):
        return {}
    return {
        " ".join(one.expression.text.split()): (one.label, one.expression.type_ref, one.values)
        for one in decision.logic.inputs
    }


def _field(
    name: str, kind: Type, columns: Mapping[str, tuple[str, str | None, str | None]], allowed: str | None
) -> Field:
    label, type_ref, values = columns.get(name, ("", None, None))
    known = kind.kind if kind is not ANY_TYPE else (type_ref or "any")
    known = {"feel:string": "string", "integer": "number", "dateTime": "date and time"}.get(known, known)
    options = _options(values or allowed)
    if known.lower() == "any" and options:
        known = "string" if all(one.startswith('"') for one in options) else "any"
    if known == "string":
        options = tuple(one[1:-1] if one.startswith('"') else one for one in options)
    return Field(
        name=name, label=label or name, kind=known, options=options, example=_EXAMPLES.get(known, "")
    )


def _allowed(model: Model, type_ref: str | None) -> str | None:
    item = model.items.get(type_ref or "")
    return item.allowed if item is not None and not item.collection else None


def _options(tests: str | None) -> tuple[str, ...]:
    """Give the values of a list of literals; nothing for ranges and other tests."""
    if not tests:
        return ()
    try:
        cell = Parser(tests).unary_tests()
    except (FeelSyntaxError, FeelLimitExceeded):
        return ()
    if not all(type(test) is Constant for test in cell.tests):
        return ()
    return tuple(text_of(test.value, quoted=True) for test in cell.tests if type(test) is Constant)


def _names(decision: Decision) -> list[str]:
    """Give the names that the columns or the expression of a decision without requirements use."""
    logic = decision.logic
    if isinstance(logic, Table):
        texts = [column.expression.text for column in logic.inputs]
    else:
        texts = [logic.text] if isinstance(logic, Literal) else []
    found: dict[str, None] = {}
    for text in texts:
        try:
            names = feel.compile(text).names
        except (FeelSyntaxError, FeelLimitExceeded):
            continue
        found |= dict.fromkeys(sorted(names))
    return list(found)


def _number(raw: str) -> Decimal | None:
    plain = raw.replace(" ", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        found = feel.compile(plain).evaluate({}, now=_NEVER).value
    except (FeelSyntaxError, FeelLimitExceeded):
        return None
    return found if isinstance(found, Decimal) else None


def _boolean(raw: str) -> bool | None:
    return {"true": True, "false": False}.get(raw)


def _string(raw: str) -> str:
    return raw


def _moment(raw: str) -> Any:
    return read_date_time(raw if len(raw) > len("2024-02-05T08:00") else f"{raw}:00")


def _expression(raw: str) -> Any:
    """Give the value of a FEEL expression without variables; None when it has none."""
    try:
        return feel.compile(raw).evaluate({}, now=_NEVER).value
    except (FeelSyntaxError, FeelLimitExceeded):
        return None


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_READERS: dict[str, Callable[[str], Any]] = {
    "number": _number,
    "boolean": _boolean,
    "string": _string,
    "date": read_date,
    "time": read_time,
    "date and time": _moment,
    **dict.fromkeys(_DURATIONS, read_duration),
}
_EXAMPLES = {
    "days and time duration": "P3D",
    "years and months duration": "P1Y",
    "list": "[1, 2]",
    "context": '{"tên": "giá trị"}',
}
_WANTED: dict[str, Text] = {
    "number": _("một số, ví dụ 3 hoặc 95,5"),
    "boolean": _("“true” hoặc “false”"),
    "date": _("một ngày, ví dụ 2024-02-05"),
    "time": _("một giờ, ví dụ 08:30:00"),
    "date and time": _("ngày và giờ, ví dụ 2024-02-05T08:30:00"),
    "days and time duration": _("khoảng thời gian, ví dụ P3D (3 ngày) hoặc PT4H (4 giờ)"),
    "years and months duration": _("khoảng thời gian, ví dụ P1Y (1 năm) hoặc P3M (3 tháng)"),
}
_VALUE = _('một giá trị FEEL, ví dụ 3, "khẩn" (có dấu nháy kép), [1, 2]')


def _problem(field: Field, raw: str) -> Text:
    return _(
        "“{field}” cần {wanted}; nhận được “{found}”.",
        field=field.label,
        wanted=_WANTED.get(field.kind, _VALUE),
        found=raw[:60],
    )

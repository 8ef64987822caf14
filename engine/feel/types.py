"""The types of FEEL (DMN 1.5 §10.3.2.1) and whether a value conforms to one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.errors import FeelLimitExceeded
from engine.feel.values import Function, Range, WideDate, WideDateTime, YearsMonths
from foundation.texts import Text, _

NUMBER = "number"
STRING = "string"
BOOLEAN = "boolean"
DATE = "date"
TIME = "time"
DATE_TIME = "date and time"
DAYS = "days and time duration"
MONTHS = "years and months duration"
LIST = "list"
CONTEXT = "context"
RANGE = "range"
FUNCTION = "function"
NULL = "Null"
ANY = "Any"

_KINDS: dict[type, str] = {
    Decimal: NUMBER,
    str: STRING,
    bool: BOOLEAN,
    date: DATE,
    WideDate: DATE,
    time: TIME,
    datetime: DATE_TIME,
    WideDateTime: DATE_TIME,
    timedelta: DAYS,
    YearsMonths: MONTHS,
    list: LIST,
    dict: CONTEXT,
    Range: RANGE,
    Function: FUNCTION,
    type(None): NULL,
}

_SHOWN = {
    NUMBER: _("số"),
    STRING: _("chuỗi"),
    BOOLEAN: _("giá trị đúng/sai"),
    DATE: _("ngày"),
    TIME: _("giờ"),
    DATE_TIME: _("ngày giờ"),
    DAYS: _("khoảng thời gian tính theo ngày, giờ"),
    MONTHS: _("khoảng thời gian tính theo năm, tháng"),
    LIST: _("danh sách"),
    CONTEXT: _("ngữ cảnh"),
    RANGE: _("khoảng giá trị"),
    FUNCTION: _("hàm"),
    NULL: _("rỗng (null)"),
    ANY: _("giá trị bất kỳ"),
}


#: takes steps from a budget, raises `FeelLimitExceeded` when it is used up
Pay = Callable[[int], None]


@dataclass(frozen=True)
class Type:
    """A type: a kind, and for lists, ranges, contexts and functions what is inside."""

    kind: str
    #: element of a list or range, result of a function
    inner: "Type | None" = None
    #: fields of a context
    fields: tuple[tuple[str, "Type"], ...] = ()
    #: parameters of a function
    parameters: tuple["Type", ...] | None = None
    #: allowed values (DMN item definition); given the value and a way to pay, says whether it is allowed
    allowed: "Callable[[Any, Pay], bool] | None" = None

    def matches(self, value: Any, pay: Pay | None = None) -> bool:
        """Say whether a FEEL value conforms; null conforms only to Null and Any (DMN 1.5 §10.3.2.9.4).

        Looking into lists and contexts is paid for with `pay`, which raises `FeelLimitExceeded`.
        """
        pay = pay or _purse()
        return _matches(self, value, pay) and (
            self.allowed is None or value is None or self.allowed(value, pay)
        )


def _purse() -> Pay:
    left = 100_000

    def pay(steps: int) -> None:
        nonlocal left
        left -= steps
        if left < 0:
            raise FeelLimitExceeded(_("Giá trị quá lớn để kiểm tra kiểu."), limit="steps")

    return pay


ANY_TYPE = Type(ANY)

#: types that have a name of their own
NAMED: dict[str, Type] = {
    name: Type(name)
    for name in (
        NUMBER,
        STRING,
        BOOLEAN,
        DATE,
        TIME,
        DATE_TIME,
        DAYS,
        MONTHS,
        LIST,
        CONTEXT,
        RANGE,
        FUNCTION,
        NULL,
        ANY,
    )
} | {
    "dateTime": Type(DATE_TIME),
    "dayTimeDuration": Type(DAYS),
    "yearMonthDuration": Type(MONTHS),
    "duration": Type("duration"),
}


def kind_of(value: Any) -> str:
    """Give the kind of a FEEL value."""
    return _KINDS.get(type(value), ANY)


def shown(value: Any) -> Text:
    """Name the kind of a value for people."""
    return _SHOWN[kind_of(value)]


def shown_kind(kind: str) -> Text:
    """Name a kind for people."""
    return _SHOWN.get(kind) or _("kiểu {kind}", kind=kind)


def _matches(wanted: Type, value: Any, pay: Pay) -> bool:  # noqa: PLR0911  one line per kind
    kind = wanted.kind
    if kind == ANY:
        return True
    found = kind_of(value)
    if found != kind:
        return kind == "duration" and found in (DAYS, MONTHS)
    if wanted.inner is not None and kind == LIST:
        pay(1 + len(value) // 2)
        return all(item is None or wanted.inner.matches(item, pay) for item in value)
    if wanted.inner is not None and kind == RANGE:
        return all(end is None or wanted.inner.matches(end, pay) for end in (value.low, value.high))
    if kind == CONTEXT:
        pay(1 + len(wanted.fields))
        return all(
            name in value and (value[name] is None or inner.matches(value[name], pay))
            for name, inner in wanted.fields
        )
    if kind == FUNCTION and wanted.parameters is not None:
        return _function_matches(wanted, value)
    return True


def _function_matches(wanted: Type, value: Function) -> bool:
    """Parameters may be wider than wanted, the result narrower (DMN 1.5 §10.3.2.9.2)."""
    wanted_parameters = wanted.parameters or ()
    if len(wanted_parameters) != len(value.parameters):
        return False
    pairs = zip(wanted_parameters, value.types or (ANY_TYPE,) * len(value.parameters), strict=False)
    if not all(conforms(asked, has) for asked, has in pairs):
        return False
    result = value.result if isinstance(value.result, Type) else ANY_TYPE
    return wanted.inner is None or conforms(result, wanted.inner)


def conforms(narrow: Type, wide: Type) -> bool:
    """Say whether every value of the first type is one of the second."""
    if wide.kind == ANY or narrow.kind == NULL:
        return True
    if narrow.kind != wide.kind:
        return False
    if wide.inner is not None and wide.kind in (LIST, RANGE):
        return narrow.inner is not None and conforms(narrow.inner, wide.inner)
    if wide.kind == CONTEXT:
        fields = dict(narrow.fields)
        return all(name in fields and conforms(fields[name], inner) for name, inner in wide.fields)
    return True

"""What an expression may give: data of FEEL, nothing of Python behind it."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.values import Function, Range, WideDate, WideDateTime, YearsMonths

_SCALARS = (
    type(None), bool, Decimal, str, date, time, datetime, timedelta, YearsMonths, WideDate, WideDateTime,
    Function,
)  # fmt: skip


def is_plain(value: Any) -> bool:
    """Tell whether a value is made of FEEL's own kinds only, through lists, contexts and ranges."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if type(one) is list:
            waiting += one
        elif type(one) is dict:
            if any(type(key) is not str for key in one):
                return False
            waiting += one.values()
        elif type(one) is Range:
            waiting += (one.low, one.high)
        elif type(one) not in _SCALARS:
            return False
    return True

"""Number functions (DMN 1.5 table 78), exact to 34 digits."""

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)

from engine.feel.arithmetic import finite
from engine.feel.builtins.registry import Refused, builtin
from engine.feel.run import Run
from engine.feel.values import DECIMAL128, YearsMonths
from foundation.texts import _

_LOWEST, _HIGHEST = -6111, 6176
#: steps of a logarithm or an exponential
_SERIES = 20
_WIDE = Context(prec=6200, Emin=-999_999, Emax=999_999, traps=[])


def rounded(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    """Round to a number of decimal places (negative: tens, hundreds …)."""
    places = int(scale)
    if not _LOWEST <= places <= _HIGHEST:
        raise Refused(_("số chữ số thập phân phải từ {low} đến {high}", low=_LOWEST, high=_HIGHEST))
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places:
        return value
    return DECIMAL128.plus(value.quantize(Decimal((0, (1,), -places)), rounding, _WIDE))


@builtin("decimal(n: number, scale: number)")
def decimal(_run: Run, n: Decimal, scale: Decimal) -> Decimal:
    """Round half to even."""
    return rounded(n, scale, ROUND_HALF_EVEN)


@builtin("floor(n: number, scale?: number)")
def floor(_run: Run, n: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """Round down, towards minus infinity."""
    return rounded(n, scale, ROUND_FLOOR)


@builtin("ceiling(n: number, scale?: number)")
def ceiling(_run: Run, n: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """Round up, towards plus infinity."""
    return rounded(n, scale, ROUND_CEILING)


@builtin("round up(n: number, scale: number)")
def round_up(_run: Run, n: Decimal, scale: Decimal) -> Decimal:
    """Round away from zero."""
    return rounded(n, scale, ROUND_UP)


@builtin("round down(n: number, scale: number)")
def round_down(_run: Run, n: Decimal, scale: Decimal) -> Decimal:
    """Round towards zero."""
    return rounded(n, scale, ROUND_DOWN)


@builtin("round half up(n: number, scale: number)")
def round_half_up(_run: Run, n: Decimal, scale: Decimal) -> Decimal:
    """Round to the nearest, halves away from zero."""
    return rounded(n, scale, ROUND_HALF_UP)


@builtin("round half down(n: number, scale: number)")
def round_half_down(_run: Run, n: Decimal, scale: Decimal) -> Decimal:
    """Round to the nearest, halves towards zero."""
    return rounded(n, scale, ROUND_HALF_DOWN)


@builtin("abs(n: number|days and time duration|years and months duration)")
def absolute(_run: Run, n: Decimal | timedelta | YearsMonths) -> Decimal | timedelta | YearsMonths:
    """Give the value without its sign."""
    if isinstance(n, YearsMonths):
        return YearsMonths(abs(n.months))
    return n.copy_abs() if isinstance(n, Decimal) else abs(n)


@builtin("modulo(dividend: number, divisor: number)")
def modulo(_run: Run, dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """Give the remainder, with the sign of the divisor."""
    if divisor == 0:
        raise Refused(_("không chia được cho 0"), "arithmetic")
    rest = DECIMAL128.remainder(dividend, divisor)
    if not rest.is_finite():
        whole = rounded(DECIMAL128.divide(dividend, divisor), Decimal(0), ROUND_FLOOR)
        return finite(DECIMAL128.subtract(dividend, DECIMAL128.multiply(divisor, whole)))
    return DECIMAL128.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("sqrt(number: number)")
def sqrt(_run: Run, value: Decimal) -> Decimal:
    """Give the square root."""
    if value < 0:
        raise Refused(_("số âm không có căn bậc hai"), "arithmetic")
    return DECIMAL128.sqrt(value)


@builtin("log(number: number)")
def log(run: Run, value: Decimal) -> Decimal:
    """Give the natural logarithm."""
    run.charge(_SERIES)
    if value <= 0:
        raise Refused(_("chỉ số dương mới có lô-ga-rít"), "arithmetic")
    return DECIMAL128.ln(value)


@builtin("exp(number: number)")
def exp(run: Run, value: Decimal) -> Decimal:
    """Give e to the power of the number."""
    run.charge(_SERIES)
    result = finite(DECIMAL128.exp(value))
    if result is None:
        raise Refused(_("kết quả quá lớn"), "arithmetic")
    return result


@builtin("odd(number: number)")
def odd(_run: Run, value: Decimal) -> bool:
    """Say whether a whole number is odd."""
    return _half_rest(value) == 1


@builtin("even(number: number)")
def even(_run: Run, value: Decimal) -> bool:
    """Say whether a whole number is even."""
    return _half_rest(value) == 0


def _half_rest(value: Decimal) -> Decimal:
    return _WIDE.remainder(value, Decimal(2)).copy_abs()

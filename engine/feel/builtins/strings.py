"""String functions (DMN 1.5 table 76). Characters are Unicode code points."""

from decimal import Decimal
from typing import Any

from engine.feel.builtins.registry import Refused, builtin
from engine.feel.run import Run
from foundation.texts import _


@builtin("substring(string: string, start position: number, length?: number?)")
def substring(run: Run, text: str, start: Decimal, length: Decimal | None = None) -> str:
    """Give a part of a text; position 1 is the first character, −1 the last."""
    first = int(start)
    if first == 0:
        raise Refused(_("vị trí bắt đầu không được là 0"))
    if length is not None and length < 1:
        raise Refused(_("độ dài phải từ 1 trở lên"))
    begin = first - 1 if first > 0 else max(len(text) + first, 0)
    return run.new_text(text[begin:] if length is None else text[begin : begin + int(length)])


@builtin("string length(string: string)")
def string_length(_run: Run, text: str) -> Decimal:
    """Count the characters."""
    return Decimal(len(text))


@builtin("upper case(string: string)")
def upper_case(run: Run, text: str) -> str:
    """Give the text in capitals."""
    return run.new_text(text.upper())


@builtin("lower case(string: string)")
def lower_case(run: Run, text: str) -> str:
    """Give the text in small letters."""
    return run.new_text(text.lower())


@builtin("substring before(string: string, match: string)")
def substring_before(run: Run, text: str, match: str) -> str:
    """Give what stands before the first match, nothing without one."""
    head, found, _tail = text.partition(match) if match else ("", "", "")
    return run.new_text(head) if found else ""


@builtin("substring after(string: string, match: string)")
def substring_after(run: Run, text: str, match: str) -> str:
    """Give what stands after the first match, nothing without one."""
    if not match:
        return text
    return run.new_text(text.partition(match)[2])


@builtin("contains(string: string, match: string)")
def contains(_run: Run, text: str, match: str) -> bool:
    """Say whether the match occurs."""
    return match in text


@builtin("starts with(string: string, match: string)")
def starts_with(_run: Run, text: str, match: str) -> bool:
    """Say whether the text begins with the match."""
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(_run: Run, text: str, match: str) -> bool:
    """Say whether the text ends with the match."""
    return text.endswith(match)


@builtin("matches(input: string, pattern: string, flags?: string?)")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    """Say whether a part of the text matches the regular expression."""
    from engine.feel.builtins import regular

    wanted = regular.compiled(run, pattern, flags or "")
    regular.pay(run, wanted, text)
    return wanted.search(text) is not None


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string?)")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """Replace every match; `$1` in the replacement is the first group."""
    from engine.feel.builtins import regular

    return regular.replaced(
        run, text, regular.compiled(run, pattern, flags or ""), replacement, literal="q" in (flags or "")
    )


@builtin("split(string: string, delimiter: string)")
def split(run: Run, text: str, delimiter: str) -> list[str]:
    """Cut the text at every match of the regular expression."""
    from engine.feel.builtins import regular

    return regular.pieces(run, text, regular.compiled(run, delimiter, ""))


@builtin("string join(list: list, delimiter?: string?)")
def string_join(run: Run, items: list[Any], delimiter: str | None = None) -> str:
    """Join the strings of a list, leaving out null."""
    parts = [item for item in items if item is not None]
    if any(type(part) is not str for part in parts):
        raise Refused(_("mọi phần tử của danh sách phải là chuỗi"))
    between = delimiter or ""
    run.room(sum(map(len, parts)) + len(between) * len(parts), run.limits.string, "string")
    return run.new_text(between.join(parts))

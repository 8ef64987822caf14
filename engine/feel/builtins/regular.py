"""Regular expressions of XPath on google-re2, which needs time linear in the text (never Python's `re`)."""

from functools import lru_cache
from typing import Any

from engine.feel.builtins.registry import Refused
from engine.feel.run import Run
from foundation.texts import _

_MOST_PATTERN = 1_000
_MOST_MEMORY = 4 << 20


@lru_cache(maxsize=256)
def compiled(pattern: str, flags: str) -> Any:
    """Give the compiled pattern; raises `Refused` for one that is wrong, too long or too large."""
    import re2

    if len(pattern) > _MOST_PATTERN:
        raise Refused(_("biểu thức chính quy dài quá {most} ký tự", most=_MOST_PATTERN))
    if flags.strip("smixq"):
        raise Refused(_("cờ “{flags}” không hợp lệ; chỉ dùng s, m, i, x, q", flags=flags))
    source = re2.escape(pattern) if "q" in flags else _translated(pattern, spaced="x" in flags)
    inline = "".join(flag for flag in "smi" if flag in flags)
    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.log_errors = False
    try:
        return re2.compile(f"(?{inline}){source}" if inline else source, options=options)
    except re2.error as problem:
        reason = problem.args[0] if problem.args else ""
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise Refused(_("biểu thức chính quy sai: {reason}", reason=reason)) from None


def _translated(pattern: str, *, spaced: bool) -> str:
    """Write the XPath form for re2: name classes, subtraction of classes, blanks of the x flag."""
    out: list[str] = []
    level = 0
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            out.append(_escape(pattern[at + 1], inside=level > 0))
            at += 2
            continue
        if char == "[":
            if level and at and pattern[at - 1] == "-":
                raise Refused(_("phép trừ lớp ký tự trong biểu thức chính quy không được hỗ trợ"))
            out.append("\\[" if level else "[")
            level = 1
        elif char == "]" and level:
            level = 0
            out.append("]")
        elif not (spaced and not level and char.isspace()):
            out.append(char)
        at += 1
    return "".join(out)


def _escape(letter: str, *, inside: bool) -> str:
    if letter in "ic" and not inside:
        return r"[\p{L}_:]" if letter == "i" else r"[-.\p{L}\p{N}_:]"
    if letter == "d":
        return r"\p{Nd}"
    if letter == "w" and not inside:
        return r"[\p{L}\p{M}\p{N}\p{S}]"
    return "\\" + letter


def replaced(run: Run, text: str, pattern: Any, replacement: str, *, literal: bool) -> str:
    """Give the text with every match replaced."""
    if pattern.search("") is not None:
        raise Refused(_("biểu thức chính quy khớp cả với chuỗi rỗng"))
    run.charge(len(text) >> 3)
    parts: list[str] = []
    end = total = 0
    for match in pattern.finditer(text):
        new = replacement if literal else _filled(replacement, match)
        parts += (text[end : match.start()], new)
        total += match.start() - end + len(new)
        run.charge(1 + (len(new) >> 6))
        run.room(total, run.limits.string, "string")
        end = match.end()
    return run.new_text("".join([*parts, text[end:]]))


def _filled(replacement: str, match: Any) -> str:
    if "$" not in replacement and "\\" not in replacement:
        return replacement
    out: list[str] = []
    at = 0
    while at < len(replacement):
        char = replacement[at]
        following = replacement[at + 1 : at + 2]
        if char == "\\" and following in ("\\", "$"):
            out.append(following)
            at += 2
        elif char == "$" and following.isdigit():
            group = int(following)
            out.append((match.group(group) or "") if group <= len(match.groups()) else "")
            at += 2
        elif char in "\\$":
            raise Refused(_("chuỗi thay thế có “{char}” không hợp lệ", char=char + following))
        else:
            out.append(char)
            at += 1
    return "".join(out)


def pieces(run: Run, text: str, pattern: Any) -> list[str]:
    """Give the parts of the text between the matches."""
    parts: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        if match.end() > match.start():
            parts.append(text[end : match.start()])
            end = match.end()
            run.room(len(parts), run.limits.items, "items")
    return run.new_list([*parts, text[end:]])

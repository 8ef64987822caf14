"""Regular expressions of XPath on google-re2, which needs time linear in the text (never Python's `re`)."""

from functools import lru_cache
from typing import Any

from engine.feel.builtins.registry import Refused
from engine.feel.run import Run
from foundation.texts import _

_MOST_PATTERN = 1_000
#: characters of a replacement that mean something else
_MARKS = frozenset("$\\")
_MOST_MEMORY = 1 << 20
#: steps of compiling the smallest pattern
_COMPILING = 60
#: Unicode blocks by the names of XML Schema, those an official text needs
_BLOCKS = {
    "BasicLatin": r"\x00-\x7f",
    "Latin-1Supplement": r"\x{80}-\x{ff}",
    "LatinExtended-A": r"\x{100}-\x{17f}",
    "LatinExtended-B": r"\x{180}-\x{24f}",
    "LatinExtendedAdditional": r"\x{1e00}-\x{1eff}",
    "CombiningDiacriticalMarks": r"\x{300}-\x{36f}",
    "Greek": r"\x{370}-\x{3ff}",
    "Cyrillic": r"\x{400}-\x{4ff}",
    "GeneralPunctuation": r"\x{2000}-\x{206f}",
}


def compiled(run: Run, pattern: str, flags: str) -> Any:
    """Give the compiled pattern; raises `Refused` for one that is wrong, too long or too large.

    Each different pattern of a run is paid for once, whether or not an earlier run compiled it.
    """
    if len(pattern) > _MOST_PATTERN:
        raise Refused(_("biểu thức chính quy dài quá {most} ký tự", most=_MOST_PATTERN))
    if run.patterns is None:
        run.patterns = set()
    is_new = (pattern, flags) not in run.patterns
    if is_new:
        run.charge(_COMPILING + len(pattern))
        run.patterns.add((pattern, flags))
    made = _compiled(pattern, flags)
    if is_new:
        run.charge(made.programsize >> 2)
    return made


@lru_cache(maxsize=64)
def _compiled(pattern: str, flags: str) -> Any:
    import re2

    if flags.strip("smixq"):
        raise Refused(_("cờ “{flags}” không hợp lệ; chỉ dùng s, m, i, x, q", flags=flags))
    source = (
        re2.escape(pattern)
        if "q" in flags
        else _translated(pattern, spaced="x" in flags, dot_all="s" in flags)
    )
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


def _translated(pattern: str, *, spaced: bool, dot_all: bool) -> str:
    """Write the XPath form for re2: name classes, blocks, subtraction of classes, blanks of the x flag."""
    if spaced:
        pattern = _without_blanks(pattern)
    out: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            text, at = _escape(pattern, at, inside=False)
            out.append(text)
        elif char == "[":
            text, at = _class(pattern, at)
            out.append(text)
        else:
            out.append(r"[^\n\r]" if char == "." and not dot_all else char)
            at += 1
    return "".join(out)


def _without_blanks(pattern: str) -> str:
    out: list[str] = []
    inside = escaped = False
    for char in pattern:
        if not inside and char.isspace():
            continue
        inside = inside if escaped else (inside and char != "]") or char == "["
        escaped = char == "\\" and not escaped
        out.append(char)
    return "".join(out)


def _class(pattern: str, start: int) -> tuple[str, int]:
    """Give a character class for re2 and the place behind it."""
    end = start + 1 + pattern.startswith("^", start + 1)
    out: list[str] = [pattern[start:end]]
    while end < len(pattern) and pattern[end] != "]":
        if pattern[end] == "\\" and end + 1 < len(pattern):
            text, end = _escape(pattern, end, inside=True)
            out.append(text)
        elif pattern.startswith("-[", end):
            inner, end = _class(pattern, end + 1)
            return _difference("".join(out)[1:], inner[1:-1]), end + 1
        else:
            out.append("\\[" if pattern[end] == "[" else pattern[end])
            end += 1
    return "".join(out) + pattern[end : end + 1], end + 1


def _difference(whole: str, without: str) -> str:
    """Give a class of the characters of one that are not in the other; both plain characters and ranges."""
    left = _spans(whole)
    for low, high in _spans(without):
        left = [
            part
            for a, b in left
            for part in ((a, min(b, low - 1)), (max(a, high + 1), b))
            if part[0] <= part[1]
        ]
    if not left:
        raise Refused(_("lớp ký tự trong biểu thức chính quy rỗng"))
    return "[" + "".join(rf"\x{{{a:x}}}-\x{{{b:x}}}" for a, b in left) + "]"


def _spans(text: str) -> list[tuple[int, int]]:
    if "\\" in text or text.startswith("^"):
        raise Refused(_("phép trừ lớp ký tự chỉ dùng được với ký tự và khoảng ký tự"))
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        last = text[at + 2] if text[at + 1 : at + 2] == "-" and at + 2 < len(text) else text[at]
        spans.append((ord(text[at]), ord(last)))
        at += 3 if last is not text[at] else 1
    return spans


def _escape(pattern: str, at: int, *, inside: bool) -> tuple[str, int]:
    """Give an escape for re2 and the place behind it."""
    letter = pattern[at + 1]
    after = at + 2
    if letter in "123456789" or letter == "0":
        raise Refused(_("biểu thức chính quy không được tham chiếu ngược (\\{digit})", digit=letter))
    if letter in "pP" and pattern.startswith("{Is", after):
        close = pattern.find("}", after)
        block = _BLOCKS.get(pattern[after + 3 : close])
        if block is None:
            raise Refused(_("khối Unicode “{name}” không được hỗ trợ", name=pattern[after + 1 : close][:40]))
        if not inside:
            block = f"[{'^' if letter == 'P' else ''}{block}]"
        elif letter == "P":
            raise Refused(_("khối Unicode “{name}” không được hỗ trợ", name=pattern[after + 1 : close][:40]))
        return block, close + 1
    if letter in "ic" and not inside:
        return (r"[\p{L}_:]" if letter == "i" else r"[-.\p{L}\p{N}_:]"), after
    if letter == "d":
        return r"\p{Nd}", after
    if letter == "w" and not inside:
        return r"[\p{L}\p{M}\p{N}\p{S}]", after
    return "\\" + letter, after


def pay(run: Run, pattern: Any, text: str) -> None:
    """Pay for one search: at worst every state of the pattern at every character."""
    run.charge((len(text) * pattern.programsize) >> 9)


def replaced(run: Run, text: str, pattern: Any, replacement: str, *, literal: bool) -> str:
    """Give the text with every match replaced."""
    if pattern.search("") is not None:
        raise Refused(_("biểu thức chính quy khớp cả với chuỗi rỗng"))
    pay(run, pattern, text)
    parts: list[str] = []
    end = total = 0
    filling = 0 if literal or not _MARKS & set(replacement) else len(replacement)
    for match in pattern.finditer(text):
        new = replacement if literal else _filled(replacement, match)
        parts += (text[end : match.start()], new)
        total += match.start() - end + len(new)
        run.charge(4 + filling + (len(new) >> 6))
        run.room(total, run.limits.string, "string")
        end = match.end()
    return run.new_text("".join([*parts, text[end:]]))


def _filled(replacement: str, match: Any) -> str:
    if not _MARKS & set(replacement):
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
    pay(run, pattern, text)
    parts: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        run.charge(4)
        if match.end() > match.start():
            parts.append(text[end : match.start()])
            end = match.end()
            run.room(len(parts), run.limits.items, "items")
    return run.new_list([*parts, text[end:]])

"""Trying a FEEL expression with variables: its value, why parts of it are null, and where it is mistaken."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from engine import feel
from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError
from engine.feel.text import text_of
from foundation.errors import Invalid
from foundation.texts import Text, _

#: characters of the variables that are read
_MOST = 100_000


@dataclass(frozen=True, kw_only=True)
class ExpressionRemark:
    """Something to say about a place of an expression."""

    message: Text
    #: 0-based offset in the source
    position: int


@dataclass(frozen=True, kw_only=True)
class ExpressionTrial:
    """What an expression gave."""

    #: the value as FEEL writes it; empty when there is none because of a mistake
    shown: str
    #: the mistake that forbids computing
    mistake: ExpressionRemark | None
    warnings: tuple[ExpressionRemark, ...]


def run(
    source: str, variables: Mapping[str, Any], *, now: datetime, calendar: feel.WorkingTime | None
) -> ExpressionTrial:
    """Evaluate an expression within the limits of the engine; nothing is raised, everything is said."""
    try:
        found = feel.compile(source).evaluate(variables, now=now, calendar=calendar)
    except (FeelSyntaxError, FeelLimitExceeded) as error:
        position = int(error.facts.get("position", 0))
        return ExpressionTrial(
            shown="", mistake=ExpressionRemark(message=error.text, position=position), warnings=()
        )
    return ExpressionTrial(
        shown=text_of(found.value, quoted=True),
        mistake=None,
        warnings=tuple(
            ExpressionRemark(message=one.message, position=one.position) for one in found.warnings
        ),
    )


def examples(source: str) -> dict[str, Any]:
    """Give a value to begin with for each variable of an expression; none when it is mistaken.

    What a variable is compared with tells its type; else its name does, or nothing.
    """
    try:
        names = sorted(feel.compile(source).names)
    except (FeelSyntaxError, FeelLimitExceeded):
        return {}
    return {name: _example(name, source) for name in names}


def _example(name: str, source: str) -> Any:
    beside = re.search(
        rf"\b{re.escape(name)}\s*(?:<=|>=|!=|=|<|>)\s*(\"[^\"]*\"|\d+(?:\.\d+)?|true|false)", source
    )
    if beside is not None:
        return orjson.loads(beside[1])
    if re.search(rf"\bdate\(\s*{re.escape(name)}\b", source) or re.search(r"(?i)(date|ngay|han|_on)$", name):
        return "2024-02-05"
    if re.search(rf"\b{re.escape(name)}\s*\.", source):
        return {}
    return "2024-02-05T08:00:00+07:00" if name.endswith("_at") else None


def read_variables(text: str) -> dict[str, Any]:
    """Give the variables written as a JSON object. Raises Invalid with the field `variables`."""
    if not text.strip():
        return {}
    if len(text) > _MOST:
        raise Invalid(fields={"variables": _("Biến dài quá {most} ký tự; hãy rút gọn.", most=_MOST)})
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        words = _(
            "Cần JSON, ví dụ {example}; dòng {line}, cột {column} viết sai.",
            example='{"so_ngay": 3}',
            line=problem.lineno,
            column=problem.colno,
        )
        raise Invalid(fields={"variables": words}) from None
    if not isinstance(found, dict):
        words = _("Cần các biến trong dấu ngoặc nhọn, ví dụ {example}.", example='{"so_ngay": 3}')
        raise Invalid(fields={"variables": words})
    return found

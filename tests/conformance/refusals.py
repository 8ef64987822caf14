"""What a refusal says, and whether it says it clearly: a code, the element, a message people understand."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.acceptance.people import Answer

#: traces of a program in a message for people
_INSIDES = re.compile(
    r"Traceback \(most recent|File \"[^\"]+\", line \d|\b[A-Z]\w*(?:Error|Exception)\b|object at 0x|NoneType"
)
#: rules about a file as a whole, which name a line instead of an element
_OF_THE_FILE = ("xml.", "file.")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong, as the product says it."""

    code: str
    element: str
    message: str
    #: the rule is about the file as a whole: there is no element to name
    is_about_file: bool = False
    #: elements passed in an attempt that failed and was rolled back
    path: tuple[str, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Tell whether somebody who drew the diagram knows what to do where."""
        is_placed = bool(self.element) or self.is_about_file
        return bool(self.code) and is_placed and bool(self.message) and not _INSIDES.search(self.message)

    def __str__(self) -> str:
        """Give it in one line."""
        return f"[{self.element or '–'}] {self.code}: {self.message}"


def of_findings(findings: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Give the errors among findings."""
    return [
        Problem(
            code=str(one.get("rule") or ""),
            element=str(one.get("element") or ""),
            message=str(one.get("message") or ""),
            is_about_file=_is_about_file(one),
        )
        for one in findings
        if one.get("severity") == "error"
    ]


def _is_about_file(finding: Mapping[str, Any]) -> bool:
    """Tell whether no element can be named: the file as a whole, or an element without an id at a line."""
    rule = str(finding.get("rule"))
    return rule.startswith(_OF_THE_FILE) or "line" in (finding.get("facts") or {})


def of_answer(answer: Answer) -> list[Problem]:
    """Give what an answer that refuses says; one unclear problem when it is no problem document."""
    body = answer.body if isinstance(answer.body, dict) else {}
    if body.get("findings"):
        return of_findings(body["findings"])
    return [
        Problem(
            code=str(body.get("code") or ""),
            element=str(body.get("element") or ""),
            message=str(body.get("detail") or f"{answer.status} {answer.body!r}"[:300]),
            path=tuple(map(str, body.get("path") or ())),
        )
    ]


def are_clear(problems: Sequence[Problem]) -> bool:
    """Tell whether each of at least one problem is clear."""
    return bool(problems) and all(problem.is_clear for problem in problems)


def told(problems: Iterable[Problem]) -> str:
    """Give all problems in one line."""
    return "; ".join(map(str, problems))

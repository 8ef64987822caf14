"""The rules diagrams are checked by: what each says, why it matters, what breaks it, how to put it right."""

import re
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for

from engine import lint
from engine.findings import Severity
from foundation.texts import Text, _
from web import context
from web.gate import rule

blueprint = Blueprint("lint_rules", __name__, url_prefix="/definitions/rules")

#: first word of a code → what the rules of that word are about, in the order of the page
FAMILIES: dict[str, Text] = {
    "file": _("Tệp"),
    "xml": _("Tệp"),
    "process": _("Quy trình"),
    "scope": _("Quy trình"),
    "id": _("Mã của phần tử"),
    "element": _("Phần tử"),
    "node": _("Phần tử"),
    "attribute": _("Phần tử"),
    "lane": _("Phần tử"),
    "flow": _("Luồng và cổng"),
    "gateway": _("Luồng và cổng"),
    "event-gateway": _("Luồng và cổng"),
    "complex-gateway": _("Luồng và cổng"),
    "join": _("Luồng và cổng"),
    "merge": _("Luồng và cổng"),
    "start": _("Sự kiện"),
    "end": _("Sự kiện"),
    "event": _("Sự kiện"),
    "event-subprocess": _("Sự kiện"),
    "boundary": _("Sự kiện"),
    "link": _("Sự kiện"),
    "message": _("Sự kiện"),
    "timer": _("Thời gian"),
    "loop": _("Lặp"),
    "multi-instance": _("Lặp"),
    "user-task": _("Nhiệm vụ và đôn đốc"),
    "escalation": _("Nhiệm vụ và đôn đốc"),
    "form": _("Nhiệm vụ và đôn đốc"),
    "expression": _("Biểu thức và biến"),
    "variable": _("Biểu thức và biến"),
    "script": _("Biểu thức và biến"),
}
_OTHER = _("Bước tự động, gọi quy trình và quyết định")
_PLACE = re.compile(r"\{\w+\}")
#: what stands in a message where an element or value is filled in
_GAP = "…"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One rule as the page shows it, in the language of the reader."""

    code: str
    severity: Severity
    #: what is wrong
    problem: str
    #: what to do about it, empty when the message does not say so apart
    remedy: str
    why: str
    example: str


@blueprint.get("")
@rule("definitions.edit")
def index() -> str:
    """Show every rule by what it is about; a search keeps those that hold all its words."""
    words = request.args.get("q", "").casefold().split()
    severity = request.args.get("severity", "")
    entries = [_entry(one) for one in lint.catalogue()]
    shown = [one for one in entries if severity in {"", one.severity} and _holds(one, words)]
    groups: dict[str, list[Entry]] = {}
    for family in dict.fromkeys([*(str(name) for name in FAMILIES.values()), str(_OTHER)]):
        groups[family] = []
    for one in shown:
        groups[str(FAMILIES.get(one.code.partition(".")[0], _OTHER))].append(one)
    names = {str(name): context.text(name) for name in (*FAMILIES.values(), _OTHER)}
    return render_template(
        "definitions/rules.html",
        here="definitions",
        groups=[(names[family], found) for family, found in groups.items() if found],
        shown=len(shown),
        total=len(entries),
        errors=sum(one.severity == "error" for one in entries),
        q=request.args.get("q", ""),
        severity=severity,
    )


def help_of(code: str) -> str:
    """Give the address of a rule on the page, empty when the page does not have it."""
    known = {one.code for one in lint.catalogue()}
    return url_for("pages.lint_rules.index", _anchor=code) if code in known else ""


def _entry(one: lint.Entry) -> Entry:
    message = _PLACE.sub(_GAP, context.text(one.message).replace("{{", "{").replace("}}", "}"))
    problem, _mark, remedy = message.partition("; ")
    if not remedy:
        problem, _mark, remedy = message.partition(". ")
    return Entry(
        code=one.code,
        severity=one.severity,
        problem=f"{problem.rstrip('.')}.",
        remedy=remedy[:1].upper() + remedy[1:],
        why=context.text(one.explanation),
        example=one.example,
    )


def _holds(one: Entry, words: list[str]) -> bool:
    text = f"{one.code} {one.problem} {one.remedy} {one.why} {one.example}".casefold()
    return all(word in text for word in words)

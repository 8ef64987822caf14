"""The files of a deployment, sorted by kind; decision tables and forms are judged by their own rooms."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lxml.etree import _Element as XmlElement

from engine import dmn, forms, xml_gate
from engine.findings import DefinitionRefused, Finding, Severity
from engine.rules import error
from foundation.texts import _

DIAGRAM_SUFFIXES = (".bpmn", ".bpmn2", ".xml")
DECISION_SUFFIXES = (".dmn",)
FORM_SUFFIXES = (".form", ".json")

UNKNOWN_KIND = error(
    "file.unknown-kind",
    _("Không biết tệp này là gì; chỉ nhận sơ đồ .bpmn, bảng quyết định .dmn và biểu mẫu .form."),
    why=_("Tệp lạ trong gói triển khai thường là gửi nhầm."),
    example="ghi-chu.docx",
)
DECISION_UNREADABLE = error(
    "decision.unreadable",
    _("Bảng quyết định không dùng được: {detail} Hãy sửa trong trình soạn bảng quyết định rồi gửi lại."),
    why=_("Bảng quyết định không đọc được thì không bước quy tắc nào chạy."),
    example="<definitions> không phải của DMN",
)
NO_FILES = error(
    "file.none",
    _("Chưa có tệp nào; hãy chọn ít nhất một tệp .bpmn."),
    why=_("Không có tệp thì không có gì để triển khai."),
    example="gói rỗng",
)


def of_kind(files: Mapping[str, bytes], suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Give the files whose name ends in one of the suffixes."""
    return {name: content for name, content in files.items() if name.lower().endswith(suffixes)}


def check_kinds(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Refuse files of a kind that a deployment does not take."""
    known = DIAGRAM_SUFFIXES + DECISION_SUFFIXES + FORM_SUFFIXES
    if not files:
        yield NO_FILES.for_file("")
    for name in files:
        if not name.lower().endswith(known):
            yield UNKNOWN_KIND.for_file(name)


def diagrams(files: Mapping[str, bytes]) -> tuple[dict[str, XmlElement], list[Finding]]:
    """Read the diagrams through the gate; give the trees, and the findings of those refused."""
    trees: dict[str, XmlElement] = {}
    findings: list[Finding] = []
    for name, content in of_kind(files, DIAGRAM_SUFFIXES).items():
        try:
            trees[name] = xml_gate.parse(content, file=name)
        except DefinitionRefused as refused:
            findings += refused.findings
    return trees, findings


def decision_keys(files: Mapping[str, bytes]) -> set[str]:
    """Give the ids of the decisions in the files; a file that cannot be read has none."""
    found: set[str] = set()
    for name, content in of_kind(files, DECISION_SUFFIXES).items():
        try:
            root = xml_gate.read(content, file=name)
        except DefinitionRefused:
            continue
        found.update(identity for node in root.iter("{*}decision") if (identity := node.get("id")))
    return found


def form_keys(files: Mapping[str, bytes]) -> set[str]:
    """Give the ids of the forms in the files, and their file names without suffix."""
    found: set[str] = set()
    for name, content in of_kind(files, FORM_SUFFIXES).items():
        found.add(name.rpartition("/")[2].rpartition(".")[0])
        try:
            form: Any = json.loads(content)
        except (ValueError, RecursionError):
            continue
        if isinstance(form, dict) and isinstance(form.get("id"), str):
            found.add(form["id"])
    return found


def form_fields(files: Mapping[str, bytes]) -> dict[str, set[str]]:
    """Give the variables that the forms in the files write, by id of the form and by file name."""
    found: dict[str, set[str]] = {}
    for name, content in of_kind(files, FORM_SUFFIXES).items():
        try:
            form: Any = json.loads(content)
        except (ValueError, RecursionError):
            continue
        if isinstance(form, dict):
            keys = _field_keys(form)
            found[name.rpartition("/")[2].rpartition(".")[0]] = keys
            found[str(form.get("id"))] = keys
    return found


def _field_keys(form: dict[str, Any]) -> set[str]:
    """Give every key of a form, groups and lists included."""
    keys: set[str] = set()
    pending: list[Any] = [form]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            keys.update(str(part[name]) for name in ("key", "path") if part.get(name))
            pending += part.values()
        elif isinstance(part, list):
            pending += part
    return keys


def check_decisions(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Give the findings of the decision tables."""
    admitted: dict[str, bytes] = {}
    for name, content in of_kind(files, DECISION_SUFFIXES).items():
        try:
            xml_gate.read(content, file=name)
        except DefinitionRefused as refused:
            yield from refused.findings
        else:
            admitted[name] = content
    for name, model in dmn.read_all(admitted).items():
        if isinstance(model, dmn.DecisionError):
            element = str(model.facts.get("element") or "")
            yield replace(DECISION_UNREADABLE.for_file(name, detail=model.text), element=element)
        else:
            yield from (_of_decision(problem, name) for problem in dmn.lint(model))


def check_forms(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Give the findings of the forms."""
    for name, content in of_kind(files, FORM_SUFFIXES).items():
        yield from forms.check(content, file=name)


def _of_decision(problem: dmn.Problem, file: str) -> Finding:
    severity: Severity = "error" if problem.severity == "error" else "warning"
    rule = f"decision.{problem.rule}"
    return Finding(file=file, element=problem.element, rule=rule, severity=severity, message=problem.message)

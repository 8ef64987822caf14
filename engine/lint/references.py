"""References between files: called processes, decisions and forms must be deployed together or known."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from engine import expressions
from engine.bpmn import CAMUNDA, TIENDO, extensions
from engine.findings import Finding, Severity
from engine.lint.model import Diagram, Node
from engine.rules import Rule, error, warning
from foundation.texts import _

CALLED = error(
    "call.unknown-process",
    _(
        "Bước gọi {name}: không có quy trình “{found}”; hãy gửi kèm tệp của quy trình đó hoặc sửa "
        "calledElement."
    ),
    why=_("Gọi một quy trình không có sẽ dừng với sự cố."),
    example='<bpmn:callActivity calledElement="không-có"/>',
)
DECISION = error(
    "decision.unknown",
    _("{name}: không có bảng quyết định “{found}”; hãy gửi kèm tệp .dmn hoặc sửa lại tên."),
    why=_("Bước quy tắc không có bảng quyết định sẽ dừng với sự cố."),
    example='camunda:decisionRef="không-có"',
)
FORM = warning(
    "form.unknown",
    _("Nhiệm vụ {name}: không có biểu mẫu “{found}”; hãy gửi kèm tệp .form hoặc sửa lại khóa biểu mẫu."),
    why=_("Không có biểu mẫu thì nhiệm vụ chỉ hiện các biến thô."),
    example='camunda:formKey="không-có"',
)
PROCESS_TWICE = error(
    "process.duplicate-id",
    _("Quy trình {name} có id “{id}” đã dùng trong tệp {other}; hãy đặt id khác."),
    why=_("Mỗi quy trình trong một lần triển khai có một khóa riêng."),
    example='hai tệp cùng có <bpmn:process id="p">',
)


RETIRED = warning(
    "call.retired-process",
    _(
        "Bước gọi {name}: quy trình “{found}” đã ngừng áp dụng nên bước này sẽ dừng với sự cố; hãy cho áp "
        "dụng lại quy trình đó hoặc gọi quy trình khác."
    ),
    why=_("Quy trình đã ngừng áp dụng không khởi tạo phiên mới, kể cả khi được gọi."),
    example="calledElement trỏ tới quy trình đã ngừng áp dụng",
)


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What diagrams may refer to: keys found in the files, and those the installation already has."""

    files: frozenset[str]
    #: keys known beforehand; None when nobody can tell, then a missing key is only a warning
    known: frozenset[str] | None

    def has(self, key: str) -> bool:
        """Tell whether a key can be resolved."""
        return key in self.files or (self.known is not None and key in self.known)

    @property
    def severity(self) -> Severity | None:
        """Give the severity of a missing key when it differs from the rule's."""
        return "warning" if self.known is None else None


def keys(found: Collection[str], known: Collection[str] | None) -> Keys:
    """Collect the keys that references are checked against."""
    return Keys(files=frozenset(found), known=None if known is None else frozenset(known))


def check(diagram: Diagram, available: Keys) -> Iterator[Finding]:
    """Give the references that lead out of the files and are not known."""
    for node in diagram.nodes:
        for rule, found in _references(node):
            is_literal = bool(found) and not expressions.is_marked(found)
            if is_literal and not available.has(found):
                yield rule.at(node.xml, diagram.file, severity=available.severity, found=found)


def check_retired(diagram: Diagram, retired: Collection[str]) -> Iterator[Finding]:
    """Give the calls of processes that start nothing any more."""
    for node in diagram.nodes:
        for rule, found in _references(node):
            if rule is CALLED and found in retired:
                yield RETIRED.at(node.xml, diagram.file, found=found)


def check_processes(diagrams: Mapping[str, Diagram]) -> Iterator[Finding]:
    """Give the processes whose id another file of the deployment has too."""
    first: dict[str, str] = {}
    for file, diagram in diagrams.items():
        for process in diagram.executable:
            identity = process.get("id") or ""
            other = first.setdefault(identity, file)
            if identity and other != file:
                yield PROCESS_TWICE.at(process, file, id=identity, other=other)


def _references(node: Node) -> Iterator[tuple[Rule, str]]:
    xml = node.xml
    if node.kind == "callActivity":
        yield CALLED, (xml.get("calledElement") or "").strip()
    if node.kind == "businessRuleTask":
        yield DECISION, (xml.get(f"{CAMUNDA}decisionRef") or "").strip()
    for ladder in extensions(xml, f"{TIENDO}escalation"):
        yield DECISION, (ladder.get("decision") or "").strip()
    if node.kind == "userTask":
        yield FORM, (xml.get(f"{CAMUNDA}formKey") or xml.get(f"{CAMUNDA}formRef") or "").strip()

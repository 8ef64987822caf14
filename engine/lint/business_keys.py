"""The switch that keeps live instances from sharing a business key (`engine.unique_keys`)."""

from collections.abc import Iterator

from engine.bpmn import TIENDO
from engine.findings import Finding
from engine.lint.model import Diagram
from engine.rules import error, warning
from foundation.texts import _

UNREADABLE = error(
    "process.unique-key-value",
    _("Quy trình {name}: tiendo:uniqueBusinessKey phải là true hoặc false, đang ghi “{found}”."),
    why=_("Ghi sai thì không ai biết mã hồ sơ có được kiểm tra trùng hay không."),
    example='<bpmn:process id="p" tiendo:uniqueBusinessKey="có">',
)
KEYLESS = warning(
    "process.unique-key-timer",
    _(
        "Sự kiện bắt đầu {name} khởi tạo theo lịch nên phiên không có mã hồ sơ và không được kiểm tra trùng; "
        "hãy bỏ yêu cầu mã hồ sơ không trùng, hoặc khởi tạo bằng thông điệp có mã."
    ),
    why=_("Quy trình yêu cầu mã hồ sơ không trùng, nhưng phiên không có mã thì không so sánh được."),
    example='tiendo:uniqueBusinessKey="true" với sự kiện bắt đầu hẹn giờ',
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give switches that cannot be read, and starts whose instances have no key to compare."""
    for process in diagram.executable:
        text = process.get(f"{TIENDO}uniqueBusinessKey")
        if text is None:
            continue
        if text not in {"true", "false", "1", "0"}:
            yield UNREADABLE.at(process, diagram.file, found=text)
        elif text in {"true", "1"}:
            for node in diagram.nodes:
                if node.kind == "startEvent" and node.scope.xml is process and node.event == "timer":
                    yield KEYLESS.at(node.xml, diagram.file)

"""The file as a whole: whether there is something to execute, and which engine it was drawn for."""

from collections.abc import Iterator

from engine.bpmn import FLOW_NODES, ZEEBE_NAMESPACE, is_executable, local
from engine.findings import Finding
from engine.lint.model import Diagram
from engine.rules import error, warning
from foundation.texts import _

ZEEBE = error(
    "file.zeebe",
    _(
        "Tệp được vẽ cho Camunda 8 (phần mở rộng zeebe:) nên các thiết lập trong đó không được đọc; "
        "hãy vẽ lại với "
        "kiểu “Camunda Platform 7” hoặc mở bằng trình soạn thảo của Tiến Độ."
    ),
    why=_("Bỏ qua phần mở rộng zeebe: thì quy trình sẽ chạy thiếu thiết lập mà không ai biết."),
    example='<zeebe:taskDefinition type="email"/>',
)
NO_EXECUTABLE = error(
    "file.no-executable-process",
    _(
        "Tệp chỉ là hình vẽ: không quy trình nào được đánh dấu chạy được (isExecutable). Hãy đánh "
        "dấu quy trình cần chạy "
        "và sửa các lỗi còn lại được nêu."
    ),
    why=_("Hình vẽ vẫn nhập, xem và xuất được, nhưng không triển khai được."),
    example='<bpmn:process id="p" isExecutable="false">',
)
NOT_EXECUTABLE = warning(
    "process.not-executable",
    _(
        "Quy trình {name} không được đánh dấu chạy được nên chỉ là hình vẽ; hãy bật isExecutable nếu "
        "cần chạy."
    ),
    why=_("Làn hồ của bên ngoài thường chỉ để vẽ; của đơn vị mình thì cần chạy."),
    example='<bpmn:process id="p" isExecutable="false">',
)
EMPTY = error(
    "process.empty",
    _("Quy trình {name} không có bước nào; hãy vẽ ít nhất một sự kiện bắt đầu và một bước."),
    why=_("Quy trình rỗng không có gì để chạy."),
    example='<bpmn:process id="p" isExecutable="true"/>',
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give what keeps the file from being executed at all."""
    foreign = next(diagram.root.iter(f"{{{ZEEBE_NAMESPACE}}}*"), None)
    platform = next((text for name, text in diagram.root.attrib.items() if _is_platform(name)), "")
    if foreign is not None or "Cloud" in str(platform):
        yield ZEEBE.for_file(diagram.file, line=None if foreign is None else foreign.sourceline)
    if not diagram.executable:
        yield NO_EXECUTABLE.for_file(diagram.file, processes=len(diagram.processes))
        return
    for process in diagram.processes:
        if not is_executable(process):
            yield NOT_EXECUTABLE.at(process, diagram.file)
        elif not any(local(child) in FLOW_NODES for child in process):
            yield EMPTY.at(process, diagram.file)


def _is_platform(name: object) -> bool:
    return str(name).endswith("}executionPlatform")

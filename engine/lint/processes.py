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
FOREIGN = error(
    "file.foreign-engine",
    _(
        "Tệp dùng phần mở rộng của {engine}, không được đọc ở đây; hãy chuyển các thiết lập đó sang "
        "thuộc tính camunda:."
    ),
    why=_("Bỏ qua thiết lập của công cụ khác thì quy trình chạy sai mà không ai biết."),
    example='<bpmn:userTask flowable:assignee="an"/>',
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
    why=_("Quy trình của bên ngoài thường chỉ để vẽ; của đơn vị mình thì cần chạy."),
    example='<bpmn:process id="p" isExecutable="false">',
)
EMPTY = error(
    "process.empty",
    _("Quy trình {name} không có bước nào; hãy vẽ ít nhất một sự kiện bắt đầu và một bước."),
    why=_("Quy trình rỗng không có gì để chạy."),
    example='<bpmn:process id="p" isExecutable="true"/>',
)


#: namespaces of other engines' executable settings
_ENGINES = {
    "http://activiti.org/bpmn": "Activiti",
    "http://flowable.org/bpmn": "Flowable",
    "http://www.jboss.org/drools": "jBPM",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
}


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give what keeps the file from being executed at all."""
    foreign = next(diagram.root.iter(f"{{{ZEEBE_NAMESPACE}}}*"), None)
    platform = next((text for name, text in diagram.root.attrib.items() if _is_platform(name)), "")
    if foreign is not None or "Cloud" in str(platform):
        yield ZEEBE.for_file(diagram.file, line=None if foreign is None else foreign.sourceline)
    for engine in sorted(_engines(diagram)):
        yield FOREIGN.for_file(diagram.file, engine=engine)
    if not diagram.executable:
        yield NO_EXECUTABLE.for_file(diagram.file, processes=len(diagram.processes))
        return
    for process in diagram.processes:
        if not is_executable(process):
            yield NOT_EXECUTABLE.at(process, diagram.file)
        elif not any(local(child) in FLOW_NODES for child in process):
            yield EMPTY.at(process, diagram.file)


def _engines(diagram: Diagram) -> set[str]:
    """Name the other engines whose settings the executable processes carry."""
    names = (
        str(name)
        for process in diagram.executable
        for node in process.iter()
        for name in (node.tag, *node.attrib)
    )
    used = {name[1:].partition("}")[0] for name in names if name.startswith("{")}
    return {_ENGINES[namespace] for namespace in used if namespace in _ENGINES}


def _is_platform(name: object) -> bool:
    return str(name).endswith("}executionPlatform")

"""What grows without bound: loops without a way out, lists that only get longer, tasks that pile up."""

import re
from collections.abc import Iterator

from engine import iso8601
from engine.bpmn import CAMUNDA, child_text, children, local
from engine.findings import Finding
from engine.lint.model import Diagram, Node, Scope
from engine.lint.paths import Paths, is_ad_hoc, may_be_interrupted
from engine.rules import error, warning
from foundation.texts import _

ENDLESS = error(
    "loop.endless",
    _(
        "Các bước {steps} lặp mãi: không bước nào chờ ai và không luồng nào ra khỏi vòng; hãy thêm điều kiện "
        "thoát ở một cổng "
        "loại trừ."
    ),
    why=_("Vòng lặp tự chạy không dừng bị ngắt giữa chừng và thành sự cố."),
    example="script → cổng → script, mọi luồng đều quay lại",
)
NO_EXIT = warning(
    "loop.no-exit",
    _(
        "Không luồng nào ra khỏi vòng lặp {steps} nên quy trình không bao giờ kết thúc; hãy thêm "
        "một lối ra ở "
        "cổng loại trừ."
    ),
    why=_("Quy trình không kết thúc được thì luôn nằm trong danh sách đang chạy."),
    example="nhiệm vụ → cổng → nhiệm vụ, mọi luồng đều quay lại",
)
GROWING_LIST = warning(
    "loop.growing-list",
    _(
        "{name} thêm vào danh sách “{variable}” trong vòng lặp không có lối ra; hãy thêm lối ra hoặc giữ lại "
        "có hạn."
    ),
    why=_("Danh sách dài mãi làm quy trình chậm dần rồi vượt giới hạn dữ liệu."),
    example="append(log, x) trong vòng lặp không có lối ra",
)
GROWING_ITEMS = warning(
    "multi-instance.growing",
    _(
        "{name} lặp theo “{variable}”, danh sách được nối dài trong cùng vòng lặp: mỗi vòng làm lại cả những "
        "mục cũ; "
        "hãy lặp trên danh sách riêng của vòng này."
    ),
    why=_("Số nhiệm vụ tăng sau mỗi vòng dù việc mới chỉ thêm một mục."),
    example="append(units, x) → nhiệm vụ lặp theo units → quay lại",
)
PILES_UP = warning(
    "timer.piles-up",
    _(
        "Chu kỳ vô hạn “{found}” ở {name} mỗi lần mở thêm “{task}” dù việc trước chưa xong; hãy ghi số lần, "
        "ví dụ R3/P7D."
    ),
    why=_("Nhiệm vụ chồng lên nhau trong hộp việc cho tới khi bước chính xong."),
    example="sự kiện biên không ngắt R/P7D → nhiệm vụ người dùng",
)

_WAITING = frozenset(
    {"userTask", "manualTask", "receiveTask", "serviceTask", "callActivity", "intermediateCatchEvent"}
    | {"eventBasedGateway", "subProcess", "transaction", "adHocSubProcess"}
)
_APPENDS = re.compile(r"\b(?:append|concatenate|union|insert before)\s*\(\s*([^\W\d]\w*)\s*,")
#: names of a loop shown in a finding
_SHOWN = 5


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the loops nobody gets out of, and what gets longer with every round."""
    for scope in diagram.scopes:
        if not is_ad_hoc(scope):
            yield from _cycles(diagram, scope)
    for node in diagram.nodes:
        yield from _piling(diagram, node)


def _cycles(diagram: Diagram, scope: Scope) -> Iterator[Finding]:
    paths = Paths(diagram, scope)
    if not scope.starts and all(paths.behind.values()):
        return  # nothing begins here, which another rule says
    for part in paths.cycles():
        round_trip = [node for node in scope.nodes if node in part]
        has_exit = any(step.target not in part for node in part for step in paths.ahead[node])
        appended = {name: node for node in round_trip for name in [_appended(node)] if name}
        for node in round_trip:
            if (items := _items(node)) in appended:
                yield GROWING_ITEMS.at(node.xml, diagram.file, variable=items)
        if has_exit or may_be_interrupted(diagram, scope):
            continue
        steps = ", ".join(f"“{node.label}”" for node in round_trip[:_SHOWN])
        rule = NO_EXIT if any(_waits(node) for node in round_trip) else ENDLESS
        yield rule.at(round_trip[0].xml, diagram.file, steps=steps)
        for name, node in appended.items():
            yield GROWING_LIST.at(node.xml, diagram.file, variable=name)


def _waits(node: Node) -> bool:
    return node.kind in _WAITING or bool(node.xml.get(f"{CAMUNDA}topic"))


def _appended(node: Node) -> str:
    """Give the list a script adds to and keeps, empty when it does not."""
    if node.kind != "scriptTask":
        return ""
    found = _APPENDS.search(child_text(node.xml, "script"))
    kept = (node.xml.get(f"{CAMUNDA}resultVariable") or "").strip()
    return kept if found and found[1] == kept else ""


def _items(node: Node) -> str:
    for loop in children(node.xml, "multiInstanceLoopCharacteristics"):
        text = loop.get(f"{CAMUNDA}collection") or child_text(loop, "loopDataInputRef")
        return text.removeprefix("=").strip().removeprefix("${").removesuffix("}")
    return ""


def _piling(diagram: Diagram, node: Node) -> Iterator[Finding]:
    is_start = node.kind == "startEvent" and node.scope.is_event_subprocess
    if node.event != "timer" or node.is_interrupting or not (is_start or node.kind == "boundaryEvent"):
        return
    times = [child for definition in node.definitions for child in definition if local(child) == "timeCycle"]
    found = (times[0].text or "").strip() if times else ""
    literal = iso8601.read(found)
    if literal is None or literal.kind != "cycle" or literal.repetitions is not None:
        return
    behind = Paths(diagram, node.scope).after(node)
    task = next((other for other in node.scope.nodes if other in behind and other.kind == "userTask"), None)
    if task is not None:
        yield PILES_UP.at(node.xml, diagram.file, found=found, task=task.label)

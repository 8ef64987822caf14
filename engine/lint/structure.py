"""Structure: ids, ends of flows, scopes, and where events and gateways may stand (BPMN 2.0 §10.2–10.6)."""

import re
from collections import Counter
from collections.abc import Iterator

from engine.bpmn import ACTIVITIES, BPMN, FLOW_NODES, GATEWAYS, is_event_subprocess, local
from engine.findings import Finding
from engine.lint.labels import label
from engine.lint.model import Diagram, Flow, Node, Scope
from engine.rules import error, warning
from engine.transforms import global_tasks
from engine.transforms.tree import DRAWN_AS
from foundation.texts import _

ID_MISSING = error(
    "id.missing",
    _("{kind} {name} ở dòng {line} không có id; hãy đặt một id riêng."),
    why=_("Luồng, lịch sử và biểu mẫu tìm phần tử theo id."),
    example='<bpmn:task name="Soạn thảo"/>',
)
ID_DUPLICATE = error(
    "id.duplicate",
    _("Mã id “{id}” dùng cho {count} phần tử; hãy đặt lại để mỗi phần tử có một id."),
    why=_("Hai phần tử trùng id thì không biết luồng dẫn tới phần tử nào."),
    example='<bpmn:task id="a"/><bpmn:task id="a"/>',
)
ID_INVALID = error(
    "id.invalid",
    _(
        "Mã id “{id}” có khoảng trắng, ký hiệu lạ hoặc bắt đầu bằng chữ số; hãy chỉ dùng chữ cái, "
        "chữ số, “_”, “-”, “.”."
    ),
    why=_("XML quy định dạng của id (xsd:ID)."),
    example='<bpmn:task id="bước 1"/>',
)
FLOW_DANGLING = error(
    "flow.dangling",
    _("Luồng {name}: {attribute} là “{found}”, không phải một bước trong tệp; hãy nối lại luồng."),
    why=_("Luồng phải nối hai bước có thật."),
    example='<bpmn:sequenceFlow id="f" sourceRef="a" targetRef="không-có"/>',
)
FLOW_CROSSES = error(
    "flow.crosses-scope",
    _(
        "Luồng {name} nối “{source}” với “{target}” ở hai quy trình hoặc tiểu quy trình khác nhau; "
        "hãy nối tới "
        "biên của tiểu quy trình, hoặc dùng thông điệp giữa hai quy trình."
    ),
    why=_("Luồng trình tự không được vượt qua biên của tiểu quy trình hay của quy trình (BPMN 2.0 §7.6.1)."),
    example="luồng từ trong tiểu quy trình ra ngoài",
)
INTO_START = error(
    "start.has-incoming",
    _("Sự kiện bắt đầu {name} không được có luồng vào; hãy nối luồng tới bước kế tiếp."),
    why=_("Sự kiện bắt đầu là nơi luồng sinh ra (BPMN 2.0 §10.5.2)."),
    example='targetRef="start"',
)
OUT_OF_END = error(
    "end.has-outgoing",
    _("Sự kiện kết thúc {name} không được có luồng ra; hãy bỏ luồng hoặc đổi thành sự kiện trung gian."),
    why=_("Sự kiện kết thúc là nơi luồng dừng lại (BPMN 2.0 §10.5.3)."),
    example='sourceRef="end"',
)
EVENT_SUBPROCESS_FLOW = error(
    "event-subprocess.has-flow",
    _("Tiểu quy trình sự kiện {name} không được có luồng vào hoặc ra; hãy bỏ luồng."),
    why=_("Tiểu quy trình sự kiện do sự kiện khởi động, không do luồng (BPMN 2.0 §10.3.5)."),
    example='<bpmn:subProcess id="s" triggeredByEvent="true"> với luồng vào',
)
SEVERAL_STARTS = error(
    "start.several",
    _("{name} có {count} sự kiện bắt đầu nên không biết bắt đầu từ đâu; hãy chỉ giữ một."),
    why=_("Không biết phải bắt đầu từ sự kiện nào."),
    example='<bpmn:startEvent id="a"/><bpmn:startEvent id="b"/>',
)
NO_START = error(
    "event-subprocess.no-start",
    _("Tiểu quy trình sự kiện {name} không có sự kiện bắt đầu; hãy thêm một sự kiện bắt đầu có định nghĩa."),
    why=_("Không có sự kiện bắt đầu thì tiểu quy trình không bao giờ chạy."),
    example='<bpmn:subProcess id="s" triggeredByEvent="true"/>',
)
NEVER_STARTS = error(
    "scope.never-starts",
    _("{name} không có bước nào để bắt đầu: mọi bước đều có luồng vào; hãy thêm sự kiện bắt đầu."),
    why=_("Quy trình không có điểm vào thì không bao giờ chạy."),
    example="a → b → a",
)
MUST_INTERRUPT = error(
    "event.must-interrupt",
    _("Sự kiện lỗi hoặc hủy {name} luôn ngắt; hãy bỏ lựa chọn không ngắt."),
    why=_("Lỗi và hủy luôn chấm dứt nơi xảy ra (BPMN 2.0 §10.5.6)."),
    example='<bpmn:boundaryEvent cancelActivity="false"><bpmn:errorEventDefinition/>',
)
BOUNDARY_HOST = error(
    "boundary.attachment",
    _(
        "Sự kiện biên {name} gắn với “{found}”, không phải một bước cùng cấp; hãy gắn lại vào bước "
        "cần theo dõi."
    ),
    why=_("Sự kiện biên chỉ lắng nghe khi bước mang nó đang chạy."),
    example='<bpmn:boundaryEvent id="b" attachedToRef="không-có"/>',
)
BOUNDARY_INCOMING = error(
    "boundary.has-incoming",
    _("Sự kiện biên {name} không được có luồng vào; hãy nối luồng tới bước khác."),
    why=_("Sự kiện biên do sự kiện kích hoạt, không do luồng (BPMN 2.0 §10.5.4)."),
    example='targetRef="boundary"',
)
BOUNDARY_DUPLICATE = error(
    "boundary.duplicate",
    _("{name} và “{other}” cùng bắt một lỗi, một cấp báo hoặc việc hủy trên cùng bước; hãy giữ một."),
    why=_("Không biết sự kiện biên nào phải xử lý."),
    example="hai sự kiện biên cùng errorRef",
)
GATEWAY_END = error(
    "gateway.no-outgoing",
    _("Cổng {name} không có luồng ra; hãy nối tới bước kế tiếp hoặc thay bằng sự kiện kết thúc."),
    why=_("Luồng tới cổng này sẽ mất (BPMN 2.0 §10.6)."),
    example='<bpmn:exclusiveGateway id="g"/>',
)
EVENT_GATEWAY_TARGET = error(
    "event-gateway.target",
    _(
        "Cổng sự kiện {name} dẫn tới “{target}”; chỉ được dẫn tới sự kiện chờ hoặc bước nhận thông "
        "điệp chỉ có một "
        "luồng vào."
    ),
    why=_("Cổng sự kiện chọn theo sự kiện xảy ra trước (BPMN 2.0 §10.6.6)."),
    example="eventBasedGateway → userTask",
)
EVENT_GATEWAY_SINGLE = warning(
    "event-gateway.single",
    _("Cổng sự kiện {name} chỉ có một nhánh; hãy thêm nhánh (thường là hạn chờ) hoặc bỏ cổng."),
    why=_("Một nhánh thì không có gì để chọn."),
    example="eventBasedGateway → một sự kiện",
)
DEFAULT_DANGLING = error(
    "flow.default-dangling",
    _("{name}: luồng mặc định “{found}” không phải luồng ra của bước này; hãy chọn lại luồng mặc định."),
    why=_("Luồng mặc định phải là một luồng ra (BPMN 2.0 §8.4.13)."),
    example='<bpmn:exclusiveGateway id="g" default="không-có"/>',
)
LANE_DANGLING = warning(
    "lane.dangling",
    _("Làn {name} nhắc tới “{found}”, không có trong tệp; hãy vẽ lại làn."),
    why=_("Làn cho biết nhóm nào làm bước nào."),
    example="<bpmn:flowNodeRef>không-có</bpmn:flowNodeRef>",
)

_NCNAME = re.compile(r"\A[^\W\d][\w.·-]*\Z")
_EVENT_GATEWAY_EVENTS = frozenset({"message", "timer", "signal", "conditional", "multiple"})


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the structural problems of the judged processes; ids are checked in the whole file."""
    yield from _ids(diagram)
    for flow in diagram.flows:
        yield from _flow(diagram, flow)
    for scope in diagram.scopes:
        yield from _starts(diagram, scope)
    for node in diagram.nodes:
        yield from _node(diagram, node)
    yield from _same_catches(diagram)
    yield from _lanes(diagram)


def _ids(diagram: Diagram) -> Iterator[Finding]:
    judged = [*(scope.xml for scope in diagram.scopes), *(node.xml for node in diagram.nodes)]
    for element in dict.fromkeys([*judged, *(flow.xml for flow in diagram.flows)]):
        identity = element.get("id")
        if not identity:
            yield ID_MISSING.at(element, diagram.file, kind=label(local(element)), line=element.sourceline)
        elif not _NCNAME.match(identity):
            yield ID_INVALID.at(element, diagram.file, id=identity)
    ids = [
        (identity, node)
        for node in diagram.root.iter(f"{BPMN}*")
        if (identity := node.get("id")) and node.get(DRAWN_AS) not in global_tasks.TASKS
    ]
    counts = Counter(identity for identity, _node in ids)
    for identity, node in dict(reversed(ids)).items():
        if counts[identity] > 1:
            yield ID_DUPLICATE.at(node, diagram.file, id=identity, count=counts[identity])


def _flow(diagram: Diagram, flow: Flow) -> Iterator[Finding]:
    for attribute, end in (("sourceRef", flow.source), ("targetRef", flow.target)):
        if end is None:
            found = flow.xml.get(attribute) or ""
            yield FLOW_DANGLING.at(flow.xml, diagram.file, attribute=attribute, found=found)
    if flow.source is None or flow.target is None:
        return
    if flow.source.scope is not flow.target.scope:
        yield FLOW_CROSSES.at(flow.xml, diagram.file, source=flow.source.label, target=flow.target.label)


def _starts(diagram: Diagram, scope: Scope) -> Iterator[Finding]:
    starts, file = scope.starts, diagram.file
    if scope.is_event_subprocess:
        if not starts:
            yield NO_START.at(scope.xml, file)
        elif len(starts) > 1:
            yield SEVERAL_STARTS.at(scope.xml, file, count=len(starts))
        return
    plain = [start for start in starts if start.event == "none"]
    if len(plain) > 1 or (len(starts) > 1 and not scope.is_process):
        yield SEVERAL_STARTS.at(scope.xml, file, count=len(starts))
    begins = [node for node in scope.nodes if not node.incoming and _may_begin(node)]
    if scope.nodes and not starts and not begins and local(scope.xml) != "adHocSubProcess":
        yield NEVER_STARTS.at(scope.xml, file)


def _may_begin(node: Node) -> bool:
    return node.kind not in {"boundaryEvent", "endEvent"} and not node.is_beside_flow


def _node(diagram: Diagram, node: Node) -> Iterator[Finding]:
    file, xml = diagram.file, node.xml
    if node.kind == "startEvent" and node.incoming:
        yield INTO_START.at(xml, file)
    if node.kind == "endEvent" and node.outgoing:
        yield OUT_OF_END.at(xml, file)
    if is_event_subprocess(xml) and (node.incoming or node.outgoing):
        yield EVENT_SUBPROCESS_FLOW.at(xml, file)
    kinds = {local(definition) for definition in node.definitions}
    is_fatal = not kinds.isdisjoint({"errorEventDefinition", "cancelEventDefinition"})
    if is_fatal and node.kind in {"startEvent", "boundaryEvent"} and not node.is_interrupting:
        yield MUST_INTERRUPT.at(xml, file)
    if node.kind == "boundaryEvent":
        yield from _boundary(diagram, node)
    if node.kind in GATEWAYS and not node.outgoing:
        yield GATEWAY_END.at(xml, file)
    if node.kind == "eventBasedGateway":
        yield from _event_gateway(diagram, node)
    default = xml.get("default")
    if default and default not in {flow.id for flow in node.outgoing}:
        yield DEFAULT_DANGLING.at(xml, file, found=default)


def _boundary(diagram: Diagram, node: Node) -> Iterator[Finding]:
    host = diagram.node(node.host_id)
    is_attached = host is not None and host.kind in ACTIVITIES and host.scope is node.scope
    if host is None or not is_attached or is_event_subprocess(host.xml):
        yield BOUNDARY_HOST.at(node.xml, diagram.file, found=node.host_id)
        return
    if node.incoming:
        yield BOUNDARY_INCOMING.at(node.xml, diagram.file)


def _same_catches(diagram: Diagram) -> Iterator[Finding]:
    seen: dict[tuple[str, str, str | None], Node] = {}
    for node in diagram.of_kind("boundaryEvent"):
        if node.event in {"error", "escalation", "cancel"}:
            caught = (node.host_id, node.event, node.definitions[0].get(f"{node.event}Ref"))
            other = seen.setdefault(caught, node)
            if other is not node:
                yield BOUNDARY_DUPLICATE.at(node.xml, diagram.file, other=other.label)


def _event_gateway(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if len(node.outgoing) == 1:
        yield EVENT_GATEWAY_SINGLE.at(node.xml, diagram.file)
    for flow in node.outgoing:
        target = flow.target
        if target is None:
            continue
        is_catch = target.kind == "intermediateCatchEvent" and target.event in _EVENT_GATEWAY_EVENTS
        if not (is_catch or _is_plain_receiver(diagram, target)) or len(target.incoming) > 1:
            yield EVENT_GATEWAY_TARGET.at(node.xml, diagram.file, target=target.label)


def _is_plain_receiver(diagram: Diagram, node: Node) -> bool:
    """Tell whether a receive task only receives: no boundary events, no loop (BPMN 2.0 §10.6.6)."""
    loops = any(local(child).endswith("LoopCharacteristics") for child in node.xml)
    return node.kind == "receiveTask" and not diagram.boundaries(node) and not loops


def _lanes(diagram: Diagram) -> Iterator[Finding]:
    for reference in diagram.root.iter(f"{BPMN}flowNodeRef"):
        found = (reference.text or "").strip()
        target = diagram.elements.get(found)
        if target is None or local(target) not in FLOW_NODES:
            yield LANE_DANGLING.at(reference, diagram.file, found=found)

"""One class per BPMN element, and the one table that says which.

What is not in this table is refused by lint before it gets here (`engine/lint/support.py`).
"""

from engine.spiff.nodes.ad_hoc import AdHocSubProcess
from engine.spiff.nodes.base import Node, ProcessNode
from engine.spiff.nodes.complex_gateway import ComplexGateway
from engine.spiff.nodes.events import (
    BoundaryEvent,
    EndEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
)
from engine.spiff.nodes.gateways import EventBasedGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from engine.spiff.nodes.subprocesses import CallActivity, SubProcess, Transaction
from engine.spiff.nodes.tasks import (
    BusinessRuleTask,
    PlainTask,
    ReceiveTask,
    ScriptTask,
    SendTask,
    ServiceTask,
    UserTask,
)

#: local tag name of the element → class of its node
NODE_CLASSES: dict[str, type[Node]] = {
    "adHocSubProcess": AdHocSubProcess,
    "boundaryEvent": BoundaryEvent,
    "businessRuleTask": BusinessRuleTask,
    "callActivity": CallActivity,
    "complexGateway": ComplexGateway,
    "endEvent": EndEvent,
    "eventBasedGateway": EventBasedGateway,
    "exclusiveGateway": ExclusiveGateway,
    "inclusiveGateway": InclusiveGateway,
    "intermediateCatchEvent": IntermediateCatchEvent,
    "intermediateThrowEvent": IntermediateThrowEvent,
    "manualTask": UserTask,
    "parallelGateway": ParallelGateway,
    "receiveTask": ReceiveTask,
    "scriptTask": ScriptTask,
    "sendTask": SendTask,
    "serviceTask": ServiceTask,
    "startEvent": StartEvent,
    "subProcess": SubProcess,
    "task": PlainTask,
    "transaction": Transaction,
    "userTask": UserTask,
}

__all__ = ["NODE_CLASSES", "Node", "ProcessNode"]

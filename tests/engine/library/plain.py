"""SpiffWorkflow without anything of ours, hosted as its documentation says."""

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.camunda.parser.CamundaParser import CamundaParser
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from tests.engine.diagrams import Diagram

__all__ = ["BpmnParser", "CamundaParser", "Plain", "SpiffBpmnParser", "TaskState"]

#: engine steps and timer refreshes after every move; each pass may wake the next one
PASSES = 10


class Plain:
    """One workflow of the library."""

    def __init__(
        self, drawing: Diagram, *, parser: type = BpmnParser, decision: bytes = b"", **variables: Any
    ) -> None:
        """Parse and start a diagram."""
        reader = parser()
        if decision:
            reader.add_dmn_xml(etree.fromstring(decision), filename="d.dmn")
        reader.add_bpmn_xml(etree.fromstring(drawing.bytes()), filename="p.bpmn")
        self.workflow = BpmnWorkflow(reader.get_spec("p"), reader.get_subprocess_specs("p"))
        self.workflow.task_tree.data.update(variables)
        self.go()

    def go(self) -> None:
        """Run until nothing moves."""
        for _pass in range(PASSES):
            self.workflow.refresh_timers()
            self.workflow.do_engine_steps()

    def tasks(self, state: int = TaskState.READY) -> list[Any]:
        """Give the tasks in a state."""
        return list(self.workflow.get_tasks(state=state))

    def ready(self) -> list[str]:
        """Give the names of the elements that are ready, each as often as it is."""
        return sorted(task.task_spec.name.removesuffix(" [child]") for task in self.tasks())

    def waiting(self) -> list[str]:
        """Give the names of the elements that wait for an event."""
        return sorted(task.task_spec.name for task in self.tasks(TaskState.WAITING))

    def finish(self, task: Any, **variables: Any) -> None:
        """Complete one task with variables and go on."""
        task.data.update(variables)
        task.run()
        self.go()

    def complete(self, name: str, **variables: Any) -> None:
        """Complete the first ready task at an element."""
        self.finish(next(task for task in self.tasks() if task.task_spec.name == name), **variables)

    def send(self, name: str, correlations: dict[str, Any] | None = None, **payload: Any) -> None:
        """Send a message."""
        event = BpmnEvent(MessageEventDefinition(name), payload=payload, correlations=correlations or {})
        self.workflow.catch(event)
        self.go()

    @property
    def is_completed(self) -> bool:
        """Tell whether the library says that the process is done."""
        return bool(self.workflow.is_completed())

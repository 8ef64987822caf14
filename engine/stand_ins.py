"""Stand-ins for called processes that are not at hand: one waiting step each, ended from outside.

Only the player uses them; an installation refuses a call of a process it does not have.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from lxml.etree import _Element as XmlElement

from engine import expressions, xml_gate
from engine.bpmn import BPMN, CAMUNDA, is_executable
from engine.transforms import global_tasks
from foundation.errors import Invalid
from foundation.texts import _

#: ids of the elements of a stand-in begin so; they are left out of traces
PREFIX = "stand-in-"
WAIT = f"{PREFIX}wait"
_FILE_PREFIX = "stand-in/"


@dataclass(frozen=True, kw_only=True)
class Called:
    """What a set of files runs and calls."""

    #: ids of executable processes in the order of the files
    processes: frozenset[str]
    #: ids of processes that call activities name
    called: frozenset[str]
    #: topics of jobs
    topics: frozenset[str]
    ordered: tuple[str, ...]
    #: ids of executable processes that only an event starts: a message from another pool, a signal, a timer
    awaiting: frozenset[str] = frozenset()

    def missing(self) -> list[str]:
        """Give the called processes that are not in the files."""
        return sorted(self.called - self.processes)

    def main(self, wanted: str | None = None) -> str:
        """Give the process to play. Raises Invalid.

        The wanted one; else the only one nobody calls, of several pools the only one no event starts.
        """
        if not self.ordered:
            raise Invalid(_("Các tệp không có quy trình nào chạy được (isExecutable)."))
        names = ", ".join(self.ordered)
        if wanted is not None:
            if wanted not in self.processes:
                raise Invalid(
                    _("Không có quy trình “{wanted}” trong các tệp; có: {names}.", wanted=wanted, names=names)
                )
            return wanted
        tops = [one for one in self.ordered if one not in self.called]
        if len(tops) > 1:
            tops = [one for one in tops if one not in self.awaiting] or tops
        if len(tops) == 1 or len(self.ordered) == 1:
            return (tops or list(self.ordered))[0]
        raise Invalid(_("Các tệp có nhiều quy trình; hãy chọn một bằng --process: {names}.", names=names))


def read(files: Mapping[str, bytes]) -> Called:
    """Read which processes, calls and topics a set of files has; a file that is broken is left to lint."""
    ordered: list[str] = []
    called: set[str] = set()
    topics: set[str] = set()
    awaiting: set[str] = set()
    for name, content in files.items():
        if not name.endswith(".bpmn"):
            continue
        root = global_tasks.expanded(xml_gate.parse(content, file=name))
        drawn = [one for one in root.iter(f"{BPMN}process") if is_executable(one)]
        ordered += [one.get("id") or "" for one in drawn]
        awaiting |= {one.get("id") or "" for one in drawn if _awaits_event(one)}
        for node in root.iter(f"{BPMN}*"):
            topics.add(node.get(f"{CAMUNDA}topic") or "")
            called.add((node.get("calledElement") or "").strip())
    return Called(
        processes=frozenset(ordered),
        called=frozenset(one for one in called if one and not expressions.is_marked(one)),
        topics=frozenset(one for one in topics if one and not one.startswith("=")),
        ordered=tuple(dict.fromkeys(ordered)),
        awaiting=frozenset(awaiting),
    )


def _awaits_event(process: XmlElement) -> bool:
    """Tell whether every start event of a process waits for something."""
    starts = process.findall(f"{BPMN}startEvent")
    return bool(starts) and all(
        any(str(part.tag).endswith(("EventDefinition", "eventDefinitionRef")) for part in start)
        for start in starts
    )


def diagrams(keys: Collection[str]) -> dict[str, bytes]:
    """Give a diagram for every key: a process that waits until somebody ends it."""
    return {f"{_FILE_PREFIX}{key}.bpmn": _diagram(key) for key in keys}


def _diagram(key: str) -> bytes:
    start, first, second, end = (f"{PREFIX}{name}" for name in ("start", "in", "out", "end"))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="https://tiendo.vn/stand-in">
  <bpmn:process id={quoteattr(key)} name={quoteattr(key)} isExecutable="true">
    <bpmn:startEvent id="{start}"><bpmn:outgoing>{first}</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="{first}" sourceRef="{start}" targetRef="{WAIT}"/>
    <bpmn:userTask id="{WAIT}" name="{WAIT}" camunda:assignee="player">
      <bpmn:incoming>{first}</bpmn:incoming><bpmn:outgoing>{second}</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="{second}" sourceRef="{WAIT}" targetRef="{end}"/>
    <bpmn:endEvent id="{end}"><bpmn:incoming>{second}</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
""".encode()

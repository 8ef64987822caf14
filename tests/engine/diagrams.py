"""A builder of small diagrams for tests: reads like the drawing, gives BPMN 2.0 bytes.

    diagram().start().user_task("draft", assignee="an").end().bytes()

Steps chain by a sequence flow from the step before; `at(id)` continues from another step, `flow(a, b)` draws
one more arrow, `inside(id)` … `outside()` draw in a sub-process. Anything else goes in with `raw(xml)`.
"""

from xml.sax.saxutils import escape, quoteattr

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:tiendo="https://tiendo.vn/schema/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


class Scope:
    """A process or sub-process being drawn."""

    def __init__(self, opening: str, closing: str) -> None:
        self.opening, self.closing = opening, closing
        self.parts: list[str] = []

    def xml(self) -> str:
        return self.opening + "".join(self.parts) + self.closing


class Diagram:
    """One BPMN file with one process; every method gives the diagram back."""

    def __init__(self, process: str, attributes: str, namespaces: str) -> None:
        executable = "" if "isExecutable" in attributes else 'isExecutable="true" '
        opening = f"<bpmn:process id={quoteattr(process)} {executable}{attributes}>"
        self.namespaces = namespaces
        self.scopes = [Scope(opening, "</bpmn:process>")]
        self.before: list[str] = []
        self.last: str | None = None
        self.lasts: list[str | None] = []
        self.flows = 0

    # --- steps ------------------------------------------------------------------------------------------

    def node(self, tag: str, identity: str, body: str = "", **attributes: str) -> "Diagram":
        """Draw any flow node after the one before; attributes with `__` are namespaced: camunda__topic."""
        if self.last is not None:
            self.flow(self.last, identity)
        self.raw(_element(tag, identity, body, attributes))
        self.last = identity
        return self

    def start(self, identity: str = "start", body: str = "", **attributes: str) -> "Diagram":
        return self.at(None).node("startEvent", identity, body, **attributes)

    def end(self, identity: str = "end", body: str = "") -> "Diagram":
        return self.node("endEvent", identity, body)

    def task(self, identity: str, body: str = "", **attributes: str) -> "Diagram":
        return self.node("task", identity, body, **attributes)

    def user_task(self, identity: str, body: str = "", **attributes: str) -> "Diagram":
        """Draw a user task; `assignee=`, `candidateGroups=`, `dueDate=` … become camunda attributes."""
        attributes.setdefault("camunda__assignee", "an")
        return self.node("userTask", identity, body, **attributes)

    def service_task(self, identity: str, topic: str = "plan.issue", body: str = "") -> "Diagram":
        return self.node("serviceTask", identity, body, camunda__type="external", camunda__topic=topic)

    def script_task(self, identity: str, script: str = "1 + 1", **attributes: str) -> "Diagram":
        attributes.setdefault("scriptFormat", "feel")
        attributes.setdefault("camunda__resultVariable", "result")
        return self.node("scriptTask", identity, f"<bpmn:script>{escape(script)}</bpmn:script>", **attributes)

    def exclusive(self, identity: str, **attributes: str) -> "Diagram":
        return self.node("exclusiveGateway", identity, **attributes)

    def parallel(self, identity: str) -> "Diagram":
        return self.node("parallelGateway", identity)

    def catch(self, identity: str, body: str) -> "Diagram":
        return self.node("intermediateCatchEvent", identity, body)

    def throw(self, identity: str, body: str = "") -> "Diagram":
        return self.node("intermediateThrowEvent", identity, body)

    def boundary(self, identity: str, on: str, body: str, **attributes: str) -> "Diagram":
        """Attach a boundary event and continue from it."""
        return self.at(None).node("boundaryEvent", identity, body, attachedToRef=on, **attributes)

    def undone_by(self, handler: str, tag: str = "task", body: str = "", **attributes: str) -> "Diagram":
        """Give the step before a compensation boundary event and the activity that undoes it."""
        undone, self.last = self.last, None
        assert undone is not None
        catch = f"{undone}_undo"
        self.node("boundaryEvent", catch, compensation(), attachedToRef=undone).at(None)
        self.node(tag, handler, body, isForCompensation="true", **attributes)
        ends = {"associationDirection": "One", "sourceRef": catch, "targetRef": handler}
        return self.raw(_element("association", f"{catch}_to", "", ends)).at(undone)

    def inside(self, identity: str, tag: str = "subProcess", body: str = "", **attributes: str) -> "Diagram":
        """Open a sub-process after the step before; an event sub-process is not connected."""
        if self.last is not None and attributes.get("triggeredByEvent") != "true":
            self.flow(self.last, identity)
        opening = _element(tag, identity, "\0", attributes).split("\0")[0]
        self.scopes.append(Scope(f"{opening}{body}", f"</bpmn:{tag}>"))
        self.lasts.append(identity if attributes.get("triggeredByEvent") != "true" else self.last)
        self.last = None
        return self

    def outside(self) -> "Diagram":
        """Close the sub-process and continue from it."""
        closed = self.scopes.pop()
        self.last = self.lasts.pop()
        return self.raw(closed.xml())

    # --- flows and the rest -----------------------------------------------------------------------------

    def at(self, identity: str | None) -> "Diagram":
        """Continue from another step, or from nowhere."""
        self.last = identity
        return self

    def flow(
        self, source: str, target: str, condition: str | None = None, *, identity: str = ""
    ) -> "Diagram":
        self.flows += 1
        body = ""
        if condition is not None:
            body = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}'
            body += "</bpmn:conditionExpression>"
        ends = {"sourceRef": source, "targetRef": target}
        return self.raw(_element("sequenceFlow", identity or f"f{self.flows}", body, ends))

    def raw(self, xml: str) -> "Diagram":
        self.scopes[-1].parts.append(xml)
        return self

    def root(self, xml: str) -> "Diagram":
        """Add a root element: message, signal, error, another process."""
        self.before.append(xml)
        return self

    def message(self, identity: str, name: str = "Đã nhận", key: str | None = "= code") -> "Diagram":
        attributes = {"name": name} | ({"tiendo__correlationKey": key} if key else {})
        return self.root(_element("message", identity, "", attributes))

    def signal(self, identity: str, name: str = "Bão") -> "Diagram":
        return self.root(_element("signal", identity, "", {"name": name}))

    def error(self, identity: str, code: str = "E1") -> "Diagram":
        return self.root(_element("error", identity, "", {"name": identity, "errorCode": code}))

    def escalation(self, identity: str, code: str = "L1") -> "Diagram":
        return self.root(_element("escalation", identity, "", {"name": identity, "escalationCode": code}))

    def text(self) -> str:
        assert len(self.scopes) == 1, "a sub-process is still open"
        body = "\n".join([*self.before, self.scopes[0].xml()])
        opening = f'<bpmn:definitions {self.namespaces} id="definitions" targetNamespace="t">'
        return f"{opening}\n{body}\n</bpmn:definitions>"

    def bytes(self) -> bytes:
        return self.text().encode()


def diagram(process: str = "p", attributes: str = "", *, namespaces: str = NAMESPACES) -> Diagram:
    """Begin a diagram with one executable process."""
    return Diagram(process, attributes, namespaces)


def extension(xml: str) -> str:
    return f"<bpmn:extensionElements>{xml}</bpmn:extensionElements>"


def timer(kind: str, text: str) -> str:
    """Give a timer event definition: kind is timeDate, timeDuration or timeCycle."""
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(text)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def event(kind: str, reference: str | None = None) -> str:
    """Give a message, signal, error or escalation event definition, or one without reference."""
    attribute = "" if reference is None else f" {kind}Ref={quoteattr(reference)}"
    return f"<bpmn:{kind}EventDefinition{attribute}/>"


def compensation(activity: str | None = None, *, waits: bool = True) -> str:
    """Give a compensation event definition: of one activity, or of all in the scope."""
    attributes = "" if activity is None else f" activityRef={quoteattr(activity)}"
    attributes += "" if waits else ' waitForCompletion="false"'
    return f"<bpmn:compensateEventDefinition{attributes}/>"


def link(name: str) -> str:
    return f"<bpmn:linkEventDefinition name={quoteattr(name)}/>"


def conditional(text: str) -> str:
    body = f"<bpmn:condition>{escape(text)}</bpmn:condition>"
    return f"<bpmn:conditionalEventDefinition>{body}</bpmn:conditionalEventDefinition>"


def multi(body: str = "", **attributes: str) -> str:
    return _element("multiInstanceLoopCharacteristics", "", body, attributes)


def cardinality(text: str) -> str:
    return f"<bpmn:loopCardinality>{escape(text)}</bpmn:loopCardinality>"


def _element(tag: str, identity: str, body: str, attributes: dict[str, str]) -> str:
    named = {"id": identity} | attributes if identity else attributes
    text = "".join(f" {key.replace('__', ':')}={quoteattr(value)}" for key, value in named.items())
    return f"<bpmn:{tag}{text}>{body}</bpmn:{tag}>\n"

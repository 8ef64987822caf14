"""One minimal diagram per rule of the lint: what is drawn, which element is named, what else is said."""

from dataclasses import dataclass

from tests.engine.diagrams import (
    Diagram,
    cardinality,
    compensation,
    diagram,
    event,
    extension,
    link,
    multi,
    timer,
)


@dataclass(frozen=True)
class Case:
    """A diagram that breaks one rule."""

    rule: str
    drawing: Diagram
    element: str
    #: rules it breaks besides, as a consequence
    also: frozenset[str] = frozenset()


CASES: list[Case] = []


def case(rule: str, drawing: Diagram, element: str, *also: str) -> None:
    CASES.append(Case(rule, drawing, element, frozenset(also)))


def simple() -> Diagram:
    """Draw start → user task u, ready to go on."""
    return diagram().start().user_task("u")


def task(body: str = "", tag: str = "userTask", **attributes: str) -> Diagram:
    """Draw start → t → end."""
    if tag == "userTask":
        attributes.setdefault("camunda__assignee", "an")
    return diagram().start().node(tag, "t", body, **attributes).end()


def on_timer(kind: str, text: str) -> Diagram:
    return diagram().start().catch("c", timer(kind, text)).end()


def mapping(xml: str) -> Diagram:
    return task(extension(xml), "callActivity", calledElement="p")


def ladder(xml: str, tag: str = "userTask", **attributes: str) -> Diagram:
    attributes.setdefault("camunda__dueDate", "P3D")
    return task(extension(xml), tag, **attributes)


def choice(tag: str = "exclusiveGateway", **attributes: str) -> Diagram:
    """Draw start → gateway g with the ends a and b, the flows still missing."""
    return diagram().start().node(tag, "g", **attributes).at(None).end("a").at(None).end("b")


# --- the file ---------------------------------------------------------------------------------------------
ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
case("file.zeebe", task(extension(f'<zeebe:taskDefinition {ZEEBE} type="mail"/>')), "")
case("file.no-executable-process", diagram(attributes='isExecutable="false"').start().end(), "")
case(
    "process.not-executable", simple().end().root('<bpmn:process id="other" isExecutable="false"/>'), "other"
)
case("process.empty", diagram(), "p")

FLOWABLE = 'xmlns:flowable="http://flowable.org/bpmn" flowable:assignee="an"'
case("file.foreign-engine", diagram().start().end().raw(f"<bpmn:documentation {FLOWABLE}/>"), "")

# --- structure --------------------------------------------------------------------------------------------
case("id.missing", simple().raw("<bpmn:task name='Soạn thảo'/>").end(), "", "node.unreachable")
case("id.duplicate", simple().end().root('<bpmn:message id="u" name="m"/>'), "u")
case("id.invalid", diagram().start().user_task("1 bước").end(), "1 bước")
case("flow.dangling", simple().end().at(None).flow("u", "nowhere", identity="f"), "f")
case(
    "flow.crosses-scope",
    diagram()
    .start()
    .inside("s")
    .start("s1")
    .task("inner")
    .end("e1")
    .outside()
    .end()
    .flow("inner", "end", identity="x"),
    "x",
)
case("start.has-incoming", simple().flow("u", "start").end(), "start", "loop.adds-tokens")
case("end.has-outgoing", simple().end().task("after"), "end")
case(
    "event-subprocess.has-flow",
    simple().end().inside("s", triggeredByEvent="true").start("s1", timer("timeDuration", "PT1H")).end("e1")
    .outside().flow("u", "s"),
    "s",
)  # fmt: skip
case("start.several", simple().end().start("second").end("e2"), "p")
case(
    "event-subprocess.no-start", simple().end().inside("s", triggeredByEvent="true").task("x").outside(), "s"
)
case("scope.never-starts", diagram().task("a").task("b").flow("b", "a"), "p", "node.unreachable")
case(
    "event.must-interrupt",
    simple().end().boundary("b", "u", event("error"), cancelActivity="false").end("e2"),
    "b",
    "event.never-thrown",
)
case("boundary.attachment", simple().end().boundary("b", "start", event("error")).end("e2"), "b")
case(
    "boundary.has-incoming",
    simple().end().boundary("b", "u", event("error")).end("e2").flow("start", "b"),
    "b",
    "event.never-thrown",
)
case(
    "boundary.duplicate",
    simple()
    .end()
    .boundary("b1", "u", event("error"))
    .end("e1")
    .boundary("b2", "u", event("error"))
    .end("e2"),
    "b2",
    "event.never-thrown",
)
case("gateway.no-outgoing", simple().exclusive("g"), "g")
case(
    "event-gateway.target",
    diagram().start().node("eventBasedGateway", "g").catch("c", timer("timeDuration", "PT1H")).end()
    .at("g").user_task("u").end("e2"),
    "g",
)  # fmt: skip
case(
    "event-gateway.single",
    diagram().start().node("eventBasedGateway", "g").catch("c", timer("timeDuration", "PT1H")).end(),
    "g",
)
case("flow.default-dangling", diagram().start().exclusive("g", default="nowhere").end(), "g")
LANE = '<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:flowNodeRef>nowhere</bpmn:flowNodeRef></bpmn:lane>'
LANE += "</bpmn:laneSet>"
case("lane.dangling", diagram().raw(LANE).start().end(), "l")

# --- reachability -----------------------------------------------------------------------------------------
case("node.unreachable", simple().end().at(None).task("lost").end("e2"), "lost")
case(
    "join.never-complete",
    simple().parallel("g").end().at(None).task("lost").flow("lost", "g"),
    "g",
    "node.unreachable",
)

# --- decisions --------------------------------------------------------------------------------------------
case("flow.condition-missing", choice().flow("g", "a", "x").flow("g", "b", identity="f"), "f")
case("flow.always-taken", choice("inclusiveGateway").flow("g", "a", "x").flow("g", "b", identity="f"), "f")
case("gateway.no-default", choice().flow("g", "a", "x > 1").flow("g", "b", "x < 1"), "g")
case(
    "flow.condition-ignored", choice("parallelGateway").flow("g", "a", "x", identity="f").flow("g", "b"), "f"
)
case(
    "flow.condition-after-event",
    diagram().start().at(None).end().flow("start", "end", "x", identity="f"),
    "f",
)

# --- events -----------------------------------------------------------------------------------------------
case("event.reference-missing", task(tag="receiveTask"), "t")
case("event.reference-dangling", task(tag="receiveTask", messageRef="nowhere"), "t")
case("event.reference-unnamed", task(tag="sendTask", messageRef="m").message("m", name=""), "t")
case("event.name-expression", task(tag="sendTask", messageRef="m").message("m", name="${kind}"), "t")
case("message.no-correlation-key", task(tag="receiveTask", messageRef="m").message("m", key=None), "t")
case("link.unnamed", simple().throw("l", "<bpmn:linkEventDefinition/>"), "l")
case("link.no-catch", simple().throw("l", link("A")), "l")
case("link.no-throw", simple().end().at(None).catch("l", link("A")).end("e2"), "l", "node.unreachable")
case(
    "link.several-catches",
    simple()
    .throw("l", link("A"))
    .at(None)
    .catch("c1", link("A"))
    .end()
    .at(None)
    .catch("c2", link("A"))
    .end("e2"),
    "c1",
    "node.unreachable",
)

# --- timers -----------------------------------------------------------------------------------------------
case("timer.missing", diagram().start().catch("c", "<bpmn:timerEventDefinition/>").end(), "c")
TWO_TIMES = "<bpmn:timeDate>2026-01-01</bpmn:timeDate><bpmn:timeDuration>PT1H</bpmn:timeDuration>"
case(
    "timer.several",
    diagram().start().catch("c", f"<bpmn:timerEventDefinition>{TWO_TIMES}</bpmn:timerEventDefinition>").end(),
    "c",
)
case("timer.invalid", on_timer("timeDuration", "P1X"), "c")
case("timer.cron", on_timer("timeCycle", "0 0 8 * * MON"), "c")
case("timer.never-fires", on_timer("timeDuration", "-PT1H"), "c")
case("timer.local-time", on_timer("timeDate", "2026-01-15T17:00:00"), "c")
case("timer.cycle-once", on_timer("timeCycle", "R3/PT1H"), "c")
case("timer.syntax", on_timer("timeDuration", "3 ngày"), "c")

# --- activities -------------------------------------------------------------------------------------------
case("script.format", diagram().start().script_task("t", scriptFormat="python").end(), "t")
case("script.empty", diagram().start().script_task("t", "").end(), "t")
case("script.resource", diagram().start().script_task("t", camunda__resource="a.js").end(), "t")
case("script.no-result", diagram().start().script_task("t", camunda__resultVariable="").end(), "t")
case("script.syntax", diagram().start().script_task("t", "x = 1; y = 2").end(), "t")
case("implementation.code", task(tag="serviceTask", camunda__class="vn.Send"), "t")
case("service-task.no-topic", task(tag="serviceTask", camunda__type="external"), "t")
case("service-task.type", task(tag="serviceTask", camunda__type="mail"), "t")
case("decision.missing", task(tag="businessRuleTask"), "t")
case("call.missing", task(tag="callActivity"), "t")
case("mapping.incomplete", mapping('<camunda:in source="a"/>'), "t")
case(
    "mapping.structure",
    task(extension('<camunda:inputParameter name="a"><camunda:list/></camunda:inputParameter>')),
    "t",
)
case("listener.code", task(extension('<camunda:taskListener class="vn.A" event="create"/>')), "t")
case("connector.unsupported", task(extension("<camunda:connector/>")), "t")

case("mapping.misplaced", mapping('<camunda:inputParameter name="a">1</camunda:inputParameter>'), "t")
case("attribute.ignored", diagram().start(camunda__initiator="who").end(), "start")
case(
    "binding.unsupported",
    task(tag="callActivity", calledElement="p", camunda__calledElementBinding="versionTag"),
    "t",
)
case(
    "binding.version-missing",
    task(tag="callActivity", calledElement="p", camunda__calledElementBinding="version"),
    "t",
)

case(
    "retry.invalid",
    task(extension("<camunda:failedJobRetryTimeCycle>3</camunda:failedJobRetryTimeCycle>")),
    "t",
)
case(
    "decision.result-mapping",
    task(tag="businessRuleTask", camunda__topic="decide", camunda__mapDecisionResult="first"),
    "t",
)

# --- repetition -------------------------------------------------------------------------------------------
STANDARD = "<bpmn:standardLoopCharacteristics/>"
case("multi-instance.no-items", task(multi()), "t")
case("multi-instance.two-sources", task(multi(cardinality("3"), camunda__collection="units")), "t")
case("loop.count-invalid", task(multi(cardinality("-1"))), "t")
case("multi-instance.too-many", task(multi(cardinality("51"))), "t")
case("loop.two-kinds", task(multi(cardinality("3")) + STANDARD.replace("/>", ' loopMaximum="2"/>')), "t")
case("loop.unbounded", task(STANDARD), "t")
case(
    "loop.event-subprocess",
    simple().end().inside("s", body=multi(cardinality("2")), triggeredByEvent="true")
    .start("s1", timer("timeDuration", "PT1H")).end("e1").outside(),
    "s",
)  # fmt: skip
case("multi-instance.output-lost", task(multi(cardinality("3"), tiendo__outputElement="report")), "t")

# --- user tasks -------------------------------------------------------------------------------------------
case("user-task.nobody", task(camunda__assignee=""), "t")
case("user-task.candidate-users", task(camunda__candidateUsers="an, bình"), "t")
case("user-task.time-invalid", task(camunda__dueDate="15/01/2026"), "t")
case(
    "user-task.time-invalid",
    task(tag="callActivity", calledElement="p", camunda__dueDate="15/01/2026"),
    "t",
)
case("user-task.priority-invalid", task(camunda__priority="cao"), "t")
case("user-task.form-data", task(extension("<camunda:formData/>")), "t")

# --- escalation -------------------------------------------------------------------------------------------
STEP = '<tiendo:step offset="-3" unit="workingDays" to="assignee" action="remind"/>'
case(
    "escalation.host",
    task(extension(f"<tiendo:escalation>{STEP}</tiendo:escalation>"), "manualTask"),
    "t",
)
case(
    "escalation.recipient-unknown",
    ladder(f"<tiendo:escalation>{STEP}</tiendo:escalation>", "callActivity", calledElement="p"),
    "t",
)
case("escalation.empty", ladder("<tiendo:escalation/>"), "t")
case(
    "escalation.step-invalid",
    ladder(f"<tiendo:escalation>{STEP.replace('-3', 'ba')}</tiendo:escalation>"),
    "t",
)
case("escalation.step-duplicate", ladder(f"<tiendo:escalation>{STEP}{STEP}</tiendo:escalation>"), "t")
case(
    "escalation.no-due-date",
    ladder(f"<tiendo:escalation>{STEP}</tiendo:escalation>", camunda__dueDate=""),
    "t",
)

# --- expressions ------------------------------------------------------------------------------------------
case(
    "flow.condition-syntax",
    choice(default="d").flow("g", "a", "x >", identity="f").flow("g", "b", identity="d"),
    "f",
)
case("expression.syntax", task(camunda__assignee="= an +"), "t")
case("expression.types", task(camunda__dueDate='= if date(han) > "2026-01-01" then han else today()'), "t")
case("expression.juel", task(camunda__assignee="${bean.pick(x)}"), "t")
LANGUAGE = (
    '<bpmn:sequenceFlow id="f" sourceRef="g" targetRef="a"><bpmn:conditionExpression language="python">x'
)
case(
    "expression.language",
    choice(default="d")
    .flow("g", "b", identity="d")
    .raw(f"{LANGUAGE}</bpmn:conditionExpression></bpmn:sequenceFlow>"),
    "f",
)
case(
    "expression.empty",
    choice("inclusiveGateway", default="d").flow("g", "a", "", identity="f").flow("g", "b", identity="d"),
    "f",
    "flow.always-taken",
)

# --- references -------------------------------------------------------------------------------------------
case("call.unknown-process", task(tag="callActivity", calledElement="nowhere"), "t")
case("decision.unknown", task(tag="businessRuleTask", camunda__decisionRef="nowhere"), "t")
case("form.unknown", task(camunda__formKey="nowhere"), "t")

# --- elements ---------------------------------------------------------------------------------------------
case(
    "element.unsupported",
    diagram().start().node("choreographyTask", "c").end(),
    "c",
)
case("element.unknown", simple().end().raw('<bpmn:usertask id="wrong"/>'), "wrong")

case(
    "process.unique-key-value",
    diagram("p", 'tiendo:uniqueBusinessKey="có"').start().user_task("u").end(),
    "p",
)
case(
    "process.unique-key-timer",
    diagram("p", 'tiendo:uniqueBusinessKey="true"')
    .start(body=timer("timeCycle", "R/P1D"))
    .user_task("u")
    .end(),
    "start",
)

# --- compensation, transactions, behaviours ---------------------------------------------------------------
CANCEL = "<bpmn:cancelEventDefinition/>"
LINK = '<bpmn:association id="as" sourceRef="b" targetRef="{}"/>'


def caught(handler: str = "", link: str = LINK.format("h")) -> Diagram:
    """Draw u with a compensation boundary event b, what is drawn as its handler, and a throw event."""
    drawing = simple().throw("throw", compensation()).end()
    return drawing.boundary("b", "u", compensation()).at(None).raw(handler).raw(link).at("b")


HANDLER = '<bpmn:task id="h" isForCompensation="true"/>'
case("compensation.no-handler", caught(link=""), "b")
case("compensation.not-a-handler", caught('<bpmn:task id="h"/>'), "b", "node.unreachable")
case(
    "compensation.several-handlers",
    caught(HANDLER + HANDLER.replace('"h"', '"h2"'))
    .raw('<bpmn:association id="as2" sourceRef="b" targetRef="h2"/>'),
    "b",
)  # fmt: skip
case(
    "compensation.boundary-flow",
    caught(HANDLER).end("e2"),
    "b",
)
case("compensation.handler-flow", caught(HANDLER).at("h").end("e2"), "h")
case("compensation.handler-unlinked", simple().raw(HANDLER).end(), "h")
case(
    "compensation.of-process",
    simple().end().inside("s", triggeredByEvent="true").start("s1", compensation()).end("e1").outside(),
    "s",
)
case("compensation.activity-not-visible", simple().throw("t", compensation("nowhere")).end(), "t")
case("compensation.activity-without-handler", simple().throw("t", compensation("u")).end(), "t")
case("compensation.nothing", simple().throw("t", compensation()).end(), "t")
case("compensation.never-thrown", simple().undone_by("h").end(), "u_undo")
case(
    "compensation.call-not-undone",
    simple().undone_by("h").node("callActivity", "c", calledElement="p").throw("t", compensation()).end(),
    "c",
)


def deal(end: str = CANCEL, body: str = "") -> Diagram:
    """Draw a transaction x."""
    drawing = diagram().start().inside("x", "transaction", body).start("s").user_task("u").end("e1", end)
    return drawing.outside().end()


case("cancel.outside-transaction", simple().end("e", CANCEL), "e")
case("cancel.boundary-not-on-transaction", simple().end().boundary("b", "u", CANCEL).end("e2"), "b")
case("cancel.not-caught", deal(), "x")
case("cancel.never-thrown", deal("").boundary("b", "x", CANCEL).end("e2"), "b")
case(
    "transaction.repeats",
    deal(body=multi(cardinality("2"))).boundary("b", "x", CANCEL).end("e2"),
    "x",
)


def behaving(body: str = "", **attributes: str) -> Diagram:
    """Draw u over three items with a behaviour; an event definition told stands at the root."""
    told = '<bpmn:signalEventDefinition id="told" signalRef="s"/>'
    drawing = diagram().signal("s").root(told).start()
    return drawing.user_task("u", multi(cardinality("3") + body, **attributes)).end()


WHEN = (
    "<bpmn:complexBehaviorDefinition><bpmn:condition>true</bpmn:condition>{}</bpmn:complexBehaviorDefinition>"
)
case("behaviour.unknown", behaving(behavior="Some"), "u")
case("behaviour.no-event", behaving(behavior="One"), "u")
case("behaviour.no-condition", behaving(behavior="Complex"), "u")
case(
    "behaviour.event-kind",
    behaving(WHEN.format("<bpmn:event><bpmn:terminateEventDefinition/></bpmn:event>"), behavior="Complex"),
    "u",
)
case(
    "behaviour.does-not-interrupt",
    behaving(behavior="One", oneBehaviorEventRef="told").boundary("b", "u", event("signal", "s")).end("e2"),
    "b",
)


# --- several tokens at once -------------------------------------------------------------------------------
def branched(split: str, join: str, **attributes: str) -> Diagram:
    """Draw two user tasks between a splitting and a joining gateway g."""
    drawing = diagram().start().node(split, "x", **attributes).at(None).user_task("a").node(join, "g").end()
    return drawing.at(None).user_task("b").flow("b", "g")


case(
    "join.never-both",
    branched("exclusiveGateway", "parallelGateway", default="d").flow("x", "a", "n > 1")
    .flow("x", "b", identity="d"),
    "g",
)  # fmt: skip
case(
    "merge.parallel-branches",
    branched("parallelGateway", "exclusiveGateway").flow("x", "a").flow("x", "b"),
    "g",
)
case(
    "loop.adds-tokens",
    diagram().start().user_task("u").parallel("g").user_task("more").end().flow("g", "u"),
    "g",
)
case(
    "loop.endless",
    diagram().start().script_task("a").exclusive("g").flow("g", "a"),
    "a",
)
case("loop.no-exit", diagram().start().user_task("a").exclusive("g").flow("g", "a"), "a")


def appending() -> Diagram:
    """Draw script s that adds to the list log."""
    return diagram().start().script_task("s", "append(log, 1)", camunda__resultVariable="log")


case("loop.growing-list", appending().user_task("u").flow("u", "s"), "s", "loop.no-exit")
case(
    "multi-instance.growing",
    appending().user_task("u", multi(camunda__collection="log")).exclusive("g", default="d").at(None).end()
    .flow("g", "s", "n > 1").flow("g", "end", identity="d"),
    "u",
)  # fmt: skip
case(
    "timer.piles-up",
    simple().end().boundary("b", "u", timer("timeCycle", "R/P7D"), cancelActivity="false").user_task("more")
    .end("e2"),
    "b",
)  # fmt: skip

# --- what never happens -----------------------------------------------------------------------------------
case(
    "boundary.never-fires",
    diagram().start().script_task("t").end().boundary("b", "t", timer("timeDuration", "PT1H")).end("e2"),
    "b",
)
case(
    "event.never-thrown",
    simple().end().boundary("b", "u", event("escalation", "l")).escalation("l").end("e2"),
    "b",
)
case("timer.past", on_timer("timeDate", "2025-12-31T17:00:00+07:00"), "c")
case("user-task.past-due", task(camunda__dueDate="2025-12-31"), "t")
case("user-task.follow-up-late", task(camunda__dueDate="P3D", camunda__followUpDate="P5D"), "t")
LATER = STEP.replace("-3", "1").replace("remind", "escalate")
case(
    "escalation.step-order",
    ladder(f"<tiendo:escalation>{LATER}{STEP}</tiendo:escalation>"),
    "t",
)
EARLY = STEP.replace("remind", "overdue")
case("escalation.overdue-early", ladder(f"<tiendo:escalation>{EARLY}</tiendo:escalation>"), "t")

# --- variables --------------------------------------------------------------------------------------------
case(
    "variable.misspelt",
    diagram().start().script_task("s", camunda__resultVariable="quyet_dinh").exclusive("g", default="d")
    .at(None).user_task("u").end().at(None).end("e2").flow("g", "u", "quyet_dihn > 1", identity="f")
    .flow("g", "e2", identity="d"),
    "f",
)  # fmt: skip
case(
    "variable.unknown",
    diagram().start("start", timer("timeCycle", "R/P7D")).exclusive("g", default="d")
    .at(None).task("u").end().at(None).end("e2").flow("g", "u", "decision > 1", identity="f")
    .flow("g", "e2", identity="d"),
    "f",
)  # fmt: skip
case(
    "variable.out-of-loop",
    diagram().start().user_task("t", multi(cardinality("3"))).script_task("s", "loopCounter + 1").end(),
    "s",
)

"""Cases of the rules about choice and counting: ad-hoc sub-processes, complex gateways, several definitions.

The list they go into is that of cases.py.
"""

from tests.engine.diagrams import Diagram, cardinality, diagram, event, link, multi, timer
from tests.engine.lint.cases import case, simple, task

# --- ad-hoc sub-processes ---------------------------------------------------------------------------------
ENOUGH = "<bpmn:completionCondition>enough</bpmn:completionCondition>"


def ad_hoc(**attributes: str) -> Diagram:
    """Draw start → ad-hoc sub-process `a` with user task `u`, still open."""
    opened = diagram().start().inside("a", "adHocSubProcess", ENOUGH, **attributes)
    return opened.at(None).user_task("u")


case("ad-hoc.empty", diagram().start().inside("a", "adHocSubProcess", ENOUGH).outside().end(), "a")
case("ad-hoc.start-or-end", ad_hoc().end("e").outside().end(), "e")
case(
    "ad-hoc.entry",
    ad_hoc().at(None).exclusive("g").user_task("v").outside().end(),
    "g",
)
case(
    "ad-hoc.sequential-split",
    ad_hoc(ordering="Sequential").user_task("v").at("u").user_task("w").outside().end(),
    "u",
)
case("ad-hoc.ordering", ad_hoc(ordering="sequential").outside().end(), "a")
case(
    "ad-hoc.no-condition",
    diagram().start().inside("a", "adHocSubProcess").at(None).user_task("u").outside().end(),
    "a",
)

# --- complex gateways, quantities -------------------------------------------------------------------------
case(
    "complex-gateway.no-condition",
    diagram()
    .start()
    .parallel("split")
    .user_task("u")
    .node("complexGateway", "g")
    .end()
    .at("split")
    .user_task("v")
    .flow("v", "g"),
    "g",
)
case("activity.quantity", task(startQuantity="0"), "t")
case("activity.quantity", task(completionQuantity="-1"), "t")

# --- several definitions ----------------------------------------------------------------------------------
SIGNALS = event("signal", "s") + event("signal", "s2")
case(
    "multiple.definition",
    diagram().signal("s").start().catch("c", event("signal", "s") + link("A")).end(),
    "c",
)
case(
    "multiple.definition",
    diagram()
    .signal("s")
    .error("e")
    .start()
    .user_task("u")
    .end()
    .boundary("b", "u", event("signal", "s") + event("error", "e"), parallelMultiple="true")
    .end("e2"),
    "b",
)
case(
    "multiple.two-ends",
    diagram().error("e").start().end("x", event("error", "e") + "<bpmn:terminateEventDefinition/>"),
    "x",
)
case(
    "multiple.parallel-single",
    diagram().signal("s").start("x", event("signal", "s"), parallelMultiple="true").user_task("u").end(),
    "x",
)

# --- instantiation ----------------------------------------------------------------------------------------
RECEIVES = {"messageRef": "m", "instantiate": "true"}


def gateway(*kinds: str, **attributes: str) -> Diagram:
    """Draw an instantiating gateway `g` before events."""
    drawn = diagram().message("m").at(None).node("eventBasedGateway", "g", instantiate="true", **attributes)
    for number, body in enumerate(kinds):
        drawn.at("g").catch(f"c{number}", body).end(f"e{number}")
    return drawn


case(
    "instantiate.misplaced",
    simple().end().message("m").at(None).node("receiveTask", "r", **RECEIVES).end("e2"),
    "r",
    "node.unreachable",
)
case("instantiate.misplaced", simple().message("m").node("receiveTask", "r", **RECEIVES).end(), "r")
case("instantiate.event", gateway(event("message", "m"), timer("timeDuration", "PT1H")), "g")
case(
    "instantiate.loop",
    diagram().message("m").at(None).node("receiveTask", "r", multi(cardinality("2")), **RECEIVES).end(),
    "r",
)
case(
    "event-gateway.parallel",
    diagram()
    .message("m")
    .start()
    .node("eventBasedGateway", "g", eventGatewayType="Parallel")
    .catch("c", event("message", "m"))
    .end()
    .at("g")
    .catch("c2", timer("timeDuration", "PT1H"))
    .end("e2"),
    "g",
)

# --- data associations ------------------------------------------------------------------------------------
ASSIGN = "<bpmn:dataInputAssociation><bpmn:assignment>{}</bpmn:assignment></bpmn:dataInputAssociation>"
case("data.incomplete", task(ASSIGN.format("<bpmn:from>= a</bpmn:from>")), "t")
case("data.target-unknown", task(ASSIGN.format("<bpmn:from>= a</bpmn:from><bpmn:to>b[1]</bpmn:to>")), "t")

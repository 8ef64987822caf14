"""The ways tokens can go inside one scope, for the rules that reason about several tokens at once."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from engine.bpmn import is_true
from engine.lint.model import Diagram, Flow, Node, Scope
from engine.transforms.links import link_name

#: nodes times questions above which a scope is too large to be reasoned about; drawn by hand none is
EFFORT = 400_000

_JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
#: nodes that put a token on several outgoing flows at once
_SPLITS = _JOINS


@dataclass(frozen=True, kw_only=True)
class Step:
    """One way on from a node: over a flow, to a boundary event, or over a link."""

    source: Node
    target: Node
    flow: Flow | None = None


class Paths:
    """The steps of a scope, forwards and backwards."""

    def __init__(self, diagram: Diagram, scope: Scope) -> None:
        """Read the steps once."""
        self.diagram, self.scope = diagram, scope
        self.ahead: dict[Node, list[Step]] = {node: [] for node in scope.nodes}
        self.behind: dict[Node, list[Step]] = {node: [] for node in scope.nodes}
        for step in self._steps():
            if step.target in self.behind:
                self.ahead[step.source].append(step)
                self.behind[step.target].append(step)

    def _steps(self) -> Iterator[Step]:
        catches = {link_name(node.xml): node for node in self.scope.nodes if _catches_link(node)}
        for node in self.scope.nodes:
            for flow in node.outgoing:
                if flow.target is not None:
                    yield Step(source=node, target=flow.target, flow=flow)
            for boundary in self.diagram.boundaries(node):
                yield Step(source=node, target=boundary)
            name = link_name(node.xml) if node.kind == "intermediateThrowEvent" else ""
            if name and name in catches:
                yield Step(source=node, target=catches[name])

    def after(self, first: Node, *, barrier: Collection[Node] = ()) -> set[Node]:
        """Give the nodes a token can come to from a node, itself included, never on behind a barrier."""
        return self._walk(first, barrier, forwards=True)

    def before(self, last: Node, *, barrier: Collection[Node] = ()) -> set[Node]:
        """Give the nodes from which a token can come to a node, itself included."""
        return self._walk(last, barrier, forwards=False)

    def _walk(self, first: Node, barrier: Collection[Node], *, forwards: bool) -> set[Node]:
        steps = self.ahead if forwards else self.behind
        seen, pending = {first}, [first]
        while pending:
            node = pending.pop()
            if node in barrier:
                continue
            for step in steps[node]:
                found = step.target if forwards else step.source
                if found not in seen:
                    seen.add(found)
                    pending.append(found)
        return seen

    @property
    def joins(self) -> list[Node]:
        """Give the gateways that bring several tokens together."""
        return [node for node in self.scope.nodes if node.kind in _JOINS and len(node.incoming) > 1]

    def may_multiply(self, node: Node) -> bool:
        """Tell whether a token may leave a node as several."""
        if len(node.outgoing) > 1 and node.kind not in {"exclusiveGateway", "eventBasedGateway"}:
            return True
        is_parallel = node.xml.get("eventGatewayType") == "Parallel"
        return is_parallel or self.repeats(node) or any(map(self.repeats, self.diagram.boundaries(node)))

    def repeats(self, node: Node) -> bool:
        """Tell whether several tokens may leave over one and the same way."""
        is_beside = node.kind == "boundaryEvent" and not node.is_interrupting
        return is_beside or (node.xml.get("completionQuantity") or "1").strip() != "1"

    def cycles(self) -> list[set[Node]]:
        """Give the sets of nodes that a token can go round in, each as large as it is."""
        found = _components({node: [step.target for step in steps] for node, steps in self.ahead.items()})
        return [
            part
            for part in found
            if len(part) > 1 or any(s.target in part for s in self.ahead[next(iter(part))])
        ]


def splits(node: Node) -> bool:
    """Tell whether a node always puts a token on every outgoing flow."""
    if len(node.outgoing) <= 1 or any(flow.condition for flow in node.outgoing):
        return False
    is_gateway = node.kind.endswith("Gateway")
    return node.kind == "parallelGateway" or (not is_gateway and not node.xml.get("default"))


def is_ad_hoc(scope: Scope) -> bool:
    """Tell whether people choose the order of the steps."""
    return str(scope.xml.tag).endswith("}adHocSubProcess")


def may_be_interrupted(diagram: Diagram, scope: Scope) -> bool:
    """Tell whether something beside the flow may end a scope or one around it."""
    current: Scope | None = scope
    while current is not None:
        for node in current.nodes:
            starts = [
                inner
                for inner in diagram.scopes
                if inner.xml is node.xml and is_true(node.xml.get("triggeredByEvent"))
            ]
            if any(start.is_interrupting for inner in starts for start in inner.starts):
                return True
        holder = diagram.node(current.xml.get("id") or "") if current.parent else None
        if holder is not None and any(one.is_interrupting for one in diagram.boundaries(holder)):
            return True
        current = current.parent
    return False


def _catches_link(node: Node) -> bool:
    return node.kind == "intermediateCatchEvent" and node.event == "link"


def _components(steps: dict[Node, list[Node]]) -> list[set[Node]]:
    """Give the strongly connected components, without recursion (Tarjan)."""
    order: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    found: list[set[Node]] = []
    for root, first in steps.items():
        if root in order:
            continue
        _enter(root, order, low, stack, on_stack)
        work = [(root, iter(first))]
        while work:
            node, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    found.append(_leave(node, stack, on_stack))
            elif following not in order:
                _enter(following, order, low, stack, on_stack)
                work.append((following, iter(steps[following])))
            elif following in on_stack:
                low[node] = min(low[node], order[following])
    return found


def _enter(
    node: Node, order: dict[Node, int], low: dict[Node, int], stack: list[Node], on_stack: set[Node]
) -> None:
    order[node] = low[node] = len(order)
    stack.append(node)
    on_stack.add(node)


def _leave(node: Node, stack: list[Node], on_stack: set[Node]) -> set[Node]:
    part: set[Node] = set()
    while node not in part:
        part.add(stack.pop())
    on_stack -= part
    return part

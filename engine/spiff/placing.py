"""Tokens put and taken by hand: the scope an element belongs to is found, opened or asked for.

Nothing here steps; the caller runs the execution once all instructions are carried out.
"""

from collections.abc import Iterable

from engine.spiff import compensation
from engine.spiff.execution import Execution
from engine.spiff.expressions import evaluate_json
from engine.spiff.graph import ProcessGraph
from engine.spiff.nodes.activities import Activity
from engine.spiff.nodes.ad_hoc import OFFERS, AdHocSubProcess, begun
from engine.spiff.nodes.base import Node
from engine.spiff.nodes.gateways import EventBasedGateway, Gateway, Join, ParallelGateway
from engine.spiff.token import STARTED, Token
from foundation.errors import Conflict, Invalid
from foundation.texts import _


def node_of(graph: ProcessGraph, element: str) -> Node:
    """Give the drawn node with this id; Invalid when the diagram has none."""
    node = graph.task_specs.get(element)
    if node is None or node is graph.start or not element:
        raise Invalid(
            _("Sơ đồ không có bước “{element}”.", element=element),
            fields={"element": _("Hãy chọn một bước của sơ đồ.")},
            element=element,
        )
    found: Node = node
    return found


def enclosing(node: Node) -> list[Node]:
    """Give the sub-processes a node is drawn in, the outermost first."""
    found: list[Node] = []
    while node.scope is not None:
        node = node.graph.node(node.scope)
        found.insert(0, node)
    return found


def scope_for(execution: Execution, node: Node, *, chosen: str | None, near: Token | None) -> Token:
    """Give the live scope a node runs in, opening sub-processes that are not open.

    Where several are open (items of a multi-instance), `chosen` or the scopes around `near` decide;
    otherwise Conflict lists them.
    """
    preferred: set[str] = set()
    for token in (execution.token(chosen) if chosen else None, near):
        if token is not None:
            preferred |= {one.id for one in token.lineage()}
    scope = execution.root
    for subprocess in enclosing(node):
        scope = _inner_scope(execution, subprocess, scope, preferred)
    if chosen is not None and chosen not in {one.id for one in scope.lineage()}:
        raise Invalid(
            _("“{scope}” không phải phạm vi chứa bước “{name}”.", scope=chosen, name=node.title),
            fields={"scope": _("Hãy chọn một phạm vi đang mở chứa bước này.")},
            element=node.element.id,
        )
    return scope


def start_before(execution: Execution, node: Node, scope: Token) -> Token:
    """Put a token at a node as if it had just arrived; at a join it counts for a flow still missing."""
    if node.element.attached_to is not None:
        raise Conflict(
            _("Sự kiện biên “{name}” không có phía trước; hãy chọn bắt đầu sau nó.", name=node.title),
            element=node.element.id,
        )
    if node.element.is_for_compensation:
        raise Conflict(
            _("Bước “{name}” chỉ chạy khi hoàn tác một bước khác.", name=node.title), element=node.element.id
        )
    internal = {}
    if isinstance(node, Join):
        waiting = node.arrived_in(scope)
        missing = [flow.id for flow in node.incoming if flow.id not in waiting]
        internal = {"flow": missing[0]} if missing else {}
    return execution.spawn(node, scope, internal=internal)


def start_after(execution: Execution, node: Node, scope: Token) -> None:
    """Put tokens behind a node as if it had just been completed."""
    decides = isinstance(node, (Gateway, EventBasedGateway)) and not isinstance(node, ParallelGateway)
    if not node.outgoing or (decides and len(node.outgoing) > 1):
        raise Conflict(
            _(
                "Không bắt đầu sau “{name}” được: sau bước này có {count} hướng. "
                "Hãy chọn thẳng bước cần đến.",
                name=node.title,
                count=len(node.outgoing),
            ),
            element=node.element.id,
        )
    execution.continue_from(node, scope)


def withdraw(execution: Execution, token: Token) -> Token | None:
    """Cancel a token with everything inside it; gives the scope that may now be empty."""
    if token is execution.root:
        raise Conflict(_("Không bỏ được cả quy trình theo cách này; hãy hủy phiên chạy."))
    if token.listens:
        raise Conflict(
            _("“{name}” chỉ lắng nghe bên cạnh; hãy chọn bước mà nó gắn vào.", name=token.node.title),
            element=token.node.element.id,
        )
    if token.internal_data.get("gateway") and token.scope is not None:
        token = token.scope
    node = token.node
    if "inner" in token.internal_data and isinstance(node, Activity):
        node.withdraw(token)
        return None
    scope = token.scope
    execution.remove(token, is_cancelled=True)
    return scope


def close_emptied(execution: Execution, scopes: Iterable[Token]) -> None:
    """Cancel sub-processes in which nothing is left; Conflict when nothing is left of the process."""
    for emptied in scopes:
        scope: Token | None = emptied
        while scope is not None and scope.id in execution.tasks and _is_empty(scope):
            if compensation.is_under_way(scope):
                compensation.skip(scope)
                break
            if OFFERS in scope.internal_data:
                scope.node.scope_done(scope)  # an ad-hoc sub-process waits for the next choice, or ends
                break
            if scope is execution.root:
                raise Conflict(
                    _("Sau can thiệp này quy trình không còn bước nào; muốn kết thúc thì hãy hủy phiên chạy.")
                )
            scope = withdraw(execution, scope)


def _is_empty(scope: Token) -> bool:
    return all(token.listens for token in scope.inside())


def _inner_scope(execution: Execution, subprocess: Node, parent: Token, preferred: set[str]) -> Token:
    live = _live(subprocess, parent)
    if len(live) > 1:
        live = [token for token in live if token.id in preferred]
        if len(live) != 1:
            raise _ambiguous(subprocess, parent)
    return live[0] if live else _open(execution, subprocess, parent)


def _live(subprocess: Node, parent: Token) -> list[Token]:
    """Give the open scopes of a sub-process inside a scope: itself, or its instances."""
    here = [token for token in parent.inside() if token.node is subprocess and not token.listens]
    if subprocess.element.multi is None and subprocess.element.loop is None:
        return here
    return [inner for outer in here for inner in outer.inside() if "inner" in inner.internal_data]


def _ambiguous(subprocess: Node, parent: Token) -> Conflict:
    scopes = [{"token": token.id, "scope": token.scope_path()} for token in _live(subprocess, parent)]
    return Conflict(
        _(
            "Bước “{name}” đang chạy {count} phần song song; hãy chọn phần cần can thiệp.",
            name=subprocess.title,
            count=len(scopes),
        ),
        element=subprocess.element.id,
        field="scope",
        scopes=scopes[:100],
    )


def _open(execution: Execution, subprocess: Node, parent: Token) -> Token:
    element = subprocess.element
    if element.multi is not None or element.loop is not None:
        raise Conflict(
            _("Bước lặp “{name}” chưa bắt đầu; hãy bắt đầu trước chính bước đó.", name=subprocess.title),
            element=element.id,
        )
    scope = execution.spawn(subprocess, parent, state=STARTED, internal={"entered": True})
    execution.happened("element.entered", scope)
    for mapping in element.inputs:
        scope.data[mapping.target] = evaluate_json(scope, mapping.value)
    if isinstance(subprocess, AdHocSubProcess):
        scope.internal_data.update(begun())
    subprocess.arm_boundaries(scope)
    execution.arm_event_subprocesses(scope)
    return scope

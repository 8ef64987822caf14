"""Two versions of one process held against each other: which element of the new one takes over a token.

Judging changes nothing; `take_over` moves the tokens of an execution onto the other graph.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.spiff import compensation
from engine.spiff.elements import Element, Flow
from engine.spiff.execution import Execution
from engine.spiff.graph import ProcessGraph
from engine.spiff.nodes import ad_hoc
from engine.spiff.nodes.activities import Activity
from engine.spiff.nodes.base import Node
from engine.spiff.nodes.complex_gateway import RESET
from engine.spiff.nodes.gateways import EventBasedGateway, Join
from engine.spiff.token import READY, WAITING, Token
from engine.verdicts import Remark, Verdict, of
from foundation.texts import Text, _

#: what a waiting token was given when it came and keeps, though the new version would give something else
KEPT: Mapping[str, tuple[Text, Callable[[Element], object]]] = {
    "form_changed": (
        _("Biểu mẫu của bước “{name}” đã đổi; việc đang mở giữ biểu mẫu cũ."),
        lambda one: one.attributes.get("formKey") or one.attributes.get("formRef"),
    ),
    "people_changed": (
        _("Người hoặc nhóm làm bước “{name}” đã đổi; việc đang mở giữ người được giao."),
        lambda one: (
            (one.attributes.get("assignee"), one.attributes.get("candidateGroups"))
            if {"assignee", "candidateGroups"} & set(one.attributes)
            else one.lane
        ),
    ),
    "due_changed": (
        _("Cách tính hạn của bước “{name}” đã đổi; việc đang mở giữ hạn cũ."),
        lambda one: (one.attributes.get("dueDate"), one.ladder),
    ),
    "topic_changed": (
        _("Chủ đề của bước tự động “{name}” đã đổi; việc đang chờ giữ chủ đề cũ."),
        lambda one: one.attributes.get("topic"),
    ),
    "timer_changed": (
        _("Giờ hẹn “{name}” đã đổi cách tính; hẹn giờ đang chạy giữ thời điểm cũ."),
        lambda one: (one.event.timer_kind, one.event.expression) if one.event.kind == "timer" else None,
    ),
    "event_changed": (
        _("“{name}” ở phiên bản mới chờ tin khác; phiên này vẫn chờ tin cũ."),
        lambda one: (one.event.name, one.event.correlation_key) if one.event.kind != "timer" else None,
    ),
    "interrupting_changed": (
        _("Sự kiện “{name}” đổi giữa dừng và không dừng bước; phiên này theo phiên bản mới."),
        lambda one: one.is_interrupting,
    ),
    "called_changed": (
        _("Bước “{name}” gọi quy trình khác; các phiên con đang chạy giữ nguyên."),
        lambda one: one.attributes.get("calledElement"),
    ),
    "repetition_changed": (
        _("Cách lặp của bước “{name}” đã đổi; số phần đang chạy giữ nguyên, điều kiện theo phiên bản mới."),
        lambda one: (one.multi, one.loop),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Correspondence:
    """Which element of the new version continues which of the old one: by id unless mapped otherwise."""

    source: ProcessGraph
    target: ProcessGraph
    mapping: Mapping[str, str] = field(default_factory=dict)

    def judge(self, execution: Execution) -> Verdict:
        """Say for an execution of the old version whether and how it can go on in the new one."""
        problems: list[Remark] = []
        warnings: list[Remark] = []
        for token in execution.tasks.values():
            problems += self._of_undoing(token)
            if token.scope is None:
                continue
            if token.listens or token.internal_data.get("gateway"):
                warnings += self._of_listener(token)
            else:
                problems += self._problems(token)
                warnings += self._warnings(token)
        warnings += [_added(node) for _scope, node in self._missing(execution)]
        return of(problems, warnings)

    def take_over(self, execution: Execution) -> dict[str, list[str]]:
        """Put every token onto its node of the new version; gives the events let go and newly listened to.

        Call it only when `judge` found no problem.
        """
        missing = list(self._missing(execution))
        dropped = [token for token in execution.tasks.values() if self._is_let_go(token)]
        for token in dropped:
            execution.remove(token, is_cancelled=True)
        for token in execution.tasks.values():
            compensation.rename(token.internal_data, self.name_of)
            ad_hoc.rename(token.internal_data, self._live_name_of)
            if token.scope is not None:
                self._rename_flow(token)
                token.task_spec = self._counterpart(token.node)
            else:
                token.task_spec = self.target.start
        execution.graph = execution.spec = self.target
        for scope, node in missing:
            kind = {"gateway": True} if isinstance(scope.node, EventBasedGateway) else {"listens": True}
            node.arm(execution.spawn(node, scope, state=WAITING, internal=kind))
        return {
            "dropped": [token.node.element.id for token in dropped],
            "armed": [node.element.id for _scope, node in missing],
        }

    # --- elements ---------------------------------------------------------------------------------------

    def name_of(self, element: str | None) -> str | None:
        """Give the id an element of the old version has in the new one; None stays None."""
        return None if element is None else self.mapping.get(element, element)

    def _live_name_of(self, element: str) -> str | None:
        """Give the id an element has in the new version, None when it is gone."""
        name = self.mapping.get(element, element)
        return name if name in self.target.task_specs else None

    def _counterpart(self, node: Node) -> Node | None:
        found: Node | None = self.target.task_specs.get(self.name_of(node.element.id))
        return None if found is self.target.start else found

    def _problems(self, token: Token) -> Iterator[Remark]:
        node = token.node
        new = self._counterpart(node)
        if new is None:
            yield _remark(
                node, "element_gone", _("Bước “{name}” không còn trong phiên bản mới.", name=node.title)
            )
            return
        if not _is_same_kind(node, new):
            yield _remark(
                node,
                "type_changed",
                _(
                    "Bước “{name}” đổi loại từ {old} sang {new}.",
                    name=node.title,
                    old=_kind(node.element),
                    new=_kind(new.element),
                ),
            )
        if new.scope != self.name_of(node.scope):
            yield _remark(
                node,
                "scope_changed",
                _("Bước “{name}” đã chuyển vào hoặc ra khỏi quy trình con.", name=node.title),
            )
        if _repetition(node.element) != _repetition(new.element):
            yield _remark(
                node,
                "repetition_kind_changed",
                _("Bước “{name}” đổi kiểu lặp (một lần, tuần tự, song song).", name=node.title),
            )
        if isinstance(node, Join) and RESET not in token.internal_data and self._flow(token, new) is None:
            yield _remark(
                node, "flow_gone", _("Cổng “{name}” không còn nhánh mà phiên này đã đi qua.", name=node.title)
            )

    def _warnings(self, token: Token) -> Iterator[Remark]:
        node = token.node
        new = self._counterpart(node)
        if new is None:
            return
        yield from _kept(node, new)
        if isinstance(node, Join) and len(new.incoming) > len(node.incoming):
            yield _remark(
                node,
                "join_grew",
                _("Cổng “{name}” chờ thêm nhánh mới; nhánh đó có thể không tới.", name=node.title),
            )

    def _of_undoing(self, token: Token) -> Iterator[Remark]:
        """What completed and may have to be undone must be there in the new version, with what undoes it."""
        for element in compensation.elements(token.internal_data):
            node = self.source.node(element)
            new = self._counterpart(node)
            if new is None or _undone_by(new) != _undone_by(node):
                yield _remark(
                    node,
                    "undoing_changed",
                    _(
                        "Bước “{name}” đã xong và có thể phải hoàn tác, nhưng cách hoàn tác đã đổi.",
                        name=node.title,
                    ),
                )

    # --- events beside the flow -------------------------------------------------------------------------

    def _of_listener(self, token: Token) -> Iterator[Remark]:
        node = token.node
        new = self._continues(node, token)
        if new is not None:
            yield from _kept(node, new)
            return
        yield _remark(
            node,
            "event_removed",
            _("Sự kiện “{name}” không còn ở phiên bản mới; thôi lắng nghe.", name=node.title),
        )

    def _is_let_go(self, token: Token) -> bool:
        beside = token.listens or token.internal_data.get("gateway")
        return bool(beside) and self._continues(token.node, token) is None

    def _continues(self, node: Node, token: Token | None = None) -> Node | None:
        """Give the event of the new version that goes on listening for one of the old version."""
        new = self._counterpart(node)
        if new is None or not _is_same_kind(node, new):
            return None
        if self.name_of(node.element.attached_to) != new.element.attached_to:
            return None
        if new.scope != self.name_of(node.scope):
            return None
        if token is not None and token.internal_data.get("gateway") and token.scope is not None:
            gateway = self._counterpart(token.scope.node)
            if gateway is None or all(flow.target != new.element.id for flow in gateway.outgoing):
                return None
        return new

    def _missing(self, execution: Execution) -> Iterator[tuple[Token, Node]]:
        """Give the events the old version did not have, each with the scope it listens in."""
        continued = {
            new.element.id for node in self.source.nodes if (new := self._continues(node)) is not None
        }
        for token in tuple(execution.tasks.values()):
            for node in self._listeners(token):
                if node.element.id not in continued:
                    yield token, node

    def _listeners(self, token: Token) -> Iterator[Node]:
        """Give the events of the new version that listen while this token lives."""
        if token.state == READY or token.listens:
            return
        new = self.target.start if token.scope is None else self._counterpart(token.node)
        if new is None:
            return
        if isinstance(new, Activity) and "inner" not in token.internal_data:
            yield from new.boundaries
        if isinstance(new, EventBasedGateway):
            yield from (self.target.node(flow.target) for flow in new.outgoing)
        if token.scope is None or _is_open_scope(token):
            if any(inner.node.element.is_event_subprocess for inner in token.inside()):
                return
            for subprocess in self.target.event_subprocesses(new.scope_id):
                yield from self.target.starts(subprocess.element.id)

    # --- flows ------------------------------------------------------------------------------------------

    def _flow(self, token: Token, new: Node) -> Flow | None:
        """Give the flow of the new version that stands for the one a token at a join came over."""
        came_over = token.internal_data.get("flow")
        if came_over is None:
            return new.incoming[0] if new.incoming else None
        return self._flow_for(came_over, new)

    def _flow_for(self, flow_id: str, new: Node) -> Flow | None:
        for flow in new.incoming:
            if flow.id == flow_id:
                return flow
        old = self.source.flows.get(flow_id)
        if old is None:
            return None
        same = [flow for flow in new.incoming if flow.source == self.name_of(old.source)]
        return same[0] if len(same) == 1 else None

    def _rename_flow(self, token: Token) -> None:
        new, facts = self._counterpart(token.node), token.internal_data
        if not isinstance(token.node, Join) or new is None:
            return
        if RESET in facts:
            found = [self._flow_for(flow_id, new) for flow_id in facts[RESET]]
            facts[RESET] = [flow.id for flow in found if flow is not None]
            return
        flow = self._flow(token, new)
        if flow is not None:
            facts["flow"] = flow.id


def _is_same_kind(old: Node, new: Node) -> bool:
    return type(old) is type(new) and _kind(old.element) == _kind(new.element)


def _kind(element: Element) -> str:
    event = "" if element.event.kind == "none" else f" ({element.event.kind})"
    return f"{element.type}{event}{' (event)' if element.is_event_subprocess else ''}"


def _undone_by(node: Node) -> tuple[bool, bool]:
    return node.handler is not None, node.graph.undo_subprocess(node.element.id) is not None


def _repetition(element: Element) -> tuple[Any, ...]:
    multi = element.multi
    return (
        multi is not None and ("sequential" if multi.is_sequential else "parallel"),
        element.loop is not None,
    )


def _is_open_scope(token: Token) -> bool:
    if token.node.element.is_event_subprocess or compensation.RESTORED in token.internal_data:
        return False
    return token.node.opens_scope(token)


def _kept(old: Node, new: Node) -> Iterator[Remark]:
    for code, (text, read) in KEPT.items():
        if read(old.element) != read(new.element):
            yield _remark(old, code, Text(text.template, {"name": old.title}))


def _added(node: Node) -> Remark:
    return _remark(
        node, "event_added", _("Sự kiện “{name}” mới có; bắt đầu lắng nghe từ khi chuyển.", name=node.title)
    )


def _remark(node: Node, code: str, text: Text) -> Remark:
    return Remark(element=node.element.id, name=node.title, code=code, text=text)

"""What an administrator can act on in an instance: live tokens, steps, scopes; past repairs in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import graphs, modifications
from engine.lint.labels import label
from engine.models import HistoryEvent, ProcessInstance
from engine.modifications import Position
from engine.repairs import SKIPPABLE
from engine.spiff.nodes.base import Node
from foundation.texts import Text, _
from web import context

#: repairs shown on the page of an instance; the history has all of them
SHOWN = 10
#: lines of history an administrator causes, with what was done in words
REPAIRS: Mapping[str, tuple[Text, str]] = {
    "instance.modified": (_("Can thiệp vị trí đang chạy"), "redo"),
    "activity.skipped": (_("Bỏ qua bước"), "chevron-right"),
    "variables.repaired": (_("Sửa biến"), "edit"),
    "incident.retried": (_("Thử lại việc hỏng"), "retry"),
    "incident.closed": (_("Đóng sự cố"), "check"),
    "instance.forked": (_("Tách phiên mới từ bước"), "tree"),
    "instance.migrated": (_("Chuyển sang phiên bản khác"), "published"),
    "instance.suspended": (_("Tạm dừng"), "pause"),
    "instance.resumed": (_("Chạy tiếp"), "play"),
    "instance.cancel_requested": (_("Yêu cầu hủy"), "cancel"),
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One entry of a list: a token, or an element of the diagram."""

    value: str
    words: str
    #: element on the diagram, so that a click there chooses this entry
    element: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The lists of the repair forms."""

    tokens: tuple[Choice, ...]
    #: tokens that wait for the outside and may be skipped
    skippable: tuple[Choice, ...]
    #: sub-processes and items of multi-instances that are open
    scopes: tuple[Choice, ...]
    #: steps a token may be put at
    steps: tuple[Choice, ...]
    #: steps a new instance may begin at
    past: tuple[Choice, ...]
    revision: int


def panel(session: Session, instance: ProcessInstance) -> Panel:
    """Give what can be acted on; an ended instance can only be forked."""
    graph = graphs.of_definition(session, instance.definition_id)
    found = modifications.positions(session, instance)
    steps = tuple(_step(node) for node in graph.nodes if _may_begin(node))
    return Panel(
        tokens=tuple(_token(one) for one in found),
        skippable=tuple(
            _token(one)
            for one in found
            if not one.is_container and SKIPPABLE & set(graph.node(one.element).rows)
        ),
        scopes=tuple(_token(one) for one in found if one.is_container),
        steps=steps,
        past=tuple(_step(node) for node in graph.nodes if _may_begin(node) and node.scope is None),
        revision=instance.revision,
    )


def done(session: Session, instance_id: str) -> list[HistoryEvent]:
    """Give the last repairs of an instance, the newest first."""
    statement = select(HistoryEvent).where(
        HistoryEvent.instance_id == instance_id, HistoryEvent.type.in_(list(REPAIRS))
    )
    return list(session.scalars(statement.order_by(HistoryEvent.seq.desc()).limit(SHOWN)))


def told(line: HistoryEvent) -> dict[str, Any]:
    """Give a repair in words: what was asked, what was before, what came of it."""
    data = line.data or {}
    return {
        "asked": [_asked(one) for one in data.get("instructions", ())],
        "before": _side(data, "before"),
        "after": _side(data, "after"),
        "reason": data.get("reason") or "",
        "instance": data.get("instance"),
        "more": _more(line.type, data),
    }


def places(found: list[dict[str, Any]]) -> str:
    """Write where an instance stands: “Soạn dự thảo, Kiểm tra (3)”."""
    words = [
        f"{one['name'] or one['element']} ({one['count']})"
        if one["count"] > 1
        else one["name"] or one["element"]
        for one in found
    ]
    return ", ".join(words) or context.text(_("không còn bước nào"))


def _side(data: dict[str, Any], side: str) -> str:
    value = data.get(side)
    if isinstance(value, list):
        return places(value)
    if isinstance(value, dict) and set(value) == {"version"}:
        return context.text(_("phiên bản {version}", version=value["version"]))
    if isinstance(value, dict):
        return "; ".join(f"{name} = {_short(one)}" for name, one in value.items()) or context.text(
            _("chưa có")
        )
    if isinstance(value, str):
        return context.text(STATES.get(value, Text(value)))
    return ""


def _asked(one: dict[str, Any]) -> str:
    words = {
        "move": _("Chuyển từ “{source}” đến “{target}”"),
        "cancel": _("Bỏ vị trí ở “{source}”"),
        "start_before": _("Bắt đầu trước “{target}”"),
        "start_after": _("Bắt đầu sau “{target}”"),
    }[one["type"]]
    names = {"source": one.get("from_name", ""), "target": one.get("to_name", "")}
    return context.text(Text(words.template, names))


def _more(kind: str, data: dict[str, Any]) -> str:
    if kind == "instance.forked":
        taken = data.get("variables_from") == "history"
        return context.text(
            _("Biến lấy như lúc đến bước đó.") if taken else _("Biến lấy theo giá trị hiện tại.")
        )
    if kind == "incident.retried" and data.get("tries"):
        return context.text(_("Số lần thử mới: {tries}.", tries=data["tries"]))
    return str(data.get("message") or "")


def _short(value: Any) -> str:
    raw = orjson.dumps(value).decode()
    return raw if len(raw) <= 80 else f"{raw[:77]}…"  # noqa: PLR2004  what fits into one line


def _token(one: Position) -> Choice:
    item = one.scope.rpartition("[")[2].rstrip("]") if one.scope.endswith("]") else ""
    words = f"{one.name or one.element} · {context.text(label(one.type)).lower()}"
    return Choice(value=one.token, words=f"{words} · {item}" if item else words, element=one.element)


def _step(node: Node) -> Choice:
    inside = f"{node.graph.node(node.scope).title} › " if node.scope else ""
    kind = context.text(label(node.element.type)).lower()
    return Choice(value=node.element.id, words=f"{inside}{node.title} · {kind}", element=node.element.id)


def _may_begin(node: Node) -> bool:
    element = node.element
    return not (element.origin or element.attached_to or element.is_for_compensation)


STATES: Mapping[str, Text] = {
    "running": _("đang chạy"),
    "suspended": _("tạm dừng"),
    "cancelled": _("đã hủy"),
}

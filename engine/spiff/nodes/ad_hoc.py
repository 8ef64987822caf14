"""Ad-hoc sub-processes: what is done, in which order and how often, is decided while it runs.

BPMN 2.0 §10.3.5 and §13.3.5. The activities no flow leads to are enabled from the beginning. Those that need
nobody start by themselves: in parallel all at once, sequentially one after the other in document order. Those
that somebody has to choose (user and manual tasks, calls, sub-processes with such in them) start by command,
as often as wanted. Flows inside are followed as drawn; with sequential ordering what follows belongs to the
activity it began with.

It ends when its completion condition holds after an activity: what still runs is cancelled, or waited for
with `cancelRemainingInstances="false"`. The standard asks for a condition but says nothing about diagrams
without one; here they end when every enabled activity was done at least once and nothing runs, or when a
person ends them.
"""

from collections.abc import Callable
from typing import Any

from engine.spiff import compensation
from engine.spiff.elements import AdHoc
from engine.spiff.expressions import holds
from engine.spiff.nodes.activities import Activity
from engine.spiff.nodes.base import Node
from engine.spiff.nodes.subprocesses import SubProcess
from engine.spiff.token import STARTED, Token
from foundation.errors import Conflict
from foundation.texts import _

#: activities somebody chooses to do
_CHOSEN = frozenset({"userTask", "manualTask", "callActivity"})


#: fact of the scope's token while activities can be chosen
OFFERS = "offers"


def begun() -> dict[str, Any]:
    """Give the facts of a scope in which nothing was done yet."""
    return {OFFERS: True, "done": {}, "queue": []}


def rename(facts: dict[str, Any], name_of: Callable[[str], str | None]) -> None:
    """Let a scope know its activities by their ids in another version; those that are gone are forgotten."""
    if OFFERS not in facts:
        return
    done = {name_of(activity): times for activity, times in facts["done"].items()}
    facts["done"] = {activity: times for activity, times in done.items() if activity is not None}
    facts["queue"] = [name for activity in facts["queue"] if (name := name_of(activity)) is not None]


class AdHocSubProcess(SubProcess):
    """A scope whose activities are chosen. The scope's token keeps what was done (`done`) and what is left.

    `internal_data` of the scope's token: `offers` (it waits for choices), `done` ({activity: times}),
    `queue` (ids that start by themselves, sequentially), `closing` (the condition held).
    """

    @property
    def ad_hoc(self) -> AdHoc:
        """How it is drawn."""
        return self.element.ad_hoc or AdHoc(
            is_sequential=False, completion_condition=None, cancels_remaining=True
        )

    @property
    def activities(self) -> list[Node]:
        """The activities that are enabled at entry, in document order."""
        return [node for node in self.graph.starts(self.element.id) if isinstance(node, Activity)]

    def work(self, token: Token) -> bool | None:
        """Open the scope and start what needs nobody."""
        token._set_state(STARTED)
        execution = token.execution
        execution.arm_event_subprocesses(token)
        token.internal_data.update(begun())
        itself = [node for node in self.activities if not needs_somebody(node)]
        if self.ad_hoc.is_sequential:
            token.internal_data["queue"] = [node.element.id for node in itself]
            self.scope_done(token)
        else:
            for node in itself:
                execution.spawn(node, token)
        return None

    def activate(self, token: Token, activity: str) -> None:
        """Start one of the enabled activities; Conflict says why it cannot start now."""
        node = next((one for one in self.activities if one.element.id == activity), None)
        if node is None or "offers" not in token.internal_data:
            raise Conflict(
                _(
                    "“{activity}” không phải bước chọn được trong “{name}”.",
                    activity=activity,
                    name=self.title,
                )
            )
        if token.internal_data.get("closing"):
            raise Conflict(_("“{name}” đang kết thúc, không nhận thêm việc mới.", name=self.title))
        if not self.accepts(token):
            raise Conflict(
                _("“{name}” làm lần lượt từng việc; hãy hoàn thành việc đang làm trước.", name=self.title)
            )
        token.execution.happened("ad_hoc.activated", token, {"activity": activity})
        token.execution.spawn(node, token)

    def accepts(self, token: Token) -> bool:
        """Tell whether an activity can be started now."""
        is_closing = token.internal_data.get("closing", False)
        return not is_closing and not (self.ad_hoc.is_sequential and is_busy(token))

    def end(self, token: Token, reason: str) -> None:
        """End it by a person's decision; what still runs is cancelled."""
        token.execution.happened("ad_hoc.ended", token, {"reason": reason})
        self._close(token)

    def inner_completed(self, token: Token, node: Node) -> bool:
        """Look at the completion condition after an activity inside; True when nothing may follow it."""
        if not isinstance(node, Activity):
            return False
        facts, rule = token.internal_data, self.ad_hoc
        done = facts["done"]
        done[node.element.id] = done.get(node.element.id, 0) + 1
        if rule.completion_condition is not None and not facts.get("closing"):
            facts["closing"] = holds(token, rule.completion_condition)
        if not facts.get("closing"):
            return False
        if rule.cancels_remaining or not is_busy(token):
            self._close(token)
        return True

    def scope_done(self, token: Token) -> None:
        """Nothing runs inside: start what is next, end, or wait for a choice."""
        facts = token.internal_data
        if "offers" not in facts or compensation.is_under_way(token):
            super().scope_done(token)
        elif facts.get("closing"):
            self._close(token)
        elif facts["queue"]:
            token.execution.spawn(self.graph.node(facts["queue"].pop(0)), token)
        elif self.ad_hoc.completion_condition is None and all(
            node.element.id in facts["done"] for node in self.activities
        ):
            self._close(token)

    def _close(self, token: Token) -> None:
        execution = token.execution
        for inner in token.inside():
            if inner.node.element.attached_to != self.element.id:
                execution.remove(inner, is_cancelled=True)
        del token.internal_data["offers"]
        self.finish(token)


def is_busy(token: Token) -> bool:
    """Tell whether something runs inside."""
    return any(not inner.listens for inner in token.inside())


def needs_somebody(node: Node) -> bool:
    """Tell whether a person chooses to do an activity; all others start by themselves."""
    if node.element.type in _CHOSEN:
        return True
    return any(needs_somebody(inner) for inner in node.graph.inside(node.element.id))

"""Rules of the rarer elements, each broken in one way: compensation, transactions, joins, choices."""

from dataclasses import replace
from typing import Any

import pytest

from engine.spiff import compensation
from engine.spiff.elements import AdHoc, EventDefinition
from engine.spiff.nodes.ad_hoc import AdHocSubProcess
from engine.spiff.nodes.complex_gateway import ComplexGateway
from engine.spiff.nodes.events import Event
from engine.spiff.token import Token


def compensation_begins_with_the_oldest(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(compensation, "_order", lambda record: -record["n"])


def what_is_undone_does_not_see_the_values_of_its_sub_process(patch: pytest.MonkeyPatch) -> None:
    right = compensation._record
    patch.setattr(compensation, "_record", lambda *given: right(*given) | {"d": {}})


def completed_sub_processes_are_not_undone(patch: pytest.MonkeyPatch) -> None:
    right = compensation._undo

    def undo(driver: Token, record: dict[str, Any]) -> None:
        right(driver, {**record, "i": []} if "i" in record else record)

    patch.setattr(compensation, "_undo", undo)


def compensation_of_one_activity_undoes_all(patch: pytest.MonkeyPatch) -> None:
    right = compensation._take
    patch.setattr(compensation, "_take", lambda scopes, _activity: right(scopes, None))


def compensation_beside_is_waited_for(patch: pytest.MonkeyPatch) -> None:
    right = compensation.throw

    def throw(token: Token, event: EventDefinition) -> bool:
        return right(token, replace(event, waits=True))

    patch.setattr(compensation, "throw", throw)


def a_cancelled_transaction_undoes_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(compensation, "_completed_in", lambda _scope: [])


def a_join_of_n_of_m_lets_latecomers_go_on(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ComplexGateway, "_resetting", lambda *_given: None)


def a_join_of_n_of_m_waits_for_all(patch: pytest.MonkeyPatch) -> None:
    right = ComplexGateway._holds

    def holds(self: ComplexGateway, token: Token, condition: Any, waiting: Any, *, is_start: bool) -> bool:
        return len(waiting) == len(self.incoming) and right(self, token, condition, waiting, is_start=is_start)

    patch.setattr(ComplexGateway, "_holds", holds)


def a_parallel_multiple_event_goes_on_with_the_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Event, "gather", lambda _self, _token, variables: variables)


def an_ad_hoc_sub_process_ignores_its_condition(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AdHocSubProcess, "inner_completed", lambda *_given: False)


def an_ad_hoc_sub_process_always_cancels_what_still_runs(patch: pytest.MonkeyPatch) -> None:
    right = AdHocSubProcess.ad_hoc

    def ad_hoc(self: AdHocSubProcess) -> AdHoc:
        drawn: AdHoc = right.fget(self)  # type: ignore[misc]  # the getter of a property
        return replace(drawn, cancels_remaining=True)

    patch.setattr(AdHocSubProcess, "ad_hoc", property(ad_hoc))


def a_condition_is_never_noticed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("engine.spiff.nodes.events.wake_conditional", lambda *_given: False)


ALL = tuple(
    value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__module__", "") == __name__ and "_" in name
)

"""Rules of the rarer elements, each broken in one way: compensation and transactions."""

from typing import Any

import pytest

from engine.spiff import compensation
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


def a_cancelled_transaction_undoes_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(compensation, "_completed_in", lambda _scope: [])


ALL = tuple(
    value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__module__", "") == __name__ and "_" in name
)

"""The try-out of decisions: the form that a model asks for, and what the model answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from engine import decision_trials, dmn
from engine.calendar import CalendarOnDemand
from engine.decision_trials import Field, Trial
from engine.dmn.model import Model
from engine.feel.errors import FeelLimitExceeded
from foundation.errors import Invalid
from web import context
from web.gate import runtime
from web.posted import problems

#: what stands before the name of an input in a form
PREFIX = "in:"


@dataclass(frozen=True, kw_only=True)
class Tried:
    """The form of a try-out, what was typed, and the answer when there is one."""

    decision: str
    fields: tuple[Field, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    answer: Trial | None = None
    #: why nothing was decided
    refusal: str = ""

    @property
    def matched(self) -> dict[str, tuple[int, ...]]:
        """Give the matched rules by decision."""
        return {one.element: one.rules for one in self.answer.made} if self.answer is not None else {}


def form(model: Model, key: str) -> Tried:
    """Give the empty form of a decision."""
    return Tried(decision=key, fields=decision_trials.fields(model, dmn.find(model, key)))


def asked(session: Session, model: Model, key: str) -> Tried:
    """Answer what the request asks of a decision."""
    decision = dmn.find(model, key)
    wanted = decision_trials.fields(model, decision)
    typed = {
        name.removeprefix(PREFIX): text for name, text in request.form.items() if name.startswith(PREFIX)
    }
    answer: Trial | None = None
    errors: dict[str, str] = {}
    refusal = ""
    try:
        values: Mapping[str, Any] = decision_trials.read(wanted, typed)
        answer = decision_trials.run(
            model, decision, values, now=runtime().clock.now(), calendar=CalendarOnDemand(session)
        )
    except (dmn.DecisionError, FeelLimitExceeded) as error:
        refusal = context.text(error.text)
    except Invalid as error:
        errors = problems(error)
    return Tried(decision=key, fields=wanted, values=typed, errors=errors, answer=answer, refusal=refusal)

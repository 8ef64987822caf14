"""What a multi-instance activity counts and throws while its instances complete (BPMN 2.0 §10.3.8, §13.3.7).

`None` throws for every completed instance, `One` for the first, `All` nothing. `Complex` throws the events
whose condition holds, and then the other instances are cancelled and the token goes on (table 10.31).

None and One only report how far the activity is: the token still comes when all instances are done. So a
boundary event of the activity that catches such a signal or escalation spawns its flow beside the activity,
and never ends the instances that are still at work, however it is drawn; the lint says so.
"""

from typing import Any

from engine.spiff.elements import EventDefinition, MultiInstance, Value
from engine.spiff.expressions import evaluate_json, text_of
from engine.spiff.token import Token

#: fact of the outer token while it throws what its behaviour says
REPORTING = "reports"


def counters(outer: Token) -> dict[str, Any]:
    """Give the standard counters of the instances, by their names in BPMN and in Camunda diagrams."""
    facts = outer.internal_data
    withdrawn = facts.get("withdrawn", 0)
    numbers = {
        "Instances": facts["total"],
        "CompletedInstances": facts["done"],
        "ActiveInstances": facts["started"] - facts["done"] - withdrawn,
        "TerminatedInstances": withdrawn,
    }
    return {f"{prefix}{name}": number for prefix in ("numberOf", "nrOf") for name, number in numbers.items()}


def holds_with_counters(outer: Token, condition: Value) -> bool:
    """Tell whether a condition holds that may ask for the counters."""
    known = {**outer.variables(), **counters(outer)}
    return bool(evaluate_json(outer, condition, variables=known) is True)


def is_exhausted(outer: Token) -> bool:
    """Tell whether no instance is left to start or to wait for."""
    facts = outer.internal_data
    over, total = facts["done"] + facts.get("withdrawn", 0), facts["total"]
    return bool(over >= total)


def is_reporting(outer: Token) -> bool:
    """Tell whether the event that reaches a boundary now is a report of the activity itself."""
    return REPORTING in outer.internal_data


def report(outer: Token, multi: MultiInstance) -> bool:
    """Throw what one more completed instance makes due; True when the activity is over by that."""
    done = outer.internal_data["done"]
    if multi.behaviour == "Complex":
        met = [one for one in multi.complex if holds_with_counters(outer, one.condition)]
        for one in met:
            _throw(outer, one.event)
        return bool(met)
    if multi.behaviour == "None" or (multi.behaviour == "One" and done == 1):
        _throw(outer, multi.event)
    return False


def _throw(outer: Token, event: EventDefinition | None) -> None:
    execution = outer.execution
    if event is None or outer.id not in execution.tasks:
        return
    variables = counters(outer)
    execution.happened("behaviour.thrown", outer, {"event": event.kind, "name": event.name})
    outer.internal_data[REPORTING] = True
    if event.kind == "signal":
        execution.signal(event.name or "", variables)
    elif event.kind == "escalation":
        execution.throw(outer, "escalation", event.name, variables)
    elif event.kind == "error":
        del outer.internal_data[REPORTING]
        execution.fail(outer, event.name, variables, event.message)
    elif event.kind == "message":
        key = text_of(outer, event.correlation_key) or ""
        execution.send(outer, event.name or "", key, variables)
    outer.internal_data.pop(REPORTING, None)

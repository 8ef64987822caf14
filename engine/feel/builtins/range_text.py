"""Reads a range from text: only literals may stand at its ends (DMN 1.5 table 74, `range`)."""

from typing import Any

from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError
from engine.feel.nodes import Call, Constant, Name, Node, Postfix, RangeOf
from engine.feel.run import Run
from engine.feel.values import Range

_MAKERS = frozenset({"date", "time", "date and time", "duration"})


def read_range(run: Run, text: str) -> Range | None:
    """Give the range, None when the text is none or has anything but literals at its ends."""
    from engine.feel.compiler import Compiler
    from engine.feel.forms import Parser

    run.charge(20 + len(text))
    try:
        node = Parser(text, limits=run.limits).whole()
    except (FeelSyntaxError, FeelLimitExceeded):
        return None
    if type(node) is not RangeOf or not (_literal(node.low) and _literal(node.high)) or not node.dotted:
        return None
    found: Any = Compiler(limits=run.limits).code(node)(run)
    return found if type(found) is Range else None


def _literal(node: Node | None) -> bool:
    if type(node) is Postfix:
        step = node.steps[0]
        return (
            len(node.steps) == 1
            and type(node.base) is Name
            and node.base.name in _MAKERS
            and type(step) is Call
            and all(type(argument) is Constant for argument in step.arguments)
        )
    return node is None or type(node) is Constant

r"""FEEL, the expression language of DMN 1.5 (§10.3): compile once, evaluate many times, always bounded.

    engine.feel.compile("amount > 1000 and unit = "HR"").evaluate(variables, now=clock.now()).value

An expression sees only the mapping it is given and the built-in functions; it cannot reach Python objects,
the network, files or the machine's clock. What cannot be computed is null, with a warning saying why.
"""

from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError, Warning_
from engine.feel.expressions import Evaluation, Expression, UnaryTests, compile, compile_unary_tests  # noqa: A004  as in re
from engine.feel.limits import DEFAULT, Limits
from engine.feel.ports import WorkingTime

__all__ = [
    "DEFAULT",
    "Evaluation",
    "Expression",
    "FeelLimitExceeded",
    "FeelSyntaxError",
    "Limits",
    "UnaryTests",
    "Warning_",
    "WorkingTime",
    "compile",
    "compile_unary_tests",
]

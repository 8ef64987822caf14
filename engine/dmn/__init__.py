"""Decision models (DMN 1.1–1.6): read the XML, decide, and say what is wrong with a model.

    model = engine.dmn.read(xml)
    engine.dmn.decide(model, "urgency", {"days left": 3}, now=clock.now()).value

Expressions are FEEL (`engine.feel`), with its limits; a result names the rules that matched.
"""

from engine.dmn.deciding import DecisionResult, decide, find, invoke
from engine.dmn.errors import DecisionError
from engine.dmn.libraries import read_all
from engine.dmn.lint import lint
from engine.dmn.model import Decision, Model, Problem
from engine.dmn.reader import read

__all__ = [
    "Decision",
    "DecisionError",
    "DecisionResult",
    "Model",
    "Problem",
    "decide",
    "find",
    "invoke",
    "lint",
    "read",
    "read_all",
]

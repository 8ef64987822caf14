"""What is wrong with a decision model, before it is published."""

from engine.dmn.model import Model, Problem
from engine.dmn.program import program_of


def lint(model: Model) -> list[Problem]:
    """Give the problems of a model: mistakes in expressions with their place, missing references, cycles."""
    return list(program_of(model).problems)

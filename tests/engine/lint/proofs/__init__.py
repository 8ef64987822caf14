"""One small play per row of the support table that runs: what is drawn, and what it is seen to do.

A new row needs a function in one of these modules, marked `@proves(element, event, place)`; test_played.py
fails without it. Each asserts what only this element does, never just that the diagram deploys.
"""

from tests.engine.lint.proofs import (
    activities,
    boundaries,
    chosen,
    ends,
    gateways,
    intermediate,
    several,
    shared,
    starts,
    undoing,
)
from tests.engine.lint.proofs.stage import PROOFS

__all__ = [
    "PROOFS",
    "activities",
    "boundaries",
    "chosen",
    "ends",
    "gateways",
    "intermediate",
    "several",
    "shared",
    "starts",
    "undoing",
]

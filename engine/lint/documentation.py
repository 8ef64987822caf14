"""The catalogue of rules and of supported elements, for the pages that document them."""

from dataclasses import dataclass

from engine import rules
from engine.findings import Severity
from engine.lint import support
from foundation.texts import Text


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One rule as the documentation shows it."""

    code: str
    severity: Severity
    #: message with the places still open
    message: Text
    #: why it matters
    explanation: Text
    example: str


def catalogue() -> tuple[Entry, ...]:
    """Give every rule of gate and lint by code; the checks declared them when they were imported."""
    return tuple(
        Entry(
            code=rule.code,
            severity=rule.severity,
            message=Text(rule.message.template),
            explanation=rule.why,
            example=rule.example,
        )
        for rule in rules.registered()
    )


def supported() -> tuple[support.Row, ...]:
    """Give the table of elements, supported and refused."""
    return support.ROWS

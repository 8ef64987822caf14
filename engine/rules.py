"""Rules: each problem the lint knows, declared once with its code, severity, message, reason and example.

A rule makes its own findings, so that no message is written twice and the catalogue page lists what is
really checked. Declaring a rule registers it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lxml.etree import _Element as XmlElement

from engine.bpmn import FLOW_NODES, local
from engine.findings import Finding, Severity
from foundation.texts import Text

#: parameters of a message that are of no use to machines
_FOR_PEOPLE = frozenset({"name"})

#: elements a finding is about even when their id is missing
_OWN_NAME = FLOW_NODES | {"sequenceFlow", "process"}

_registered: dict[str, "Rule"] = {}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of the lint; `{name}` in the message is the quoted label of the element, or its id."""

    code: str
    severity: Severity
    message: Text
    #: why it matters, for the catalogue
    why: Text
    #: a short piece of diagram that breaks the rule
    example: str

    def at(
        self,
        node: XmlElement,
        file: str,
        *,
        severity: Severity | None = None,
        place: XmlElement | None = None,
        **params: Any,
    ) -> Finding:
        """Make a finding for an element; `place` is the child whose line is meant, default the element."""
        element = _identified(node)
        label = element.get("name") or element.get("id") or local(element)
        source = place if place is not None else node
        facts = {"line": source.sourceline, **params}
        return self._finding(
            file,
            severity=severity,
            element=element.get("id") or "",
            element_name=element.get("name") or "",
            params={"name": f"“{_short(label)}”", **params},
            facts=facts,
        )

    def for_file(self, file: str, *, severity: Severity | None = None, **params: Any) -> Finding:
        """Make a finding for a whole file."""
        return self._finding(file, severity=severity, params=params, facts=params)

    def _finding(
        self,
        file: str,
        *,
        severity: Severity | None,
        params: Mapping[str, object],
        facts: Mapping[str, object],
        element: str = "",
        element_name: str = "",
    ) -> Finding:
        plain = {
            key: str(fact) if isinstance(fact, Text) else fact
            for key, fact in facts.items()
            if fact is not None and key not in _FOR_PEOPLE
        }
        return Finding(
            file=file,
            element=element,
            element_name=element_name,
            rule=self.code,
            severity=severity or self.severity,
            message=Text(self.message.template, dict(params)),
            facts=MappingProxyType(plain),
        )


def error(code: str, message: Text, *, why: Text, example: str) -> Rule:
    """Declare a rule whose findings block a deployment."""
    return _register(Rule(code=code, severity="error", message=message, why=why, example=example))


def warning(code: str, message: Text, *, why: Text, example: str) -> Rule:
    """Declare a rule whose findings are advice."""
    return _register(Rule(code=code, severity="warning", message=message, why=why, example=example))


def registered() -> tuple[Rule, ...]:
    """Give all declared rules by code."""
    return tuple(_registered[code] for code in sorted(_registered))


def _register(rule: Rule) -> Rule:
    known = _registered.setdefault(rule.code, rule)
    if known != rule:
        raise ValueError(f"rule {rule.code} is declared twice")
    return rule


def _identified(node: XmlElement) -> XmlElement:
    """Give the nearest element with an id that people see: an event rather than its definition."""
    current: XmlElement | None = node
    while current is not None:
        kind = local(current)
        if kind in _OWN_NAME or (
            current.get("id") and kind and not kind.endswith(("EventDefinition", "Characteristics"))
        ):
            return current
        current = current.getparent()
    return node


def _short(label: str, limit: int = 80) -> str:
    flat = " ".join(label.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"

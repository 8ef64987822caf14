"""Binds the topics of service tasks and the escalation ladder to the domain (processes/README.md)."""

from collections.abc import Mapping

from engine.ports import JobHandler
from processes.handlers import assignments, difficulties, directives, extensions, plans, reports
from processes.handlers.escalations import escalate

__all__ = ["HANDLERS", "escalate"]

#: topic → handler; a test holds this table against the shipped diagrams
HANDLERS: Mapping[str, JobHandler] = {
    **directives.HANDLERS,
    **plans.HANDLERS,
    **assignments.HANDLERS,
    **extensions.HANDLERS,
    **difficulties.HANDLERS,
    **reports.HANDLERS,
}

"""Binds the topics of service tasks and the escalation ladder to the domain."""

from engine.ports import EscalationNotice, JobHandler
from foundation.database import UnitOfWork

#: topic → handler
HANDLERS: dict[str, JobHandler] = {}


def escalate(work: UnitOfWork, notice: EscalationNotice) -> None:
    """Tell the people a ladder step names."""

"""Who does something: kept with every change, in history and in the audit."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person, machine or the system itself behind a command."""

    #: account id, or `system`
    id: str
    #: name as shown in history
    name: str
    #: id of the person acted for under a delegation (R-U6), else None
    on_behalf_of: str | None = None


#: the house itself: timers, schedules, job handlers
SYSTEM = Actor(id="system", name="Hệ thống")

"""Reads the inputs of a job: ids, days and decisions as the diagrams hand them over."""

from datetime import date

from engine.ports import JobContext
from foundation.errors import Invalid
from foundation.texts import _


def text(job: JobContext, name: str) -> str:
    """Give a text that must be there; raises Invalid naming the topic and the input."""
    found = optional(job, name)
    if found is None:
        raise Invalid(
            _("Bước “{topic}” thiếu giá trị “{name}”.", topic=job.topic, name=name),
            fields={name: _("Cần có giá trị.")},
            element=job.element,
        )
    return found


def optional(job: JobContext, name: str) -> str | None:
    """Give a text, None when it is absent, null or blank."""
    found = job.variables.get(name)
    return None if found is None or not str(found).strip() else str(found)


def number(job: JobContext, name: str) -> int | None:
    """Give a whole number, None when there is none; raises Invalid for anything else."""
    found = optional(job, name)
    if found is None:
        return None
    try:
        return int(found)
    except ValueError:
        raise Invalid(_("“{name}” phải là số, nhận được “{found}”.", name=name, found=found)) from None


def day(job: JobContext, name: str) -> date | None:
    """Give a day written as ISO 8601, None when there is none; raises Invalid for anything else."""
    found = optional(job, name)
    if found is None:
        return None
    try:
        return date.fromisoformat(found[:10])
    except ValueError:
        raise Invalid(
            _("“{name}” phải là ngày dạng 2024-03-31, nhận được “{found}”.", name=name, found=found)
        ) from None


def iso(value: date | None) -> str | None:
    """Give a day or moment as a variable holds it."""
    return None if value is None else value.isoformat()

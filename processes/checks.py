"""Domain rules asked before a form is accepted, so that the person hears of them while the form is open.

One function per form; forms without a row here have no rules beyond their own fields.
"""

from collections.abc import Callable, Mapping
from typing import Any

from directives.access import Principal
from foundation.database import UnitOfWork

Check = Callable[[UnitOfWork, Principal, str | None, Mapping[str, Any]], None]

#: form key → rules
CHECKS: dict[str, Check] = {}


def check(
    work: UnitOfWork, principal: Principal, form_key: str | None, business_key: str | None, values: Mapping[str, Any]
) -> None:
    """Raise what the domain has against these values, if anything."""
    rules = CHECKS.get(form_key or "")
    if rules is not None:
        rules(work, principal, business_key, values)

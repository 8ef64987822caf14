"""Marks on views: who may enter. Pages and API share the marks; each gate checks them in its own way.

    @rule("user_tasks.work")      a signed-in account with this right
    @signed_in                    anybody who is signed in
    @public                       anybody

A view without a mark is closed.
"""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
SIGNED_IN = "signed-in"


def rule(permission: str) -> Callable[[View], View]:
    """Open a view to accounts with a right; organisation scope is checked where the object is known."""

    def mark(view: View) -> View:
        view.__dict__["rule"] = permission
        return view

    return mark


def public(view: View) -> View:
    """Open a view to anybody."""
    return rule(PUBLIC)(view)


def signed_in(view: View) -> View:
    """Open a view to everybody who is signed in."""
    return rule(SIGNED_IN)(view)


def rule_of(view: Any) -> str | None:
    """Give the mark of a view function; None when nobody set one."""
    found: str | None = getattr(view, "rule", None)
    return found

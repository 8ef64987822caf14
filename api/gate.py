"""Who may enter: every view names its rule, and a view without one is closed.

@rule("user_tasks.work")      a signed-in account with this right
@public                       anybody: health, the API description
"""

from flask import Blueprint, current_app, g, request

from directives import access, api_keys
from directives.access import Principal
from foundation.errors import Forbidden, Unauthenticated
from foundation.texts import _
from processes.rules import PUBLIC, public, rule, rule_of
from processes.runtime import Runtime

__all__ = ["PUBLIC", "guard", "principal", "public", "rule", "rule_of", "runtime"]


def runtime() -> Runtime:
    """Give the running house."""
    found: Runtime = current_app.extensions["tiendo"]
    return found


def principal() -> Principal:
    """Give who asks; only inside a guarded view."""
    found: Principal = g.principal
    return found


def guard(blueprint: Blueprint) -> None:
    """Check the rule of every view of a blueprint before it runs."""
    if _check not in blueprint.before_request_funcs.get(None, ()):  # a second application may register it
        blueprint.before_request(_check)


def _check() -> None:
    permission = rule_of(current_app.view_functions.get(request.endpoint or ""))
    if permission is None:
        raise Forbidden(_("Đường dẫn này chưa được mở cho ai."))
    if permission == PUBLIC:
        return
    g.principal = _authenticate()
    access.require(g.principal, permission)


def _authenticate() -> Principal:
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Unauthenticated(_("Cần tiêu đề Authorization: Bearer <khóa API>."))
    house = runtime()
    now = house.clock.now()
    with house.database.reading() as session:
        found, owner = access.principal_of_key(session, key.strip(), now)
    if owner.is_touch_due:
        with house.database.unit_of_work() as work:
            api_keys.touch(work, owner.key_id)
            work.commit()
    return found

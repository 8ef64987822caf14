"""Who may see a page: every view names its rule, and a view without one is closed.

People come with a session cookie. Every unsafe request carries the session's CSRF token, in the form or in
a header, and comes from our own pages (`Sec-Fetch-Site`).
"""

import hmac

from flask import Blueprint, current_app, g, request

from directives import access, sign_in
from directives.access import Principal
from foundation.errors import Forbidden, Unauthenticated
from foundation.texts import _
from processes.rules import PUBLIC, SIGNED_IN, public, rule, rule_of, signed_in
from processes.runtime import Runtime

__all__ = [
    "PUBLIC",
    "SAFE_METHODS",
    "SIGNED_IN",
    "cookie_name",
    "csrf_token",
    "guard",
    "known",
    "principal",
    "public",
    "require_csrf",
    "rule",
    "rule_of",
    "runtime",
    "signed_in",
]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def runtime() -> Runtime:
    """Give the running house."""
    found: Runtime = current_app.extensions["tiendo"]
    return found


def principal() -> Principal:
    """Give who is looking; only inside a guarded view."""
    found: Principal = g.principal
    return found


def known() -> Principal | None:
    """Give who is looking, also outside a guarded view (error pages); None when nobody is signed in."""
    if "principal" not in g:
        session = _session()
        g.principal, g.session = session if session is not None else (None, None)
    found: Principal | None = g.principal
    return found


def csrf_token() -> str:
    """Give the token that unsafe requests of this session must carry; empty when nobody is signed in."""
    session: sign_in.SignedIn | None = g.get("session")
    return "" if session is None else session.csrf_token


def require_csrf() -> None:
    """Check the token of an unsafe request in a public view that changes something of the account."""
    _require_csrf_token(csrf_token())


def cookie_name() -> str:
    """Give the name of the session cookie; the `__Host-` prefix binds it to this host over https."""
    return "__Host-tiendo" if current_app.config["SESSION_COOKIE_SECURE"] else "tiendo"


def guard(blueprint: Blueprint) -> None:
    """Check the rule of every view of a blueprint before it runs."""
    blueprint.before_request(_check)


def _check() -> None:
    permission = rule_of(current_app.view_functions.get(request.endpoint or ""))
    if permission is None:
        raise Forbidden(_("Trang này chưa được mở cho ai."))
    _refuse_foreign_sites()
    who = known()
    if permission == PUBLIC:
        return
    if who is None:
        raise Unauthenticated
    if request.method not in SAFE_METHODS:
        _require_csrf_token(csrf_token())
    if permission != SIGNED_IN:
        access.require(who, permission)


def _session() -> tuple[Principal, sign_in.SignedIn] | None:
    token = request.cookies.get(cookie_name(), "")
    if not token:
        return None
    house = runtime()
    with house.database.reading() as session:
        found = access.principal_of_session(session, token, house.clock.now())
    if found is not None and found[1].is_touch_due:
        with house.database.unit_of_work() as work:
            sign_in.touch(work, found[1].id)
            work.commit()
    return found


def _refuse_foreign_sites() -> None:
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in {"same-origin", "none"}:
        raise Forbidden(_("Yêu cầu đến từ một trang khác nên bị từ chối."))


def _require_csrf_token(expected: str) -> None:
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(given, expected):
        raise Forbidden(_("Phiên làm việc đã đổi; hãy tải lại trang rồi thử lại."))

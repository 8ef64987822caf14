"""What every template gets: language, who is looking, navigation by right, counts, addresses, messages."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, request, url_for
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from sqlalchemy.orm import Session

from directives import access, notifications, organisations, people
from directives.access import Principal
from directives.roles import ROLES
from foundation.texts import LANGUAGES, Text
from processes import work_views
from web import browsers, gate

LANGUAGE_COOKIE = "tiendo-language"
FLASH_COOKIE = "tiendo-flash"
#: entry of the navigation → endpoint and the right it needs; shown when both are there
ENTRIES: Mapping[str, tuple[str, str]] = {
    "inbox": ("pages.inbox.index", "user_tasks.read"),
    "documents": ("pages.documents.index", "documents.read"),
    "plans": ("pages.plans.index", "plans.read"),
    "tree": ("pages.directives.index", "directives.read"),
    "reports": ("pages.reports.index", "reports.read"),
    "board": ("pages.board.index", "assignments.read"),
    "definitions": ("pages.definitions.index", "definitions.read"),
    "organisations": ("pages.organisations.index", "organisations.read"),
    "calendar": ("pages.calendar.index", "calendars.read"),
    "webhooks": ("pages.webhooks.index", "webhooks.read"),
    "incidents": ("pages.incidents.index", "incidents.read"),
    "accounts": ("pages.accounts.index", "accounts.read"),
}
#: roles from the one that best says who somebody is
_RANK = tuple(ROLES)
#: messages that fit into a cookie
_MOST_FLASHES = 3


def install(app: Flask) -> None:
    """Give the templates of an application their common context."""
    app.context_processor(_shell)
    app.after_request(_send_flashes)
    app.jinja_env.globals["_"] = _translated
    app.jinja_env.filters["text"] = text
    app.jinja_env.filters["browser"] = browsers.told
    app.jinja_env.globals["may"] = may


def language() -> str:
    """Give the language of the page: the account's, else the cookie's, else Vietnamese."""
    who: Principal | None = g.get("principal")
    wanted = who.language if who is not None else request.cookies.get(LANGUAGE_COOKIE, "vi")
    return wanted if wanted in LANGUAGES else "vi"


def text(message: Text | str | None) -> str:
    """Give a message in the language of the page."""
    if message is None:
        return ""
    return message.render(language()) if isinstance(message, Text) else message


def flash(message: Text, tone: str = "done") -> None:
    """Say something on the next page; tone is done, late, soon or term."""
    g.setdefault("flashes", []).append((tone, text(message)))


@pass_context
def _translated(context: Context, template: str, **values: Any) -> str | Markup:
    known = context.get("language") or language()
    return Text(template, values).render(known)


def _shell() -> dict[str, Any]:
    shell: dict[str, Any] = {"language": language(), "csrf_token": gate.csrf_token(), "urls": _urls()}
    if request.headers.get("HX-Request"):
        return shell
    shell |= {"flashes": _flashes(), "user": None, "nav": {}, "nav_counts": {}}
    who: Principal | None = g.get("principal")
    if who is None:
        return shell
    with gate.runtime().database.reading() as session:
        counts = _counts(session, who)
        user = _user(session, who)
    return shell | {"user": user, "nav": _nav(who), "nav_counts": counts}


def _urls() -> dict[str, str]:
    return {
        "home": url_for("pages.inbox.index"),
        "search": url_for("pages.search.index"),
        "notifications": url_for("pages.notifications.index"),
        "notifications_count": url_for("pages.notifications.count"),
        "inbox_count": url_for("pages.inbox.count"),
        "profile": url_for("pages.profile.index"),
        "sign_out": url_for("pages.sign_in.sign_out"),
        "language": url_for("pages.sign_in.change_language"),
    }


def _nav(who: Principal) -> dict[str, str]:
    known = current_app.view_functions
    return {
        key: url_for(endpoint)
        for key, (endpoint, right) in ENTRIES.items()
        if endpoint in known and access.allow(who, right)
    }


def _counts(session: Session, who: Principal) -> dict[str, int]:
    now = gate.runtime().clock.now()
    recipients = sorted(who.groups)
    return {
        "inbox": work_views.count(session, who),
        "notifications": notifications.count_unread(
            session, who.person_id or who.account_id, recipients, now
        ),
    }


def _user(session: Session, who: Principal) -> dict[str, str]:
    held = [] if who.person_id is None else people.positions(session, person_id=who.person_id)
    now = [
        one for one in held if one.valid_from <= who.on and (one.valid_to is None or one.valid_to >= who.on)
    ]
    if not now:
        return {"name": who.name, "position": "", "organisation": ""}
    best = min(now, key=lambda one: _RANK.index(one.role) if one.role in _RANK else len(_RANK))
    role = ROLES.get(best.role)
    return {
        "name": who.name,
        "position": best.title or (text(role.title) if role else ""),
        "organisation": organisations.name_on(session, best.organisation_id, who.on),
    }


def _flashes() -> list[tuple[str, str]]:
    given = request.cookies.get(FLASH_COOKIE, "")
    fresh: list[tuple[str, str]] = g.pop("flashes", [])
    if given:
        g.flashes_shown = True
    return [*_read_flashes(given), *fresh]


def _read_flashes(cookie: str) -> list[tuple[str, str]]:
    # the cookie is only ever shown to whoever sends it, and as plain text: it needs no signature
    try:
        lines = orjson.loads(base64.urlsafe_b64decode(cookie)) if cookie else []
        return [(str(tone), str(words)) for tone, words in lines[:_MOST_FLASHES]]
    except (binascii.Error, ValueError, TypeError):
        return []


def _send_flashes(response: Response) -> Response:
    waiting: list[tuple[str, str]] = g.get("flashes", [])
    if waiting:
        value = base64.urlsafe_b64encode(orjson.dumps(waiting[-_MOST_FLASHES:])).decode()
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(FLASH_COOKIE, value, max_age=60, httponly=True, secure=secure, samesite="Lax")
    elif g.get("flashes_shown"):
        response.delete_cookie(FLASH_COOKIE)
    return response


def may(right: str, organisation_id: str | None = None) -> bool:
    """Tell a template whether the person has a right, for an organisation if given."""
    who: Principal | None = g.get("principal")
    return who is not None and access.allow(who, right, organisation_id)

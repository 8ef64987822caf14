"""Signing in and out, and the language of the pages."""

from typing import Any

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from directives import accounts, sign_in
from foundation.errors import Unauthenticated
from foundation.texts import LANGUAGES, Text
from web import context, gate

blueprint = Blueprint("sign_in", __name__)

#: a choice of language lasts a year, in seconds
_YEAR = 365 * 24 * 3600


@blueprint.get("/sign-in")
@gate.public
def form() -> Any:
    """Ask for username and password."""
    if gate.known() is not None:
        return redirect(_wanted())
    return render_template("sign_in/form.html", username="", problem=None, wanted=_wanted())


@blueprint.post("/sign-in")
@gate.public
def sign_in_now() -> Any:
    """Open a session, or say what was wrong and keep the username."""
    username, password = request.form.get("username", ""), request.form.get("password", "")
    house = gate.runtime()
    try:
        with house.database.reading() as session:
            check = sign_in.check_password(session, username, password, house.clock.now())
        with house.database.unit_of_work() as work:
            opened = sign_in.sign_in(
                work, check, ip=request.remote_addr or "", agent=request.headers.get("User-Agent", "")
            )
            work.commit()
    except Unauthenticated as error:
        return _refused(username, error.text)
    response = make_response(redirect(_wanted()))
    response.set_cookie(
        gate.cookie_name(),
        opened.token,
        max_age=int(sign_in.ABSOLUTE.total_seconds()),
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


@blueprint.post("/sign-out")
@gate.signed_in
def sign_out() -> Response:
    """End the session of this browser."""
    with gate.runtime().database.unit_of_work(gate.principal().actor) as work:
        sign_in.sign_out(work, request.cookies.get(gate.cookie_name(), ""))
        work.commit()
    response = redirect(url_for("pages.sign_in.form"))
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.delete_cookie(gate.cookie_name(), path="/", secure=secure, httponly=True, samesite="Lax")
    return response


@blueprint.post("/language")
@gate.public
def change_language() -> Response:
    """Show the pages in the other language: for the account, and in this browser before signing in."""
    wanted = request.form.get("language", "vi")
    language = wanted if wanted in LANGUAGES else "vi"
    who = gate.known()
    if who is not None:
        gate.require_csrf()
        with gate.runtime().database.unit_of_work(who.actor) as work:
            accounts.change(work, who.account_id, language=language)
            work.commit()
    back = request.referrer or ""
    target = back.removeprefix(request.host_url.rstrip("/")) if back.startswith(request.host_url) else "/"
    response = redirect(_local(target))
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        context.LANGUAGE_COOKIE, language, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax"
    )
    return response


def _refused(username: str, problem: Text) -> Response:
    page = render_template("sign_in/form.html", username=username, problem=problem, wanted=_wanted())
    return make_response(page, 401)


def _wanted() -> str:
    return _local(request.values.get("next", "/"))


def _local(target: str) -> str:
    """Give an address of this house; anything else becomes the first page."""
    is_local = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return target if is_local and target.isprintable() and not target.startswith("/sign-in") else "/"

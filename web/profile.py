"""Hồ sơ: how am I known here, who acts for me? Language, password, sessions, own delegations."""

from typing import Any

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from directives import accounts, delegations, people, sign_in
from directives.access import Principal
from foundation.errors import Conflict, Forbidden, Invalid
from foundation.texts import Text, _
from processes import choices
from web import context, errors, gate, names
from web.days import day_of, days

blueprint = Blueprint("profile", __name__, url_prefix="/profile")


@blueprint.get("")
@gate.signed_in
def index() -> Any:
    """Show positions, delegations, sessions and the password form."""
    return _page()


@blueprint.post("/password")
@gate.signed_in
def change_password() -> Any:
    """Set another password after the present one was given; other sessions end."""
    who, house = gate.principal(), gate.runtime()
    present, new = request.form.get("present", ""), request.form.get("new", "")
    with house.database.reading() as session:
        username = g.session.account.username
        check = sign_in.check_password(session, username, present, house.clock.now())
    problems = _password_problems(check.account is not None, new)
    if not problems:
        try:
            with house.database.unit_of_work(who.actor) as work:
                accounts.set_password(work, who.account_id, new, keep_session_id=g.session.id)
                work.commit()
        except Invalid as error:
            problems = {"new": next(iter(errors.messages(error).values()))}
    if problems:
        return make_response(_page(problems=problems), 422)
    context.flash(_("Đã đổi mật khẩu; các phiên đăng nhập khác đã kết thúc."))
    return redirect(url_for(".index"))


@blueprint.post("/sessions/<session_id>/end")
@gate.signed_in
def end_session(session_id: str) -> Any:
    """End one of the own sessions, on another device."""
    who = gate.principal()
    with gate.runtime().database.unit_of_work(who.actor) as work:
        sign_in.end_session(work, session_id, account_id=who.account_id)
        work.commit()
    context.flash(_("Đã kết thúc phiên đăng nhập đó."))
    return redirect(url_for(".index"))


@blueprint.post("/delegations")
@gate.signed_in
def delegate() -> Any:
    """Let a colleague act for oneself from one day to another."""
    who, given = gate.principal(), request.form
    try:
        with gate.runtime().database.unit_of_work(who.actor) as work:
            delegations.delegate(
                work,
                delegator_id=_person(who),
                delegate_id=_delegate(work.session, given.get("delegate", "")),
                valid_from=day_of("valid_from", given.get("valid_from", ""), is_required=True) or who.on,
                valid_to=day_of("valid_to", given.get("valid_to", ""), is_required=True) or who.on,
                reason=given.get("reason", ""),
                basis=given.get("basis", ""),
            )
            work.commit()
    except Invalid as error:
        return make_response(_page(problems=_renamed(errors.messages(error)), given=given), 422)
    except Conflict as error:
        return make_response(_page(problems={"delegate": context.text(error.text)}, given=given), 409)
    context.flash(_("Đã lập ủy quyền; hai bên đều được báo."))
    return redirect(url_for(".index"))


@blueprint.post("/delegations/<delegation_id>/end")
@gate.signed_in
def end_delegation(delegation_id: str) -> Any:
    """End an own delegation after today."""
    who = gate.principal()
    with gate.runtime().database.unit_of_work(who.actor) as work:
        mine = delegations.listing(work.session, person_id=_person(who))
        if not any(one.id == delegation_id and one.delegator_id == who.person_id for one in mine):
            raise Forbidden(_("Chỉ người ủy quyền chấm dứt được ủy quyền này ở đây."))
        delegations.end(work, delegation_id, last_day=who.on)
        work.commit()
    context.flash(_("Ủy quyền kết thúc hết hôm nay."))
    return redirect(url_for(".index"))


def _page(problems: dict[str, str] | None = None, given: Any = None) -> str:
    who = gate.principal()
    with gate.runtime().database.reading() as session:
        now = days(session)
        held = people.positions(session, person_id=who.person_id) if who.person_id else []
        listed = delegations.listing(session, person_id=who.person_id) if who.person_id else []
        colleagues = choices.officers(session, who.organisation_ids, who.on) if who.person_id else []
        persons = people.names(
            session, [one.delegator_id for one in listed] + [one.delegate_id for one in listed]
        )
        units = names.organisations(session, [one.organisation_id for one in held], now.today)
        sessions = sign_in.sessions_of(session, who.account_id, now.now)
    return render_template(
        "profile/index.html",
        account=g.session.account,
        held=held,
        delegations=listed,
        persons=persons,
        units=units,
        sessions=sessions,
        here_session=g.session.id,
        me=who,
        days=now,
        problems=problems or {},
        given=given or {},
        colleagues=[one for one in colleagues if one["value"] != who.account_id],
        roles=_role_names(),
    )


def _role_names() -> dict[str, Text]:
    from directives.roles import ROLES

    return {key: role.title for key, role in ROLES.items()}


def _password_problems(is_right: bool, new: str) -> dict[str, str]:  # noqa: FBT001  the answer of a check
    problems: dict[str, str] = {}
    if not is_right:
        problems["present"] = context.text(_("Mật khẩu hiện tại không đúng."))
    if new != request.form.get("again", ""):
        problems["again"] = context.text(_("Hai lần nhập mật khẩu mới không giống nhau."))
    return problems


def _person(who: Principal) -> str:
    if who.person_id is None:
        raise Forbidden(_("Tài khoản này không gắn với cán bộ nào nên không ủy quyền được."))
    return who.person_id


def _delegate(session: Session, account_id: str) -> str:
    if not account_id:
        raise Invalid(fields={"delegate": _("Cần chọn người được ủy quyền.")})
    person_id = accounts.get(session, account_id).person_id
    if person_id is None:
        raise Invalid(fields={"delegate": _("Tài khoản này không gắn với cán bộ nào.")})
    return person_id


def _renamed(messages: dict[str, str]) -> dict[str, str]:
    return {("delegate" if name == "delegate_id" else name): words for name, words in messages.items()}

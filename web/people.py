"""People: who works where in which role, and who acts for whom (R-U6)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import access, delegations, organisations, people
from directives.delegations import Scope
from directives.people_tables import DelegationRow, PersonRow, PositionRow
from directives.roles import ROLES
from foundation.errors import Conflict, Forbidden, Invalid
from foundation.texts import _
from foundation.vietnamese import fold
from foundation.working_time import local_date
from web.gate import principal, rule, runtime
from web.organisations import choices
from web.posted import Posted, problems, then

blueprint = Blueprint("people", __name__)

PAGE = 50


@blueprint.get("/people")
@rule("people.read")
def index() -> str:
    """List people by given name, with what they are and where."""
    wanted = request.args.get("q", "").strip()
    page = max(1, request.args.get("page", 1, type=int))
    with runtime().database.reading() as session:
        query = select(PersonRow).order_by(PersonRow.sort_key, PersonRow.id)
        if wanted:
            query = query.where(PersonRow.search_text.contains(fold(wanted), autoescape=True))
        rows = list(session.scalars(query.limit(PAGE + 1).offset((page - 1) * PAGE)))
        shown = rows[:PAGE]
        held = _held(session, [row.id for row in shown])
        places = [one.organisation_id for several in held.values() for one in several]
        titles = organisations.names_on(session, places, _today())
    return render_template(
        "people/index.html",
        here="organisations",
        rows=shown,
        held=held,
        titles=titles,
        roles=ROLES,
        wanted=wanted,
        page=page,
        more=len(rows) > PAGE,
        may_edit=access.allow(principal(), "people.edit"),
    )


@blueprint.post("/people")
@rule("people.edit")
def create() -> Any:
    """Enter a person."""
    posted = Posted()
    name = posted.text("full_name", _("Hãy ghi họ và tên."), most=200)
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            made = people.create(work, full_name=name, email=posted.text("email"), phone=posted.text("phone"))
            work.commit()
    except Invalid as error:
        return _new_page(problems(error)), 422
    return then("pages.people.show", _("Đã nhập {name}.", name=name), person_id=made)


@blueprint.get("/people/new")
@rule("people.edit")
def new() -> str:
    """Ask for a new person."""
    return _new_page({})


@blueprint.get("/people/<person_id>")
@rule("people.read")
def show(person_id: str) -> str:
    """Show a person: positions over time, who acts for whom."""
    return _page(person_id, {})


@blueprint.post("/people/<person_id>")
@rule("people.edit")
def change(person_id: str) -> Any:
    """Change name and contact, or take somebody out of work."""
    posted = Posted()
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            people.change(
                work,
                person_id,
                full_name=posted.text("full_name", most=200),
                email=posted.text("email"),
                phone=posted.text("phone"),
                is_active=posted.flag("is_active"),
            )
            work.commit()
    except Invalid as error:
        return _page(person_id, problems(error)), 422
    return then("pages.people.show", _("Đã sửa thông tin."), person_id=person_id)


@blueprint.post("/people/<person_id>/positions")
@rule("people.edit")
def appoint(person_id: str) -> Any:
    """Give a role in an organisation from a day."""
    posted = Posted()
    place = posted.text("organisation", _("Hãy chọn cơ quan, đơn vị."))
    role = posted.choice("role", ROLES, _("Hãy chọn vai trò."))
    start = posted.needed_day("valid_from", _("Hãy chọn ngày bắt đầu."))
    end, title = posted.day("valid_to"), posted.text("title", most=200)
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            people.appoint(work, person_id, role, place, valid_from=start, valid_to=end, title=title)
            work.commit()
    except (Invalid, Conflict) as error:
        return _page(person_id, problems(error)), 422
    return then("pages.people.show", _("Đã bổ nhiệm."), person_id=person_id)


@blueprint.post("/people/<person_id>/positions/<position_id>/end")
@rule("people.edit")
def dismiss(person_id: str, position_id: str) -> Any:
    """End a position with its last day."""
    posted = Posted()
    last = posted.needed_day("last_day", _("Hãy chọn ngày cuối giữ chức vụ."))
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            people.dismiss(work, position_id, last_day=last)
            work.commit()
    except Invalid as error:
        return _page(person_id, problems(error)), 422
    return then("pages.people.show", _("Đã kết thúc chức vụ."), person_id=person_id)


@blueprint.get("/delegations")
@rule("delegations.read")
def delegations_index() -> str:
    """Show who acts for whom now and later."""
    return _delegations_page({})


@blueprint.post("/delegations")
@rule("delegations.edit")
def delegate() -> Any:
    """Let one person act for another."""
    posted = Posted()
    facts = {
        "delegator_id": posted.text("delegator", _("Hãy chọn người vắng mặt.")),
        "delegate_id": posted.text("delegate", _("Hãy chọn người thay.")),
        "valid_from": posted.needed_day("valid_from", _("Hãy chọn ngày bắt đầu.")),
        "valid_to": posted.needed_day("valid_to", _("Hãy chọn ngày kết thúc.")),
        "reason": posted.text("reason", _("Hãy ghi lý do."), most=500),
        "basis": posted.text("basis", most=300),
    }
    place = posted.text("organisation")
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            _require_reach(work.session, str(facts["delegator_id"]))
            scope = Scope.ORGANISATION if place else Scope.ALL
            delegations.delegate(work, scope=scope, scope_id=place, **facts)  # type: ignore[arg-type]  # its own names
            work.commit()
    except (Invalid, Conflict, Forbidden) as error:
        return _delegations_page(_renamed(problems(error))), 422
    return then("pages.people.delegations_index", _("Đã lập ủy quyền; cả hai người được báo."))


@blueprint.post("/delegations/<delegation_id>/end")
@rule("delegations.edit")
def end_delegation(delegation_id: str) -> Any:
    """End a delegation today."""
    with runtime().database.unit_of_work(principal().actor) as work:
        found = work.session.get(DelegationRow, delegation_id)
        if found is not None:
            _require_reach(work.session, found.delegator_id)
        delegations.end(work, delegation_id, last_day=_today())
        work.commit()
    return then("pages.people.delegations_index", _("Ủy quyền kết thúc hết hôm nay."))


def _new_page(errors: Mapping[str, str]) -> str:
    return render_template("people/new.html", here="organisations", errors=errors, values=request.form)


def _page(person_id: str, errors: Mapping[str, str]) -> str:
    today = _today()
    with runtime().database.reading() as session:
        person = people.get(session, person_id)
        positions = people.positions(session, person_id=person_id)
        lent = delegations.listing(session, person_id=person_id)
        known = [one.organisation_id for one in positions] + [one.scope_id for one in lent]
        shown = {
            "titles": organisations.names_on(session, known, today),
            "persons": people.names(
                session, [one.delegator_id for one in lent] + [one.delegate_id for one in lent]
            ),
            "choices": choices(session, today),
        }
    return render_template(
        "people/show.html",
        here="organisations",
        person=person,
        positions=positions,
        delegations=lent,
        roles=ROLES,
        today=today,
        errors=errors,
        values=request.form,
        may_edit=access.allow(principal(), "people.edit"),
        **shown,
    )


def _delegations_page(errors: Mapping[str, str]) -> str:
    today = _today()
    with runtime().database.reading() as session:
        query = select(DelegationRow).where(DelegationRow.valid_to >= today)
        rows = list(session.scalars(query.order_by(DelegationRow.valid_from, DelegationRow.id)))
        involved = [row.delegator_id for row in rows] + [row.delegate_id for row in rows]
        shown = {
            "persons": people.names(session, involved),
            "titles": organisations.names_on(session, [row.scope_id for row in rows], today),
            "everybody": people.search(session, "", limit=2000),
            "choices": choices(session, today),
        }
    return render_template(
        "people/delegations.html",
        here="organisations",
        rows=rows,
        today=today,
        errors=errors,
        values=request.form,
        may_edit=access.allow(principal(), "delegations.edit"),
        **shown,
    )


def _held(session: Session, person_ids: list[str]) -> dict[str, list[PositionRow]]:
    on = _today()
    query = select(PositionRow).where(
        PositionRow.person_id.in_(person_ids),
        PositionRow.valid_from <= on,
        PositionRow.valid_to.is_(None) | (PositionRow.valid_to >= on),
    )
    found: dict[str, list[PositionRow]] = {}
    for row in session.scalars(query):
        found.setdefault(row.person_id, []).append(row)
    return found


def _require_reach(session: Session, delegator_id: str) -> None:
    """A head arranges delegations of the own branch; administrators of everybody."""
    on = _today()
    places = {
        one.organisation_id
        for one in people.positions(session, person_id=delegator_id)
        if one.valid_to is None or one.valid_to >= on
    }
    if not any(access.allow(principal(), "delegations.edit", place) for place in places):
        access.require(principal(), "people.edit")


def _renamed(found: dict[str, str]) -> dict[str, str]:
    return {name.removesuffix("_id"): message for name, message in found.items()}


def _today() -> date:
    return local_date(runtime().clock.now())

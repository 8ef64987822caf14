"""Organisations: who stands where and since when; enter, rename, move, merge and end, each with its basis."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directives import access, organisation_tree, organisations, people
from directives.assignment_tables import Assignment
from directives.organisation_tables import (
    OrganisationAlias,
    OrganisationLevel,
    OrganisationRow,
    OrganisationSuccession,
)
from directives.organisations import Organisation
from directives.people_tables import PersonRow, PositionRow
from directives.roles import ROLES
from directives.states import OPEN
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.texts import Text, _
from foundation.vietnamese import sort_key
from foundation.working_time import local_date
from web.days import day_of
from web.gate import principal, rule, runtime
from web.posted import Posted, problems, then

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")

#: what changed a version → how an official says it
CHANGES: dict[str, Text] = {
    "created": _("Thành lập"),
    "renamed": _("Đổi tên"),
    "reparented": _("Chuyển cơ quan cấp trên"),
    "changed": _("Thay đổi thông tin"),
    "recoded": _("Đổi mã"),
    "merged": _("Sáp nhập"),
    "split": _("Chia tách"),
    "dissolved": _("Giải thể"),
    "continued": _("Tiếp tục"),
}
_BASIS = _("Hãy ghi văn bản làm căn cứ, ví dụ “Nghị quyết số 45/NQ-HĐND ngày 20/02/2025”.")
_DAY = _("Hãy chọn ngày có hiệu lực.")


@blueprint.get("")
@rule("organisations.read")
def index() -> str:
    """Show the tree as it stands on a day, or what a search finds."""
    on = day_of("on", request.args.get("on", "")) or _today()
    wanted = request.args.get("q", "").strip()
    with runtime().database.reading() as session:
        nodes = organisation_tree.tree(session, on)
        known = organisations.several(session, nodes.parents, on)
        found = organisations.search(session, wanted, on) if wanted else []
        staff = _staff(session, on)
        levels = _levels(session)
    return render_template(
        "organisations/index.html",
        here="organisations",
        on=on,
        today=_today(),
        wanted=wanted,
        found=found,
        tree=_branches(known),
        total=sum(not one.is_group for one in known.values()),
        groups=_sorted(one for one in known.values() if one.is_group),
        staff=staff,
        levels=levels,
        may_edit=access.allow(principal(), "organisations.edit"),
    )


@blueprint.get("/new")
@rule("organisations.edit")
def new() -> str:
    """Ask for a new organisation."""
    return _new_page({"parent": request.args.get("parent", "")}, {})


@blueprint.post("/new")
@rule("organisations.edit")
def create() -> Any:
    """Enter an organisation that exists from a day."""
    posted = Posted()
    with runtime().database.reading() as session:
        levels = _levels(session)
    facts = {
        "name": posted.text("name", _("Hãy ghi tên đầy đủ của cơ quan, đơn vị."), most=300),
        "short_name": posted.text("short_name", most=120),
        "code": posted.text("code", most=60) or None,
        "kind": posted.text("kind", most=40) or "đơn vị",
        "level": posted.choice("level", levels, _("Hãy chọn cấp.")),
        "on": posted.needed_day("on", _DAY),
        "basis": posted.text("basis", _BASIS, most=300),
        "parent_id": posted.text("parent") or None,
        "aliases": [line.strip() for line in posted.text("aliases").splitlines() if line.strip()],
        "is_group": posted.flag("is_group"),
    }
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            made = organisations.create(work, **facts)  # type: ignore[arg-type]  # the fields above are its names
            work.commit()
    except (Invalid, Conflict) as error:
        return _new_page(request.form, problems(error)), 422
    said = _("Đã nhập {name}.", name=str(facts["name"]))
    return then("pages.organisations.show", said, organisation_id=made)


@blueprint.get("/<organisation_id>")
@rule("organisations.read")
def show(organisation_id: str) -> str:
    """Show one organisation: names and places over time, spellings, people, what lies below it."""
    return _page(organisation_id)


@blueprint.post("/<organisation_id>/rename")
@rule("organisations.edit")
def rename(organisation_id: str) -> Any:
    """Give another name from a day; documents before it keep the old one."""
    posted = Posted()
    name = posted.text("name", _("Hãy ghi tên mới."), most=300)
    short_name = posted.text("short_name", most=120)

    def change(work: UnitOfWork, on: date, basis: str) -> None:
        organisations.rename(work, organisation_id, name, on=on, basis=basis, short_name=short_name)

    return _change(organisation_id, posted, change, _("Đã đổi tên thành {name}.", name=name))


@blueprint.post("/<organisation_id>/move")
@rule("organisations.edit")
def move(organisation_id: str) -> Any:
    """Put it under another organisation from a day."""
    posted = Posted()
    parent = posted.text("parent") or None

    def change(work: UnitOfWork, on: date, basis: str) -> None:
        organisations.reparent(work, organisation_id, parent, on=on, basis=basis)

    return _change(organisation_id, posted, change, _("Đã chuyển cơ quan cấp trên."))


@blueprint.post("/<organisation_id>/merge")
@rule("organisations.edit")
def merge(organisation_id: str) -> Any:
    """Merge it into another one from a day; what lies below it moves along."""
    posted = Posted()
    successor = posted.text("successor", _("Hãy chọn cơ quan nhận sáp nhập."))

    def change(work: UnitOfWork, on: date, basis: str) -> None:
        organisations.merge(work, [organisation_id], successor, on=on, basis=basis)

    return _change(organisation_id, posted, change, _("Đã ghi nhận việc sáp nhập."))


@blueprint.post("/<organisation_id>/dissolve")
@rule("organisations.edit")
def dissolve(organisation_id: str) -> Any:
    """End it; somebody may take over what it leaves."""
    posted = Posted()
    successor = posted.text("successor") or None

    def change(work: UnitOfWork, on: date, basis: str) -> None:
        organisations.dissolve(work, organisation_id, on=on, basis=basis, successor_id=successor)

    return _change(organisation_id, posted, change, _("Đã ghi nhận việc giải thể."))


@blueprint.post("/<organisation_id>/aliases")
@rule("organisations.edit")
def add_alias(organisation_id: str) -> Any:
    """Enter another way people write its name."""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            organisations.add_alias(work, organisation_id, request.form.get("alias", ""))
            work.commit()
    except Invalid as error:
        return _page(organisation_id, problems(error), "pages.organisations.add_alias"), 422
    return then("pages.organisations.show", _("Đã thêm cách viết."), organisation_id=organisation_id)


@blueprint.post("/<organisation_id>/positions")
@rule("people.edit")
def appoint(organisation_id: str) -> Any:
    """Give a person a role here from a day."""
    posted = Posted()
    person = posted.text("person", _("Hãy chọn người."))
    role = posted.choice("role", ROLES, _("Hãy chọn vai trò."))
    title = posted.text("title", most=200)
    start, end = posted.needed_day("valid_from", _("Hãy chọn ngày bắt đầu.")), posted.day("valid_to")
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            people.appoint(work, person, role, organisation_id, valid_from=start, valid_to=end, title=title)
            work.commit()
    except (Invalid, Conflict) as error:
        return _page(organisation_id, problems(error), "pages.organisations.appoint"), 422
    return then("pages.organisations.show", _("Đã bổ nhiệm."), organisation_id=organisation_id)


def choices(session: Session, on: date) -> list[Organisation]:
    """Give the organisations one may choose on a day, in Vietnamese order, without groups."""
    known = organisations.several(session, organisation_tree.tree(session, on).parents, on)
    return _sorted(one for one in known.values() if not one.is_group)


def _change(
    organisation_id: str, posted: Posted, change: Callable[[UnitOfWork, date, str], None], said: Text
) -> Any:
    on, basis = posted.needed_day("on", _DAY), posted.text("basis", _BASIS, most=300)
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            change(work, on, basis)
            work.commit()
    except (Invalid, Conflict) as error:
        return _page(organisation_id, problems(error), request.endpoint or ""), 422
    return then("pages.organisations.show", said, organisation_id=organisation_id)


def _new_page(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    with runtime().database.reading() as session:
        shown = {"levels": _levels(session), "choices": choices(session, _today())}
    return render_template(
        "organisations/new.html", here="organisations", values=values, errors=errors, today=_today(), **shown
    )


def _page(organisation_id: str, errors: Mapping[str, str] | None = None, act: str = "") -> str:
    today = _today()
    with runtime().database.reading() as session:
        versions = organisations.versions(session, organisation_id)
        if not versions:
            raise NotFound(_("Không tìm thấy cơ quan này."))
        standing = organisations.several(session, [organisation_id], today).get(organisation_id)
        places = [version.parent_id or "" for version in versions]
        before, after = _succession(session, organisation_id)
        related = [step.predecessor_id for step in before] + [step.successor_id for step in after]
        above = organisation_tree.ancestors(session, organisation_id, today)
        shown: dict[str, Any] = {
            "titles": organisations.names_on(session, [*places, *related, *above, organisation_id], today),
            "aliases": _aliases(session, organisation_id),
            "staff": _positions(session, organisation_id),
            "children": organisations.children(session, organisation_id, today),
            "levels": _levels(session),
            "choices": choices(session, today),
            "open_work": _open_work(session, organisation_id),
            "persons": people.search(session, "", limit=1000),
            "is_group": _is_group(session, organisation_id),
            "members": organisations.members(session, organisation_id, today),
        }
        shown["titles"] |= organisations.names_on(session, shown["members"], today)
    return render_template(
        "organisations/show.html",
        here="organisations",
        id=organisation_id,
        versions=list(reversed(versions)),
        newest=versions[-1],
        standing=standing,
        above=list(reversed(above)),
        before=before,
        after=after,
        changes=CHANGES,
        roles=ROLES,
        today=today,
        errors=errors or {},
        act=act,
        values=request.form,
        may_edit=access.allow(principal(), "organisations.edit"),
        may_staff=access.allow(principal(), "people.edit"),
        **shown,
    )


def _branches(known: Mapping[str, Organisation]) -> list[dict[str, Any]]:
    """Make nested branches of the organisations of a day, in Vietnamese order."""
    below: dict[str | None, list[Organisation]] = {}
    for one in known.values():
        if not one.is_group:
            below.setdefault(one.parent_id if one.parent_id in known else None, []).append(one)

    def branch(one: Organisation) -> dict[str, Any]:
        return {"organisation": one, "below": [branch(each) for each in _sorted(below.get(one.id, []))]}

    return [branch(one) for one in _sorted(below.get(None, []))]


def _sorted(found: Any) -> list[Organisation]:
    return sorted(found, key=lambda one: sort_key(one.name))


def _staff(session: Session, on: date) -> dict[str, int]:
    query = (
        select(PositionRow.organisation_id, func.count(PositionRow.person_id.distinct()))
        .where(PositionRow.valid_from <= on, (PositionRow.valid_to.is_(None)) | (PositionRow.valid_to >= on))
        .group_by(PositionRow.organisation_id)
    )
    return dict(session.execute(query).all())


def _levels(session: Session) -> dict[str, str]:
    query = select(OrganisationLevel.key, OrganisationLevel.name).order_by(OrganisationLevel.rank)
    return dict(session.execute(query).all())


def _aliases(session: Session, organisation_id: str) -> list[OrganisationAlias]:
    """Give each spelling once, however many issuers use it."""
    query = select(OrganisationAlias).where(
        OrganisationAlias.organisation_id == organisation_id, OrganisationAlias.is_name.is_(False)
    )
    rows = session.scalars(query.order_by(OrganisationAlias.alias))
    return list({row.alias: row for row in rows}.values())


def _positions(session: Session, organisation_id: str) -> list[tuple[PositionRow, str]]:
    query = (
        select(PositionRow, PersonRow.full_name)
        .join(PersonRow, PersonRow.id == PositionRow.person_id)
        .where(PositionRow.organisation_id == organisation_id)
        .order_by(PositionRow.valid_to.is_not(None), PersonRow.sort_key)
    )
    return [(row, name) for row, name in session.execute(query)]


def _succession(
    session: Session, organisation_id: str
) -> tuple[list[OrganisationSuccession], list[OrganisationSuccession]]:
    step = OrganisationSuccession
    either = (step.successor_id == organisation_id) | (step.predecessor_id == organisation_id)
    found = list(session.scalars(select(step).where(either).order_by(step.effective_on)))
    before = [one for one in found if one.successor_id == organisation_id]
    return before, [one for one in found if one.predecessor_id == organisation_id]


def _open_work(session: Session, organisation_id: str) -> int:
    query = select(func.count()).where(
        Assignment.lead_id == organisation_id, Assignment.state.in_([state.value for state in OPEN])
    )
    return session.scalar(query) or 0


def _is_group(session: Session, organisation_id: str) -> bool:
    found = session.get(OrganisationRow, organisation_id)
    return found is not None and found.is_group


def _today() -> date:
    return local_date(runtime().clock.now())

"""People for machines: persons, the positions they hold, and whom they stand in for."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from api import pages
from api.commands import command, reading
from api.gate import principal, rule
from directives import access, delegations, people
from directives.delegations import Scope
from directives.people_tables import DelegationRow, PersonRow, PositionRow
from directives.roles import ROLES
from foundation.errors import Forbidden, NotFound
from foundation.texts import _

blueprint = Blueprint("people", __name__, url_prefix="/api/v1", description="Cán bộ, chức vụ, ủy quyền")


class PersonSchema(Schema):
    """A person."""

    id = fields.String()
    full_name = fields.String()
    email = fields.String()
    phone = fields.String()
    is_active = fields.Boolean()


class PositionSchema(Schema):
    """A position."""

    id = fields.String()
    person = fields.String(attribute="person_id")
    organisation = fields.String(attribute="organisation_id")
    role = fields.String()
    title = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)


class WholePersonSchema(PersonSchema):
    """A person with positions."""

    positions = fields.List(fields.Nested(PositionSchema))


class DelegationSchema(Schema):
    """One person acts for another."""

    id = fields.String()
    delegator = fields.String(attribute="delegator_id")
    delegate = fields.String(attribute="delegate_id")
    scope = fields.String()
    scope_id = fields.String()
    reason = fields.String()
    basis = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date()


class PeopleQuery(pages.PageQuery):
    """Which people."""

    text = fields.String(load_default="", metadata={"description": "Một phần của họ tên."})
    organisation = fields.String(load_default=None, metadata={"description": "Có chức vụ ở cơ quan này."})


class PersonBody(Schema):
    """A person as sent."""

    full_name = fields.String(required=True, validate=validate.Length(1, 200))
    email = fields.String(load_default="")
    phone = fields.String(load_default="")


class PersonChangeBody(Schema):
    """What changes about a person."""

    full_name = fields.String(validate=validate.Length(1, 200))
    email = fields.String()
    phone = fields.String()
    is_active = fields.Boolean()


class PositionBody(Schema):
    """A position as sent."""

    role = fields.String(required=True, validate=validate.OneOf(sorted(ROLES)))
    organisation = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(load_default=None, allow_none=True)
    title = fields.String(load_default="")


class EndBody(Schema):
    """The last day."""

    last_day = fields.Date(required=True)


class DelegationBody(Schema):
    """A delegation as sent."""

    delegator = fields.String(required=True)
    delegate = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.Length(1, 2000))
    scope = fields.Enum(Scope, by_value=True, load_default=Scope.ALL)
    scope_id = fields.String(load_default="")
    basis = fields.String(load_default="")


class DelegationsQuery(Schema):
    """Whose delegations."""

    person = fields.String(required=True)
    on = fields.Date(load_default=None)


class DelegationsSchema(Schema):
    """Delegations, the latest first."""

    items = fields.List(fields.Nested(DelegationSchema))


@blueprint.get("/people")
@rule("people.read")
@blueprint.doc(summary="Danh sách cán bộ")
@blueprint.arguments(PeopleQuery, location="query")
@blueprint.response(200, pages.listed(PersonSchema))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List people; the directory is open to everybody who may read it."""
    statement = select(PersonRow)
    if query["organisation"]:
        held = select(PositionRow.person_id).where(PositionRow.organisation_id == query["organisation"])
        statement = statement.where(PersonRow.id.in_(held))
    with reading() as session:
        if query["text"]:
            return {"items": people.search(session, query["text"], limit=query["limit"]), "next": None}
        return pages.newest(session, statement, PersonRow.id, query)


@blueprint.post("/people")
@rule("people.edit")
@blueprint.doc(summary="Nhập một cán bộ")
@blueprint.arguments(PersonBody)
@blueprint.response(201, PersonSchema)
def create(body: dict[str, Any]) -> Any:
    """Enter a person."""
    with command() as work:
        return people.get(work.session, people.create(work, **body))


@blueprint.get("/people/<person_id>")
@rule("people.read")
@blueprint.doc(summary="Một cán bộ với các chức vụ")
@blueprint.response(200, WholePersonSchema)
def one(person_id: str) -> dict[str, Any]:
    """Look at one person."""
    with reading() as session:
        found = people.get(session, person_id)
        return {
            **{name: getattr(found, name) for name in PersonSchema().fields},
            "positions": people.positions(session, person_id=person_id),
        }


@blueprint.patch("/people/<person_id>")
@rule("people.edit")
@blueprint.doc(summary="Sửa thông tin của một cán bộ")
@blueprint.arguments(PersonChangeBody)
@blueprint.response(200, PersonSchema)
def change(body: dict[str, Any], person_id: str) -> Any:
    """Change what is given about a person."""
    with command() as work:
        people.change(work, person_id, **body)
        return people.get(work.session, person_id)


@blueprint.post("/people/<person_id>/positions")
@rule("people.edit")
@blueprint.doc(summary="Giao chức vụ cho cán bộ")
@blueprint.arguments(PositionBody)
@blueprint.response(201, PositionSchema)
def appoint(body: dict[str, Any], person_id: str) -> Any:
    """Give a person a role in an organisation."""
    access.require(principal(), "people.edit", body["organisation"])
    with command() as work:
        people.get(work.session, person_id)
        made = people.appoint(
            work,
            person_id,
            body["role"],
            body["organisation"],
            valid_from=body["valid_from"],
            valid_to=body["valid_to"],
            title=body["title"],
        )
        return work.session.get(PositionRow, made)


@blueprint.post("/positions/<position_id>/end")
@rule("people.edit")
@blueprint.doc(summary="Thôi giữ chức vụ")
@blueprint.arguments(EndBody)
@blueprint.response(200, PositionSchema)
def dismiss(body: dict[str, Any], position_id: str) -> Any:
    """End a position with its last day."""
    with command() as work:
        found = work.session.get(PositionRow, position_id)
        if found is None:
            raise NotFound(_("Không tìm thấy chức vụ này."), position=position_id)
        access.require(principal(), "people.edit", found.organisation_id)
        people.dismiss(work, position_id, last_day=body["last_day"])
        return found


@blueprint.get("/delegations")
@rule("delegations.read")
@blueprint.doc(summary="Ủy quyền đi và đến của một cán bộ")
@blueprint.arguments(DelegationsQuery, location="query")
@blueprint.response(200, DelegationsSchema)
def delegations_of(query: dict[str, Any]) -> dict[str, Any]:
    """List the delegations of a person."""
    with reading() as session:
        return {"items": delegations.listing(session, person_id=query["person"], on=query["on"])}


@blueprint.post("/delegations")
@rule("delegations.edit")
@blueprint.doc(summary="Lập ủy quyền")
@blueprint.arguments(DelegationBody)
@blueprint.response(201, DelegationSchema)
def delegate(body: dict[str, Any]) -> Any:
    """Let one person act for another: one's own work, or as an administrator anybody's."""
    _require_own(body["delegator"])
    with command() as work:
        made = delegations.delegate(
            work,
            delegator_id=body.pop("delegator"),
            delegate_id=body.pop("delegate"),
            **body,
        )
        return work.session.get(DelegationRow, made)


@blueprint.post("/delegations/<delegation_id>/end")
@rule("delegations.edit")
@blueprint.doc(summary="Chấm dứt ủy quyền")
@blueprint.arguments(EndBody)
@blueprint.response(200, DelegationSchema)
def end_delegation(body: dict[str, Any], delegation_id: str) -> Any:
    """End a delegation earlier."""
    with command() as work:
        found = work.session.get(DelegationRow, delegation_id)
        if found is None:
            raise NotFound(_("Không tìm thấy ủy quyền này."), delegation=delegation_id)
        _require_own(found.delegator_id)
        delegations.end(work, delegation_id, last_day=body["last_day"])
        return found


def _require_own(delegator_id: str) -> None:
    who = principal()
    if delegator_id != who.person_id and "delegations.edit" not in who.everywhere:
        raise Forbidden(_("Chỉ được ủy quyền việc của chính mình."), delegator=delegator_id)

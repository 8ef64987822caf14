"""Organisations for machines: the directory on any day, its changes, and what a written name means."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from api import pages
from api.commands import command, reading
from api.gate import principal, rule, runtime
from directives import access, organisations
from directives.organisation_tables import OrganisationRow, OrganisationVersion
from foundation.working_time import local_date

blueprint = Blueprint(
    "organisations", __name__, url_prefix="/api/v1/organisations", description="Danh bạ cơ quan"
)

_NAME = validate.Length(1, 300)


class OrganisationSchema(Schema):
    """An organisation as it stands on a day."""

    id = fields.String()
    name = fields.String()
    short_name = fields.String()
    kind = fields.String()
    level = fields.String()
    parent = fields.String(attribute="parent_id", allow_none=True)
    code = fields.String(allow_none=True)
    is_group = fields.Boolean()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)


class VersionSchema(Schema):
    """One dated version."""

    name = fields.String()
    short_name = fields.String()
    kind = fields.String()
    level = fields.String()
    parent = fields.String(attribute="parent_id", allow_none=True)
    code = fields.String(allow_none=True)
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    change = fields.String()
    basis = fields.String()


class VersionsSchema(Schema):
    """All versions, the oldest first."""

    items = fields.List(fields.Nested(VersionSchema))


class DayQuery(Schema):
    """On which day."""

    on = fields.Date(load_default=None, metadata={"description": "Ngày; mặc định hôm nay."})


class ListQuery(pages.PageQuery, DayQuery):
    """Which organisations."""

    text = fields.String(load_default="", metadata={"description": "Một phần của tên, có dấu hoặc không."})
    parent = fields.String(load_default=None, metadata={"description": "Chỉ các đơn vị trực tiếp bên dưới."})


class NewBody(Schema):
    """A new organisation."""

    name = fields.String(required=True, validate=_NAME)
    kind = fields.String(required=True)
    level = fields.String(required=True)
    on = fields.Date(required=True)
    parent = fields.String(load_default=None, allow_none=True)
    short_name = fields.String(load_default="")
    code = fields.String(load_default=None, allow_none=True)
    aliases = fields.List(fields.String(), load_default=list)
    basis = fields.String(load_default="")
    is_group = fields.Boolean(load_default=False)


class ChangeBody(Schema):
    """What differs from a day on."""

    on = fields.Date(required=True)
    basis = fields.String(load_default="")
    name = fields.String(validate=_NAME)
    short_name = fields.String()
    kind = fields.String()
    level = fields.String()
    parent = fields.String(attribute="parent_id", allow_none=True)
    code = fields.String(allow_none=True)


class MergeBody(Schema):
    """Which organisations become one."""

    sources = fields.List(fields.String(), required=True, validate=validate.Length(1))
    on = fields.Date(required=True)
    basis = fields.String(required=True, validate=validate.Length(1))


class DissolveBody(Schema):
    """From which day there is no such organisation, and who takes over."""

    on = fields.Date(required=True)
    basis = fields.String(required=True, validate=validate.Length(1))
    successor = fields.String(load_default=None, allow_none=True)


class ResolveBody(Schema):
    """Names as they are written in a document."""

    names = fields.List(fields.String(), required=True, validate=validate.Length(1, 500))
    on = fields.Date(load_default=None, allow_none=True)
    scope = fields.String(
        load_default=None, allow_none=True, metadata={"description": "Cơ quan ban hành văn bản chứa tên đó."}
    )


class ResolutionSchema(Schema):
    """What a name means."""

    name = fields.String()
    outcome = fields.String()
    organisations = fields.List(fields.String())
    is_former_name = fields.Boolean()


class ResolutionsSchema(Schema):
    """Meanings in the order of the names."""

    items = fields.List(fields.Nested(ResolutionSchema))


@blueprint.get("")
@rule("organisations.read")
@blueprint.doc(summary="Cơ quan tại một ngày: theo tên, theo cấp trên, hoặc tất cả")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, pages.listed(OrganisationSchema))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List organisations; the directory is open to everybody who may read it."""
    on = query["on"] or local_date(runtime().clock.now())
    with reading() as session:
        if query["text"]:
            found = organisations.search(session, query["text"], on, limit=query["limit"])
            return {"items": found, "next": None}
        if query["parent"] is not None:
            return {"items": organisations.children(session, query["parent"] or None, on), "next": None}
        statement = (
            select(OrganisationRow)
            .join(OrganisationVersion, OrganisationVersion.organisation_id == OrganisationRow.id)
            .where(organisations.standing_on(on))
        )
        answer = pages.newest(session, statement, OrganisationRow.id, query)
        standing = organisations.several(session, [row.id for row in answer["items"]], on)
        return {"items": [standing[row.id] for row in answer["items"]], "next": answer["next"]}


@blueprint.post("")
@rule("organisations.edit")
@blueprint.doc(summary="Nhập một cơ quan")
@blueprint.arguments(NewBody)
@blueprint.response(201, OrganisationSchema)
def create(body: dict[str, Any]) -> Any:
    """Enter an organisation."""
    parent = body.pop("parent")
    access.require(principal(), "organisations.edit", parent)
    with command() as work:
        made = organisations.create(work, parent_id=parent, **body)
        return organisations.current(work.session, made, body["on"])


@blueprint.post("/resolve")
@rule("organisations.read")
@blueprint.doc(summary="Tên viết trong văn bản là cơ quan nào; không đoán khi chưa chắc")
@blueprint.arguments(ResolveBody)
@blueprint.response(200, ResolutionsSchema)
def resolve(body: dict[str, Any]) -> dict[str, Any]:
    """Say what names mean."""
    on = body["on"] or local_date(runtime().clock.now())
    with reading() as session:
        found = organisations.resolve_all(session, body["names"], on=on, scope=body["scope"])
    return {
        "items": [
            {
                "name": name,
                "outcome": found[name].outcome.value,
                "organisations": list(found[name].organisation_ids),
                "is_former_name": found[name].is_former_name,
            }
            for name in body["names"]
        ]
    }


@blueprint.get("/<organisation_id>")
@rule("organisations.read")
@blueprint.doc(summary="Một cơ quan tại một ngày")
@blueprint.arguments(DayQuery, location="query")
@blueprint.response(200, OrganisationSchema)
def one(query: dict[str, Any], organisation_id: str) -> Any:
    """Look at one organisation."""
    with reading() as session:
        return organisations.current(
            session, organisation_id, query["on"] or local_date(runtime().clock.now())
        )


@blueprint.get("/<organisation_id>/versions")
@rule("organisations.read")
@blueprint.doc(summary="Các phiên bản của một cơ quan, cũ nhất trước")
@blueprint.response(200, VersionsSchema)
def versions_of(organisation_id: str) -> dict[str, Any]:
    """List the versions."""
    with reading() as session:
        return {"items": organisations.versions(session, organisation_id)}


@blueprint.patch("/<organisation_id>")
@rule("organisations.edit")
@blueprint.doc(summary="Đổi tên, cấp, cấp trên … từ một ngày")
@blueprint.arguments(ChangeBody)
@blueprint.response(200, OrganisationSchema)
def change(body: dict[str, Any], organisation_id: str) -> Any:
    """Begin a version that differs."""
    access.require(principal(), "organisations.edit", organisation_id)
    on, basis = body.pop("on"), body.pop("basis")
    with command() as work:
        organisations.change(work, organisation_id, on=on, basis=basis, **body)
        return organisations.current(work.session, organisation_id, on)


@blueprint.post("/<organisation_id>/merge")
@rule("organisations.edit")
@blueprint.doc(summary="Sáp nhập các cơ quan vào cơ quan này")
@blueprint.arguments(MergeBody)
@blueprint.response(200, OrganisationSchema)
def merge(body: dict[str, Any], organisation_id: str) -> Any:
    """Merge organisations into one."""
    for one_of_them in (organisation_id, *body["sources"]):
        access.require(principal(), "organisations.edit", one_of_them)
    with command() as work:
        organisations.merge(work, body["sources"], organisation_id, on=body["on"], basis=body["basis"])
        return organisations.current(work.session, organisation_id, body["on"])


@blueprint.post("/<organisation_id>/dissolve")
@rule("organisations.edit")
@blueprint.doc(summary="Giải thể cơ quan từ một ngày")
@blueprint.arguments(DissolveBody)
@blueprint.response(200, VersionsSchema)
def dissolve(body: dict[str, Any], organisation_id: str) -> dict[str, Any]:
    """End an organisation."""
    access.require(principal(), "organisations.edit", organisation_id)
    with command() as work:
        organisations.dissolve(
            work, organisation_id, on=body["on"], basis=body["basis"], successor_id=body["successor"]
        )
        return {"items": organisations.versions(work.session, organisation_id)}

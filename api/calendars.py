"""Calendars for machines: the days that differ from the working week, and what that means for dates."""

from datetime import date
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from api.commands import command, reading
from api.gate import rule
from directives import assignments
from foundation import calendars
from foundation.errors import Invalid
from foundation.texts import _
from foundation.working_time import CalendarDay, DayKind, DaySource

blueprint = Blueprint("calendars", __name__, url_prefix="/api/v1/calendars", description="Lịch làm việc")


class DaySchema(Schema):
    """A day that differs."""

    date = fields.Date()
    kind = fields.Enum(DayKind, by_value=True)
    name = fields.String()
    basis = fields.String()
    source = fields.Enum(DaySource, by_value=True)
    is_estimate = fields.Boolean()


class DaysQuery(Schema):
    """Which year."""

    year = fields.Integer(load_default=None, validate=validate.Range(1900, 2200))


class DaysSchema(Schema):
    """Days by date, with the version of the calendar."""

    version = fields.String()
    items = fields.List(fields.Nested(DaySchema))


class DayBody(Schema):
    """A day as sent."""

    kind = fields.Enum(DayKind, by_value=True, required=True)
    name = fields.String(required=True, validate=validate.Length(1, 200))
    basis = fields.String(load_default="")


class WorkingQuery(Schema):
    """From a day, so many working days."""

    since = fields.Date(required=True)
    days = fields.Integer(required=True, validate=validate.Range(-2000, 2000))


class WorkingSchema(Schema):
    """The day reached."""

    date = fields.Date()
    version = fields.String()


@blueprint.get("/<name>/days")
@rule("calendars.read")
@blueprint.doc(summary="Ngày nghỉ, nghỉ bù, làm bù (“default” là lịch chung)")
@blueprint.arguments(DaysQuery, location="query")
@blueprint.response(200, DaysSchema)
def listing(query: dict[str, Any], name: str) -> dict[str, Any]:
    """List the days of a calendar."""
    with reading() as session:
        version = calendars.load(session, name).version
        return {"version": version, "items": calendars.days(session, name, query["year"])}


@blueprint.get("/<name>/working-day")
@rule("calendars.read")
@blueprint.doc(summary="Ngày sau (hoặc trước) một số ngày làm việc")
@blueprint.arguments(WorkingQuery, location="query")
@blueprint.response(200, WorkingSchema)
def working_day(query: dict[str, Any], name: str) -> dict[str, Any]:
    """Count working days."""
    with reading() as session:
        calendar = calendars.load(session, name)
    return {"date": calendar.add_working_days(query["since"], query["days"]), "version": calendar.version}


@blueprint.put("/<name>/days/<day>")
@rule("calendars.edit")
@blueprint.doc(summary="Nhập một ngày; thời hạn đang mở được tính lại")
@blueprint.arguments(DayBody)
@blueprint.response(200, DaySchema)
def put(body: dict[str, Any], name: str, day: str) -> CalendarDay:
    """Enter a day by hand; open due days are computed anew."""
    entry = CalendarDay(date=_day(day), source=DaySource.MANUAL, **body)
    with command() as work:
        calendars.set_day(work, entry, name=name)
        assignments.recompute_due_days(work)
    return entry


@blueprint.delete("/<name>/days/<day>")
@rule("calendars.edit")
@blueprint.doc(summary="Bỏ một ngày đã nhập; thời hạn đang mở được tính lại")
@blueprint.response(204)
def remove(name: str, day: str) -> None:
    """Take a manual entry away."""
    with command() as work:
        calendars.remove_day(work, _day(day), name=name)
        assignments.recompute_due_days(work)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            fields={"day": _("Ngày phải có dạng 2024-02-05, nhận được “{found}”.", found=text)}
        ) from None

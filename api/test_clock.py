"""The test clock: exists only when the server was started with `--test-clock`."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields, validates_schema

from api.gate import rule, runtime
from engine.feel import iso
from engine.spiff.expressions import later
from foundation.errors import Invalid, NotFound
from foundation.texts import _

blueprint = Blueprint(
    "test-clock", __name__, url_prefix="/api/v1/test-clock", description="Đồng hồ thử nghiệm"
)


class ClockBody(Schema):
    """How far, or until when."""

    advance = fields.String(load_default=None)
    to = fields.AwareDateTime(load_default=None)

    @validates_schema
    def one_of(self, data: dict[str, Any], **_facts: Any) -> None:
        """Ask for exactly one of the two."""
        if (data["advance"] is None) == (data["to"] is None):
            raise ValidationError(str(_("Cần đúng một trong hai: advance hoặc to.")), "advance")


class ClockSchema(Schema):
    """What the clock shows, and how many things fired."""

    now = fields.AwareDateTime()
    fired = fields.Integer()


@blueprint.get("")
@rule("instances.repair")
@blueprint.doc(summary="Xem đồng hồ thử nghiệm")
@blueprint.response(200, ClockSchema)
def read() -> dict[str, Any]:
    """Read the test clock."""
    if runtime().test_clock is None:
        raise NotFound(_("Máy chủ này không chạy với đồng hồ thử nghiệm."))
    return {"now": runtime().clock.now(), "fired": 0}


@blueprint.post("")
@rule("instances.repair")
@blueprint.doc(summary="Dời đồng hồ thử nghiệm; việc đến hạn đã chạy xong trước khi trả lời")
@blueprint.arguments(ClockBody)
@blueprint.response(200, ClockSchema)
def advance(body: dict[str, Any]) -> dict[str, Any]:
    """Move the clock; everything due on the way has fired, in order, before the answer."""
    clock = runtime().test_clock
    if clock is None:
        raise NotFound(_("Máy chủ này không chạy với đồng hồ thử nghiệm."))
    target = body["to"]
    if target is None:
        target = later(clock.now(), iso.parse_duration(body["advance"]))
    if target < clock.now():
        raise Invalid(fields={"advance": _("Đồng hồ chỉ chạy tới, không chạy lùi.")})
    fired = runtime().dispatcher.advance(clock, target)
    return {"now": clock.now(), "fired": fired}

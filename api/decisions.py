"""Decisions for machines: which decision tables there are, and trying one with variables."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields
from sqlalchemy import select

from api.commands import reading
from api.errors import language
from api.gate import rule, runtime
from engine import decisions
from engine.calendar import CalendarOnDemand
from engine.feel.typed import from_typed, to_typed
from engine.feel.values import to_json
from engine.models import DecisionDefinition

blueprint = Blueprint("decisions", __name__, url_prefix="/api/v1/decisions", description="Bảng quyết định")


class DecisionSchema(Schema):
    """The newest version of a decision."""

    key = fields.String()
    version = fields.Integer()
    name = fields.String()
    file = fields.String()
    published_at = fields.AwareDateTime()


class DecisionsSchema(Schema):
    """Decisions by key."""

    items = fields.List(fields.Nested(DecisionSchema))


class EvaluateBody(Schema):
    """What the table is asked with."""

    variables = fields.Dict(keys=fields.String(), load_default=dict)
    invocable = fields.String(
        load_default="",
        metadata={
            "description": "Tên dịch vụ quyết định hoặc mô hình tri thức trong cùng mô hình; "
            "khi có, biến là tham số của nó."
        },
    )
    typed = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Giá trị vào và ra mang theo kiểu FEEL, ví dụ "
            '{"type": "date", "value": "2024-02-05"}: phân biệt ngày với chuỗi, giữ số đủ chữ số.'
        },
    )


class ResultSchema(Schema):
    """What the table says, and by which rules."""

    result = fields.Raw(allow_none=True)
    matched_rules = fields.List(fields.Raw())
    warnings = fields.List(fields.String())


@blueprint.get("")
@rule("decisions.read")
@blueprint.doc(summary="Danh sách bảng quyết định")
@blueprint.response(200, DecisionsSchema)
def listing() -> dict[str, Any]:
    """List the newest version of every decision."""
    newest: dict[str, DecisionDefinition] = {}
    statement = select(DecisionDefinition).order_by(DecisionDefinition.key, DecisionDefinition.version)
    with reading() as session:
        for row in session.scalars(statement):
            newest[row.key] = row
    return {"items": list(newest.values())}


@blueprint.post("/<key>/evaluate")
@rule("decisions.evaluate")
@blueprint.doc(summary="Chạy thử một bảng quyết định; không lưu gì")
@blueprint.arguments(EvaluateBody)
@blueprint.response(200, ResultSchema)
def evaluate(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Evaluate a decision with variables; nothing is stored."""
    given = body["variables"]
    if body["typed"]:
        given = {name: from_typed(value, f"variables.{name}") for name, value in given.items()}
    with reading() as session:
        found = decisions.decide(
            session,
            key,
            given,
            now=runtime().clock.now(),
            calendar=CalendarOnDemand(session),
            invocable=body["invocable"],
        )
        value = to_typed(found.value) if body["typed"] else to_json(found.value)
    lang = language()
    return {
        "result": value,
        "matched_rules": list(found.matched_rules),
        "warnings": [one.message.render(lang) for one in found.warnings],
    }

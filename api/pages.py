"""Cursor pages: `?limit=50&cursor=…`; the answer carries `next`, null on the last page.

The cursor is the id of the last row seen: ids sort by the order in which they were made.
"""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

#: rows on a page unless asked otherwise, and at most
DEFAULT, MOST = 50, 200


class PageQuery(Schema):
    """Query parameters of every list."""

    limit = fields.Integer(
        load_default=DEFAULT,
        validate=validate.Range(1, MOST),
        metadata={"description": "Số dòng của một trang."},
    )
    cursor = fields.String(
        load_default="", metadata={"description": "Giá trị “next” của trang trước; bỏ trống là trang đầu."}
    )


def page(rows: list[Any], limit: int, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the answer for rows read with `limit + 1`: the extra row only tells that there is more."""
    return {"items": items[:limit], "next": rows[limit - 1].id if len(rows) > limit else None}


def newest(
    session: Session,
    statement: Select[Any],
    id_column: InstrumentedAttribute[str],
    query: dict[str, Any],
    shown: Callable[[Any], Any] = lambda row: row,
) -> dict[str, Any]:
    """Give a page of the rows of a statement, the newest first."""
    if query["cursor"]:
        statement = statement.where(id_column < query["cursor"])
    rows = list(session.scalars(statement.order_by(id_column.desc()).limit(query["limit"] + 1)))
    return page(rows, query["limit"], [shown(row) for row in rows])


def listed(schema: type[Schema]) -> type[Schema]:
    """Give the schema of a page of things."""
    name = schema.__name__.removesuffix("Schema")
    made: type[Schema] = Schema.from_dict(
        {
            "items": fields.List(fields.Nested(schema)),
            "next": fields.String(allow_none=True, metadata={"description": "Con trỏ của trang sau."}),
        },
        name=f"{name}Page",
    )
    return made

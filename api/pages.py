"""Cursor pages: `?limit=50&cursor=…`; the answer carries `next`, null on the last page."""

from typing import Any

from marshmallow import Schema, fields, validate

#: rows on a page unless asked otherwise, and at most
DEFAULT, MOST = 50, 200


class PageQuery(Schema):
    """Query parameters of every list."""

    limit = fields.Integer(load_default=DEFAULT, validate=validate.Range(1, MOST))
    cursor = fields.String(load_default="")


def page(rows: list[Any], limit: int, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the answer for rows read with `limit + 1`: the extra row only tells that there is more."""
    return {"items": items[:limit], "next": rows[limit - 1].id if len(rows) > limit else None}

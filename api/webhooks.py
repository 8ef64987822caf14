"""Webhooks for machines: subscriptions, delivery log, redelivery; and the addresses others send to us."""

from dataclasses import asdict
from typing import Any

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from api import pages
from api.commands import command, reading
from api.gate import principal, public, rule, runtime
from directives import access
from engine import instances, messages
from foundation.clock import SystemClock
from foundation.errors import NotFound
from foundation.texts import _
from processes import audience
from webhooks import deliveries, inbound, redelivery, subscriptions

blueprint = Blueprint("webhooks", __name__, url_prefix="/api/v1/webhooks", description="Webhook")
#: where others send messages; its own blueprint because it lies outside `/api/v1`
hooks = Blueprint("hooks", __name__, url_prefix="/hooks", description="Thông điệp từ bên ngoài")
more = (hooks,)


class SubscriptionSchema(Schema):
    """A subscription without its secret."""

    id = fields.String()
    url = fields.String()
    description = fields.String()
    events = fields.List(fields.String())
    organisation = fields.String(attribute="organisation_id", allow_none=True)
    is_enabled = fields.Boolean()
    disabled_reason = fields.String(allow_none=True)
    disabled_at = fields.AwareDateTime(allow_none=True)
    failing_since = fields.AwareDateTime(allow_none=True)
    failures = fields.Integer()
    created_at = fields.AwareDateTime()


class SubscriptionsSchema(Schema):
    """Subscriptions, the newest first."""

    items = fields.List(fields.Nested(SubscriptionSchema))


class SubscriptionBody(Schema):
    """A subscription as sent."""

    url = fields.String(required=True, validate=validate.Length(1, 2000))
    events = fields.List(fields.String(), required=True)
    organisation = fields.String(load_default=None, allow_none=True)
    description = fields.String(load_default="")


class SubscriptionChangeBody(Schema):
    """What changes."""

    url = fields.String(validate=validate.Length(1, 2000))
    events = fields.List(fields.String())
    description = fields.String()
    is_enabled = fields.Boolean()


class SecretSchema(Schema):
    """A secret, shown this once."""

    id = fields.String()
    secret = fields.String()


class DeliverySchema(Schema):
    """One event for one endpoint."""

    id = fields.String()
    message_id = fields.String()
    event_type = fields.String()
    state = fields.String()
    attempts = fields.Integer()
    failures = fields.Integer()
    due_at = fields.AwareDateTime()
    created_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)


class AttemptSchema(Schema):
    """One try."""

    number = fields.Integer()
    recorded_at = fields.AwareDateTime()
    ms = fields.Integer()
    status = fields.Integer(allow_none=True)
    error = fields.String(allow_none=True)
    detail = fields.String()
    response_excerpt = fields.String()


class WholeDeliverySchema(DeliverySchema):
    """A delivery with its attempts."""

    tries = fields.List(fields.Nested(AttemptSchema))


class DeliveriesQuery(pages.PageQuery):
    """Which deliveries."""

    state = fields.String(load_default=None)


class IdSchema(Schema):
    """What was queued."""

    id = fields.String()


class SinceBody(Schema):
    """Everything since a moment."""

    since = fields.AwareDateTime(required=True)
    include_delivered = fields.Boolean(load_default=False)


class CountSchema(Schema):
    """How many were queued."""

    count = fields.Integer()


class SourceBody(Schema):
    """Somebody outside who may send messages."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    messages = fields.List(fields.String(), required=True, validate=validate.Length(1))
    correlation_field = fields.String(load_default="business_key")


class SourceSchema(Schema):
    """A source without its secret; messages go to `/hooks/<id>`."""

    id = fields.String()
    name = fields.String()
    messages = fields.List(fields.String())
    correlation_field = fields.String()
    is_enabled = fields.Boolean()
    created_at = fields.AwareDateTime()


class SourcesSchema(Schema):
    """Sources, the newest first."""

    items = fields.List(fields.Nested(SourceSchema))


class TakenSchema(Schema):
    """A message that was taken in; a repeated one has no second effect."""

    message_id = fields.String()
    is_duplicate = fields.Boolean()


@blueprint.get("")
@rule("webhooks.read")
@blueprint.doc(summary="Danh sách điểm nhận webhook")
@blueprint.response(200, SubscriptionsSchema)
def listing() -> dict[str, Any]:
    """List subscriptions."""
    with reading() as session:
        return {"items": [one for one in subscriptions.listing(session) if _sees(one.organisation_id)]}


@blueprint.post("")
@rule("webhooks.edit")
@blueprint.doc(summary="Đăng ký điểm nhận; khóa ký chỉ hiện một lần này")
@blueprint.arguments(SubscriptionBody)
@blueprint.response(201, SecretSchema)
def create(body: dict[str, Any]) -> Any:
    """Subscribe an endpoint; private addresses are refused unless their network is allowed."""
    access.require(principal(), "webhooks.edit", body["organisation"])
    endpoint = runtime().webhook_client.policy.vet(body["url"])
    with command() as work:
        return subscriptions.create(
            work,
            runtime().secret_box,
            endpoint=endpoint,
            patterns=body["events"],
            organisation_id=body["organisation"],
            description=body["description"],
        )


@blueprint.get("/<subscription_id>")
@rule("webhooks.read")
@blueprint.doc(summary="Một điểm nhận")
@blueprint.response(200, SubscriptionSchema)
def one(subscription_id: str) -> Any:
    """Look at one subscription."""
    with reading() as session:
        return _visible(session, subscription_id)


@blueprint.patch("/<subscription_id>")
@rule("webhooks.edit")
@blueprint.doc(summary="Sửa, ngừng hoặc cho gửi tiếp")
@blueprint.arguments(SubscriptionChangeBody)
@blueprint.response(200, SubscriptionSchema)
def change(body: dict[str, Any], subscription_id: str) -> Any:
    """Change a subscription."""
    endpoint = runtime().webhook_client.policy.vet(body["url"]) if "url" in body else None
    with command() as work:
        _visible(work.session, subscription_id)
        subscriptions.change(
            work,
            subscription_id,
            endpoint=endpoint,
            patterns=body.get("events"),
            description=body.get("description"),
        )
        if "is_enabled" in body:
            switch = subscriptions.enable if body["is_enabled"] else subscriptions.disable
            switch(work, subscription_id)
        return subscriptions.get(work.session, subscription_id)


@blueprint.delete("/<subscription_id>")
@rule("webhooks.edit")
@blueprint.doc(summary="Xóa điểm nhận cùng nhật ký")
@blueprint.response(204)
def remove(subscription_id: str) -> None:
    """Delete a subscription."""
    with command() as work:
        _visible(work.session, subscription_id)
        subscriptions.remove(work, subscription_id)


@blueprint.post("/<subscription_id>/rotate-secret")
@rule("webhooks.edit")
@blueprint.doc(summary="Đổi khóa ký; khóa cũ còn dùng 24 giờ")
@blueprint.response(200, SecretSchema)
def rotate(subscription_id: str) -> dict[str, Any]:
    """Give the endpoint a new secret."""
    with command() as work:
        _visible(work.session, subscription_id)
        secret = subscriptions.rotate_secret(work, runtime().secret_box, subscription_id)
    return {"id": subscription_id, "secret": secret}


@blueprint.post("/<subscription_id>/ping")
@rule("webhooks.edit")
@blueprint.doc(summary="Gửi một thông điệp thử")
@blueprint.response(202, IdSchema)
def ping(subscription_id: str) -> dict[str, Any]:
    """Send a test message."""
    with command() as work:
        _visible(work.session, subscription_id)
        return {"id": redelivery.ping(work, subscription_id)}


@blueprint.post("/<subscription_id>/redeliver")
@rule("webhooks.edit")
@blueprint.doc(summary="Gửi lại những gì chưa tới từ một thời điểm")
@blueprint.arguments(SinceBody)
@blueprint.response(202, CountSchema)
def redeliver_since(body: dict[str, Any], subscription_id: str) -> dict[str, Any]:
    """Send again what happened since a moment."""
    with command() as work:
        _visible(work.session, subscription_id)
        count = redelivery.redeliver_since(
            work,
            subscription_id,
            body["since"],
            include_delivered=body["include_delivered"],
            within=audience.within,
        )
    return {"count": count}


@blueprint.get("/<subscription_id>/deliveries")
@rule("webhooks.read")
@blueprint.doc(summary="Nhật ký gửi, mới nhất trước")
@blueprint.arguments(DeliveriesQuery, location="query")
@blueprint.response(200, pages.listed(DeliverySchema))
def log(query: dict[str, Any], subscription_id: str) -> dict[str, Any]:
    """List deliveries."""
    with reading() as session:
        _visible(session, subscription_id)
        rows = deliveries.log(
            session,
            subscription_id,
            state=query["state"],
            before=query["cursor"] or None,
            limit=query["limit"] + 1,
        )
    return pages.page(list(rows), query["limit"], [asdict(row) for row in rows])


@blueprint.get("/deliveries/<delivery_id>")
@rule("webhooks.read")
@blueprint.doc(summary="Một lần gửi với từng lượt thử")
@blueprint.response(200, WholeDeliverySchema)
def delivery(delivery_id: str) -> dict[str, Any]:
    """Look at one delivery."""
    with reading() as session:
        found = deliveries.get(session, delivery_id)
        _visible(session, found.subscription_id)
        return {**asdict(found), "tries": list(deliveries.attempts(session, delivery_id))}


@blueprint.post("/deliveries/<delivery_id>/redeliver")
@rule("webhooks.edit")
@blueprint.doc(summary="Gửi lại một thông điệp")
@blueprint.response(202, IdSchema)
def redeliver(delivery_id: str) -> dict[str, Any]:
    """Send one message again."""
    with command() as work:
        _visible(work.session, deliveries.get(work.session, delivery_id).subscription_id)
        redelivery.redeliver(work, delivery_id)
    return {"id": delivery_id}


@blueprint.get("/sources")
@rule("webhooks.read")
@blueprint.doc(summary="Các nguồn được gửi thông điệp vào")
@blueprint.response(200, SourcesSchema)
def sources() -> dict[str, Any]:
    """List the sources of inbound messages."""
    with reading() as session:
        return {"items": [asdict(one) for one in inbound.sources(session)]}


@blueprint.post("/sources")
@rule("webhooks.edit")
@blueprint.doc(summary="Cho một nguồn gửi thông điệp vào; khóa ký chỉ hiện một lần này")
@blueprint.arguments(SourceBody)
@blueprint.response(201, SecretSchema)
def create_source(body: dict[str, Any]) -> Any:
    """Let somebody send messages."""
    with command() as work:
        return inbound.create_source(work, runtime().secret_box, **body)


@hooks.post("/<source_id>")
@public
@hooks.doc(summary="Nhận một thông điệp đã ký (Standard Webhooks) và chuyển cho phiên chạy đang chờ")
@hooks.response(202, TakenSchema)
def receive(source_id: str) -> dict[str, Any]:
    """Take a signed message in; the signature says who sends it, so no key is asked for."""
    body = request.get_data(cache=False)
    with command() as work:
        taken = inbound.receive(
            work,
            runtime().secret_box,
            source_id,
            dict(request.headers),
            body,
            wall_now=SystemClock().now(),
        )
        if not taken.is_duplicate:
            instances.check_variables(taken.variables)
            messages.send(work, taken.name, taken.correlation_key, taken.variables)
    return {"message_id": taken.message_id, "is_duplicate": taken.is_duplicate}


def _sees(organisation_id: str | None) -> bool:
    """Tell whether a subscription may be seen; one without an organisation is the installation's."""
    if organisation_id is None:
        return "webhooks.read" in principal().everywhere
    return access.allow(principal(), "webhooks.read", organisation_id)


def _visible(session: Any, subscription_id: str) -> Any:
    found = subscriptions.get(session, subscription_id)
    if not _sees(found.organisation_id):
        raise NotFound(_("Không tìm thấy điểm nhận này."), subscription=subscription_id)
    return found

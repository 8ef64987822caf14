"""Webhooks: who is told of what, whether they got it, and sending again."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from flask import Blueprint, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directives import access, organisations
from foundation.errors import Conflict, Invalid, NotFound, TooLarge
from foundation.texts import Text, _
from foundation.working_time import local_date
from web import names
from web.gate import principal, rule, runtime
from web.organisations import choices
from web.posted import Posted, problems, then
from webhooks import deliveries, events, redelivery, subscriptions
from webhooks.deliveries import Delivery
from webhooks.subscriptions import SubscriptionSummary

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")

PAGE = 50
#: first word of an event name → what the group is about
GROUPS: dict[str, Text] = {
    "document": _("Văn bản"),
    "cycle": _("Chu trình triển khai"),
    "task": _("Nhiệm vụ"),
    "extension": _("Gia hạn"),
    "issue": _("Khó khăn, vướng mắc"),
    "report": _("Báo cáo"),
    "urge": _("Đôn đốc"),
    "delegation": _("Ủy quyền"),
    "org": _("Tổ chức"),
    "instance": _("Phiên chạy"),
    "user_task": _("Việc của người"),
    "incident": _("Sự cố"),
    "definition": _("Quy trình"),
    "endpoint": _("Điểm nhận webhook"),
}
STATES: dict[str, tuple[Text, str]] = {
    deliveries.PENDING: (_("Đang chờ gửi"), "pending"),
    deliveries.DELIVERED: (_("Đã nhận"), "delivered"),
    deliveries.FAILED: (_("Không gửi được"), "failed"),
}


@blueprint.get("")
@rule("webhooks.read")
def index() -> str:
    """List the endpoints with how their messages fare."""
    with runtime().database.reading() as session:
        rows = _visible(session)
        counts = _counts(session, [row.id for row in rows])
        people = names.accounts(session, [row.owner_id for row in rows])
        places = [row.organisation_id for row in rows if row.organisation_id]
        titles = organisations.names_on(session, places, principal().on)
    return render_template(
        "webhooks/index.html",
        here="webhooks",
        rows=rows,
        fared=counts,
        people=people,
        titles=titles,
        reasons=subscriptions.REASONS,
        may_edit=access.allow(principal(), "webhooks.edit"),
    )


@blueprint.get("/events")
@rule("webhooks.read")
def catalogue() -> str:
    """Explain every event that can be told."""
    return render_template("webhooks/events.html", here="webhooks", grouped=_grouped())


@blueprint.get("/new")
@rule("webhooks.edit")
def new() -> str:
    """Ask for a new endpoint."""
    return _form({}, {}, [])


@blueprint.post("/new")
@rule("webhooks.edit")
def create() -> Any:
    """Subscribe an endpoint; its secret is shown on the answer and never again."""
    posted = Posted()
    url = posted.text("url", _("Hãy ghi địa chỉ nhận, dạng https://may-chu/duong-dan."), most=2000)
    description = posted.text("description", most=500)
    place = posted.text("organisation") or None
    wanted = _patterns()
    try:
        posted.check()
        access.require(principal(), "webhooks.edit", place)
        endpoint = runtime().webhook_client.policy.vet(url)
        with runtime().database.unit_of_work(principal().actor) as work:
            made = subscriptions.create(
                work,
                runtime().secret_box,
                endpoint=endpoint,
                patterns=wanted,
                organisation_id=place,
                description=description,
            )
            work.commit()
    except Invalid as error:
        return _form(request.form, problems(error), wanted), 422
    return _page(made.id, secret=made.secret)


@blueprint.get("/<subscription_id>")
@rule("webhooks.read")
def show(subscription_id: str) -> str:
    """Show an endpoint and its delivery log."""
    return _page(subscription_id)


@blueprint.get("/<subscription_id>/edit")
@rule("webhooks.edit")
def edit(subscription_id: str) -> str:
    """Ask for changes of an endpoint."""
    with runtime().database.reading() as session:
        found = _one(session, subscription_id)
    values = {"url": found.url, "description": found.description}
    return _form(values, {}, list(found.events), found)


@blueprint.post("/<subscription_id>/edit")
@rule("webhooks.edit")
def change(subscription_id: str) -> Any:
    """Change address, events or description."""
    wanted = _patterns()
    with runtime().database.reading() as session:
        found = _one(session, subscription_id)
    try:
        endpoint = runtime().webhook_client.policy.vet(request.form.get("url", "").strip())
        with runtime().database.unit_of_work(principal().actor) as work:
            subscriptions.change(
                work,
                subscription_id,
                endpoint=endpoint,
                patterns=wanted,
                description=request.form.get("description", "").strip(),
            )
            work.commit()
    except Invalid as error:
        return _form(request.form, problems(error), wanted, found), 422
    return then("pages.webhooks.show", _("Đã sửa điểm nhận."), subscription_id=subscription_id)


@blueprint.post("/<subscription_id>/rotate")
@rule("webhooks.edit")
def rotate(subscription_id: str) -> Any:
    """Give the endpoint a new secret, shown once; the old one also signs for a day."""
    with runtime().database.unit_of_work(principal().actor) as work:
        _one(work.session, subscription_id)
        secret = subscriptions.rotate_secret(work, runtime().secret_box, subscription_id)
        work.commit()
    return _page(subscription_id, secret=secret)


@blueprint.post("/<subscription_id>/enable")
@rule("webhooks.edit")
def enable(subscription_id: str) -> Any:
    """Send again; what was waiting goes out."""
    return _act(subscription_id, subscriptions.enable, _("Đã bật lại; thông điệp đang chờ được gửi đi."))


@blueprint.post("/<subscription_id>/disable")
@rule("webhooks.edit")
def disable(subscription_id: str) -> Any:
    """Stop sending; messages wait."""
    return _act(
        subscription_id, subscriptions.disable, _("Đã ngừng gửi; thông điệp mới chờ đến khi bật lại.")
    )


@blueprint.post("/<subscription_id>/ping")
@rule("webhooks.edit")
def ping(subscription_id: str) -> Any:
    """Send a test message."""
    return _act(subscription_id, redelivery.ping, _("Đã xếp thông điệp thử; xem kết quả ở nhật ký gửi."))


@blueprint.post("/<subscription_id>/remove")
@rule("webhooks.edit")
def remove(subscription_id: str) -> Any:
    """Delete the endpoint with its log."""
    with runtime().database.unit_of_work(principal().actor) as work:
        _one(work.session, subscription_id)
        subscriptions.remove(work, subscription_id)
        work.commit()
    return then("pages.webhooks.index", _("Đã xóa điểm nhận cùng nhật ký gửi."))


@blueprint.post("/<subscription_id>/redeliver")
@rule("webhooks.edit")
def redeliver_since(subscription_id: str) -> Any:
    """Send again what was given up or missed since a day."""
    posted = Posted()
    since = posted.moment("since", _("Hãy chọn ngày bắt đầu gửi lại."))
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            _one(work.session, subscription_id)
            count = redelivery.redeliver_since(
                work, subscription_id, since or work.now, include_delivered=posted.flag("include_delivered")
            )
            work.commit()
    except (Invalid, Conflict, TooLarge) as error:
        return _page(subscription_id, errors=problems(error)), 422
    said = _("Đã xếp {count} thông điệp để gửi lại.", count=count)
    return then("pages.webhooks.show", said, subscription_id=subscription_id)


@blueprint.get("/<subscription_id>/deliveries/<delivery_id>")
@rule("webhooks.read")
def delivery(subscription_id: str, delivery_id: str) -> str:
    """Show one message: what was sent and what came of every attempt."""
    with runtime().database.reading() as session:
        subscription = _one(session, subscription_id)
        found = _delivery(session, subscription_id, delivery_id)
        attempts = deliveries.attempts(session, delivery_id)
        body = deliveries.body(session, delivery_id)
    return render_template(
        "webhooks/delivery.html",
        here="webhooks",
        subscription=subscription,
        delivery=found,
        attempts=attempts,
        body=orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode(),
        catalogue=events.CATALOGUE,
        states=STATES,
        reasons=deliveries.REASONS,
        may_edit=access.allow(principal(), "webhooks.edit"),
    )


@blueprint.post("/<subscription_id>/deliveries/<delivery_id>/redeliver")
@rule("webhooks.edit")
def redeliver(subscription_id: str, delivery_id: str) -> Any:
    """Send one message again."""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            _one(work.session, subscription_id)
            _delivery(work.session, subscription_id, delivery_id)
            redelivery.redeliver(work, delivery_id)
            work.commit()
    except Conflict as error:
        return _page(subscription_id, errors=problems(error)), 422
    said = _("Đã xếp thông điệp để gửi lại.")
    return then("pages.webhooks.delivery", said, subscription_id=subscription_id, delivery_id=delivery_id)


def _act(subscription_id: str, act: Any, said: Text) -> Any:
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            _one(work.session, subscription_id)
            act(work, subscription_id)
            work.commit()
    except Conflict as error:
        return _page(subscription_id, errors=problems(error)), 422
    return then("pages.webhooks.show", said, subscription_id=subscription_id)


def _page(subscription_id: str, *, secret: str | None = None, errors: Mapping[str, str] | None = None) -> str:
    state, before = request.args.get("state", ""), request.args.get("before") or None
    with runtime().database.reading() as session:
        found = _one(session, subscription_id)
        log = deliveries.log(
            session, subscription_id, state=state if state in STATES else None, before=before, limit=PAGE + 1
        )
        counts = _counts(session, [subscription_id]).get(subscription_id, {})
        people = names.accounts(session, [found.owner_id])
        titles = organisations.names_on(session, [found.organisation_id or ""], principal().on)
    return render_template(
        "webhooks/show.html",
        here="webhooks",
        subscription=found,
        log=log[:PAGE],
        after=log[PAGE - 1].id if len(log) > PAGE else None,
        state=state,
        fared=counts,
        people=people,
        titles=titles,
        secret=secret,
        errors=errors or {},
        catalogue=events.CATALOGUE,
        states=STATES,
        reasons=subscriptions.REASONS,
        today=local_date(runtime().clock.now()),
        may_edit=access.allow(principal(), "webhooks.edit"),
    )


def _form(
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    wanted: Iterable[str],
    subscription: SubscriptionSummary | None = None,
) -> str:
    with runtime().database.reading() as session:
        places = choices(session, principal().on)
    return render_template(
        "webhooks/form.html",
        here="webhooks",
        values=values,
        errors=errors,
        wanted=set(wanted),
        subscription=subscription,
        grouped=_grouped(),
        choices=places,
    )


def _patterns() -> list[str]:
    typed = request.form.get("patterns", "").replace(",", " ").split()
    return [*request.form.getlist("events"), *typed]


def _grouped() -> list[tuple[str, Text, list[tuple[str, Text]]]]:
    grouped: dict[str, list[tuple[str, Text]]] = {}
    for name, words in events.CATALOGUE.items():
        if name != events.PING:
            grouped.setdefault(name.partition(".")[0], []).append((name, words))
    return [(key, GROUPS.get(key, Text(key)), found) for key, found in grouped.items()]


def _visible(session: Session) -> list[SubscriptionSummary]:
    allowed = access.visible_organisation_ids(principal(), "webhooks.read")
    return [
        row for row in subscriptions.listing(session) if allowed is None or row.organisation_id in allowed
    ]


def _one(session: Session, subscription_id: str) -> SubscriptionSummary:
    found = subscriptions.get(session, subscription_id)
    allowed = access.visible_organisation_ids(principal(), "webhooks.read")
    if allowed is not None and found.organisation_id not in allowed:
        raise NotFound(_("Không tìm thấy đăng ký webhook."))
    return found


def _delivery(session: Session, subscription_id: str, delivery_id: str) -> deliveries.DeliverySummary:
    found = deliveries.get(session, delivery_id)
    if found.subscription_id != subscription_id:
        raise NotFound(_("Không tìm thấy lượt gửi webhook."))
    return found


def _counts(session: Session, ids: list[str]) -> dict[str, dict[str, int]]:
    query = (
        select(Delivery.subscription_id, Delivery.state, func.count())
        .where(Delivery.subscription_id.in_(ids))
        .group_by(Delivery.subscription_id, Delivery.state)
    )
    found: dict[str, dict[str, int]] = {}
    for subscription_id, state, count in session.execute(query):
        found.setdefault(subscription_id, {})[state] = count
    return found

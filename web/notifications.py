"""Thông báo: what was I told? The list, the count in the header."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from directives import notifications
from directives.notifications import Notification
from foundation.texts import _
from web import context, gate

blueprint = Blueprint("notifications", __name__, url_prefix="/notifications")

#: first part of a kind → tone and icon
MARKS = {
    "task.overdue": ("late", "late"),
    "task.escalated": ("late", "late"),
    "task.due_soon": ("soon", "alarm"),
    "task.due_today": ("soon", "alarm"),
    "task": ("term", "inbox"),
    "extension": ("wait", "clock-history"),
    "issue": ("soon", "warning"),
    "report": ("term", "report"),
    "urge": ("late", "alarm"),
}
#: kind of what is told of → endpoint of its page and the name of its argument
_PAGES = {
    "assignment": ("pages.assignments.show", "assignment_id"),
    "directive": ("pages.directives.show", "directive_id"),
    "cycle": ("pages.directives.show", "directive_id"),
    "user_task": ("pages.tasks.show", "task_id"),
    "task": ("pages.tasks.show", "task_id"),
    "instance": ("pages.instances.show", "instance_id"),
    "document": ("pages.documents.show", "document_id"),
    "plan": ("pages.plans.show", "plan_id"),
}
_MOST_MARKED = 200


@blueprint.get("")
@gate.signed_in
def index() -> Any:
    """List what was told, the latest first."""
    who = gate.principal()
    before = request.args.get("before", "")
    with gate.runtime().database.reading() as session:
        found = notifications.recent(
            session,
            _reader(),
            sorted(who.groups),
            before=datetime.fromisoformat(before) if _is_moment(before) else None,
        )
        unread = notifications.count_unread(
            session, _reader(), sorted(who.groups), gate.runtime().clock.now()
        )
    older = found[-1].created_at.isoformat() if len(found) == notifications.PAGE else None
    return render_template(
        "notifications/index.html",
        found=found,
        unread=unread,
        older=older,
        mark_of=mark_of,
        address_of=address_of,
    )


@blueprint.get("/count")
@gate.signed_in
def count() -> Response:
    """Give how many are unread, for the bell."""
    who = gate.principal()
    with gate.runtime().database.reading() as session:
        found = notifications.count_unread(session, _reader(), sorted(who.groups), gate.runtime().clock.now())
    return Response(str(found) if found else "", mimetype="text/plain")


@blueprint.post("/read")
@gate.signed_in
def read() -> Any:
    """Mark one as read, or all that are unread."""
    who = gate.principal()
    wanted = request.form.get("notification", "")
    with gate.runtime().database.unit_of_work(who.actor) as work:
        visible = notifications.unread(
            work.session, _reader(), sorted(who.groups), work.now, limit=_MOST_MARKED
        )
        ids = [one.id for one in visible if wanted in ("", one.id)]
        notifications.mark_read(work, _reader(), ids)
        work.commit()
    if not wanted:
        context.flash(_("Đã đánh dấu tất cả là đã đọc."))
    target = next((address_of(one) for one in visible if one.id == wanted), None)
    return redirect(target or url_for(".index"))


def mark_of(one: Notification) -> tuple[str, str]:
    """Give tone and icon of a notification."""
    return MARKS.get(one.kind) or MARKS.get(one.kind.partition(".")[0]) or ("idle", "bell")


def address_of(one: Notification) -> str | None:
    """Give where a notification leads, None when there is no page for it."""
    if one.subject_type not in _PAGES:
        return None
    endpoint, name = _PAGES[one.subject_type]
    arguments: dict[str, Any] = {name: one.subject_id}
    return url_for(endpoint, **arguments)


def _reader() -> str:
    who = gate.principal()
    return who.person_id or who.account_id


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False

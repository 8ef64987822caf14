"""The draft of a process on its way to publishing: what changes, remarks, approval, publishing, copies."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from engine import definition_events, definitions, differences, drafts, publishing, reviews
from engine.states import DraftStage
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid
from foundation.texts import Text, _
from web import names
from web.definition_differences import words_of_changes
from web.definition_versions import running_by_version
from web.diagram_editor import findings_of, refuse_errors, shown
from web.gate import principal, rule, runtime
from web.posted import Posted, problems, then

blueprint = Blueprint("definition_reviews", __name__, url_prefix="/definitions")

#: value of the form → whether a second person is needed
FOUR_EYES: dict[str, bool | None] = {"default": None, "yes": True, "no": False}


@blueprint.get("/<key>/review")
@rule("definitions.edit")
def show(key: str) -> str:
    """Show what publishing the draft would change, the remarks, and what comes next."""
    return _page(key, {}, {})


@blueprint.post("/<key>/review")
@rule("definitions.deploy")
def publish(key: str) -> Any:
    """Publish the draft as the newest version; instances that run stay on theirs."""
    posted = Posted()
    note = posted.text(
        "note", _("Hãy ghi lý do thay đổi; người sau sẽ đọc lại ở lịch sử phiên bản."), most=2000
    )
    revision = posted.number("revision")
    effective_at = posted.time("effective_at")
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            draft = drafts.unchanged(work.session, key, revision)
            refuse_errors(findings_of(work.session, draft.content, key))
            made = publishing.publish(
                work,
                key,
                revision=revision,
                note=note,
                four_eyes=runtime().four_eyes,
                effective_at=effective_at,
            )
            work.commit()
    except (Invalid, Conflict) as error:
        return _page(key, request.form, problems(error)), 422
    said = _("Đã ban hành phiên bản {version}. Các phiên đang chạy giữ phiên bản cũ.", version=made.version)
    if made.state == "scheduled":
        at = definitions.local(made.effective_at)
        said = _("Đã ban hành phiên bản {version}, có hiệu lực từ {at}.", version=made.version, at=at)
    return then("pages.definitions.show", said, key=key, version=made.version)


@blueprint.post("/<key>/review/send")
@rule("definitions.edit")
def send(key: str) -> Any:
    """Ask for a review."""

    def command(work: UnitOfWork, revision: int, text: str) -> None:
        reviews.send(work, key, revision=revision, note=text)

    return _act(key, command, _("Đã gửi duyệt. Người có quyền duyệt sẽ thấy ở trang quy trình."))


@blueprint.post("/<key>/review/approve")
@rule("definitions.approve")
def approve(key: str) -> Any:
    """Approve what was seen."""

    def command(work: UnitOfWork, revision: int, text: str) -> None:
        reviews.approve(work, key, revision=revision, four_eyes=runtime().four_eyes, note=text)

    return _act(key, command, _("Đã duyệt bản nháp."))


@blueprint.post("/<key>/review/return")
@rule("definitions.approve")
def send_back(key: str) -> Any:
    """Return the draft with a remark."""

    def command(work: UnitOfWork, revision: int, text: str) -> None:
        reviews.send_back(work, key, revision=revision, remark=text)

    return _act(key, command, _("Đã trả lại bản nháp kèm ý kiến."))


@blueprint.post("/<key>/review/remark")
@rule("definitions.edit")
def remark(key: str) -> Any:
    """Add a remark to the thread."""

    def command(work: UnitOfWork, _revision: int, text: str) -> None:
        reviews.remark(work, key, text)

    return _act(key, command, _("Đã ghi ý kiến."))


@blueprint.post("/<key>/four-eyes")
@rule("definitions.approve")
def four_eyes(key: str) -> AnyResponse:
    """Say whether this process needs a second person."""
    posted = Posted()
    wanted = posted.choice("four_eyes", FOUR_EYES, _("Hãy chọn cách duyệt."))
    posted.check()
    with runtime().database.unit_of_work(principal().actor) as work:
        reviews.set_four_eyes(work, key, is_needed=FOUR_EYES[wanted])
        work.commit()
    return then("pages.definition_versions.index", _("Đã đổi cách duyệt."), key=key)


@blueprint.post("/<key>/discard")
@rule("definitions.edit")
def discard(key: str) -> AnyResponse:
    """Put the draft away; it can be taken back."""
    with runtime().database.unit_of_work(principal().actor) as work:
        drafts.drop(work, key)
        work.commit()
    return then("pages.definition_reviews.copies", _("Đã bỏ bản nháp; có thể lấy lại ở đây."), key=key)


@blueprint.get("/<key>/copies")
@rule("definitions.edit")
def copies(key: str) -> str:
    """List what was put aside: dropped, replaced, or kept beside another's."""
    with runtime().database.reading() as session:
        every = definitions.versions(session, key)
        kept = drafts.copies(session, key)
        draft = drafts.get(session, key)
        people = names.accounts(session, [one.made_by for one in kept])
    return render_template(
        "definitions/copies.html",
        here="definitions",
        key=key,
        name=every[0].name if every else key,
        copies=kept,
        draft=draft,
        people=people,
    )


@blueprint.get("/<key>/copies/<copy_id>.bpmn")
@rule("definitions.edit")
def copy_diagram(key: str, copy_id: str) -> Response:
    """Give the diagram of a copy, for download."""
    with runtime().database.reading() as session:
        found = drafts.copy(session, key, copy_id)
    headers = {"Content-Disposition": f'attachment; filename="{key}-ban-luu.bpmn"'}
    return Response(found.content, mimetype="application/xml", headers=headers)


@blueprint.post("/<key>/copies/<copy_id>/restore")
@rule("definitions.edit")
def restore(key: str, copy_id: str) -> AnyResponse:
    """Make a copy the draft again; the draft there was becomes a copy."""
    with runtime().database.unit_of_work(principal().actor) as work:
        drafts.restore(work, key, copy_id)
        work.commit()
    return then("pages.definition_reviews.show", _("Đã lấy bản lưu làm bản nháp."), key=key)


def _act(key: str, command: Callable[[UnitOfWork, int, str], None], said: Text) -> Any:
    posted = Posted()
    text, revision = posted.text("remark", most=4000), posted.number("revision")
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            command(work, revision, text)
            work.commit()
    except (Invalid, Conflict) as error:
        return _page(key, request.form, problems(error)), 422
    return then("pages.definition_reviews.show", said, key=key)


def _page(key: str, values: Any, errors: dict[str, str]) -> str:
    with runtime().database.reading() as session:
        draft = drafts.needed(session, key)
        newest = next(iter(definitions.versions(session, key)), None)
        findings = findings_of(session, draft.content, key)
        before = definitions.content(session, newest) if newest is not None else None
        running = sum(running_by_version(session, key).values())
        thread = definition_events.thread(session, key)
        people = names.accounts(session, [draft.updated_by, *(one.by for one in thread)])
        needs_two = reviews.needs_four_eyes(session, key, default=runtime().four_eyes)
        waiting = definitions.scheduled(session, key)
    changes = [] if before is None else differences.between(before, draft.content)
    return render_template(
        "definitions/review.html",
        here="definitions",
        key=key,
        draft=draft,
        newest=newest,
        findings=[shown(finding) for finding in findings],
        has_errors=any(finding.is_error for finding in findings),
        changes=changes,
        running=running,
        thread=thread,
        acts=definition_events.ACTS,
        people=people,
        needs_two=needs_two,
        is_last_editor=draft.updated_by == principal().actor.id,
        is_publishable=not needs_two or draft.stage == DraftStage.APPROVED,
        waiting=waiting,
        values=values,
        errors=errors,
        **words_of_changes(),
    )

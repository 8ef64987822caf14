"""The draft of a decision model on its way: what changes, remarks, approval, publishing, copies."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine import (
    decision_differences,
    decision_publishing,
    decision_versions,
    definition_events,
    dmn,
    drafts,
    reviews,
)
from engine.lifecycle_tables import DefinitionDraft, Kind
from engine.states import DraftStage
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid
from foundation.texts import Text, _
from web import names
from web.diagram_editor import refuse_errors, shown
from web.gate import principal, rule, runtime
from web.posted import Posted, problems, then

blueprint = Blueprint("decision_reviews", __name__, url_prefix="/decisions")

_KIND = Kind.DECISION


@blueprint.get("/<key>/review")
@rule("definitions.edit")
def show(key: str) -> str:
    """Show what publishing the draft would change, the remarks, and what comes next."""
    return _page(key, {}, {})


@blueprint.post("/<key>/review")
@rule("definitions.deploy")
def publish(key: str) -> Any:
    """Publish the draft; from now on decisions are made by it, also in instances that run."""
    posted = Posted()
    note = posted.text(
        "note", _("Hãy ghi lý do thay đổi; người sau sẽ đọc lại ở lịch sử phiên bản."), most=2000
    )
    revision = posted.number("revision")
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            draft = drafts.unchanged(work.session, key, revision, kind=_KIND)
            refuse_errors(decision_publishing.check(work.session, key, draft.content, now=work.now))
            made = decision_publishing.publish(
                work, key, revision=revision, note=note, four_eyes=runtime().four_eyes
            )
            newest = decision_versions.get(work.session, made.decisions[0])
            work.commit()
    except (Invalid, Conflict) as error:
        return _page(key, request.form, problems(error)), 422
    said = _(
        "Đã ban hành phiên bản {version}. Từ bây giờ các bước tra theo bảng mới.", version=newest.version
    )
    return then("pages.decisions.show", said, key=newest.key)


@blueprint.post("/<key>/review/send")
@rule("definitions.edit")
def send(key: str) -> Any:
    """Ask for a review."""

    def command(work: UnitOfWork, revision: int, text: str) -> None:
        reviews.send(work, key, revision=revision, note=text, kind=_KIND)

    return _act(key, command, _("Đã gửi duyệt. Người có quyền duyệt sẽ thấy ở trang bảng quyết định."))


@blueprint.post("/<key>/review/approve")
@rule("definitions.approve")
def approve(key: str) -> Any:
    """Approve what was seen."""

    def command(work: UnitOfWork, revision: int, text: str) -> None:
        reviews.approve(work, key, revision=revision, four_eyes=runtime().four_eyes, note=text, kind=_KIND)

    return _act(key, command, _("Đã duyệt bản nháp."))


@blueprint.post("/<key>/review/return")
@rule("definitions.approve")
def send_back(key: str) -> Any:
    """Return the draft with a remark."""

    def command(work: UnitOfWork, revision: int, text: str) -> None:
        reviews.send_back(work, key, revision=revision, remark=text, kind=_KIND)

    return _act(key, command, _("Đã trả lại bản nháp kèm ý kiến."))


@blueprint.post("/<key>/review/remark")
@rule("definitions.edit")
def remark(key: str) -> Any:
    """Add a remark to the thread."""

    def command(work: UnitOfWork, _revision: int, text: str) -> None:
        reviews.remark(work, key, text, kind=_KIND)

    return _act(key, command, _("Đã ghi ý kiến."))


@blueprint.post("/<key>/discard")
@rule("definitions.edit")
def discard(key: str) -> AnyResponse:
    """Put the draft away; it can be taken back."""
    with runtime().database.unit_of_work(principal().actor) as work:
        drafts.drop(work, key, kind=_KIND)
        work.commit()
    return then("pages.decision_reviews.copies", _("Đã bỏ bản nháp; có thể lấy lại ở đây."), key=key)


@blueprint.get("/<key>/copies")
@rule("definitions.edit")
def copies(key: str) -> str:
    """List what was put aside: dropped, replaced, or kept beside another's."""
    with runtime().database.reading() as session:
        newest = decision_versions.of_model(session, key)
        kept = drafts.copies(session, key, kind=_KIND)
        draft = drafts.get(session, key, kind=_KIND)
        people = names.accounts(session, [one.made_by for one in kept])
    return render_template(
        "decisions/copies.html",
        here="definitions",
        key=key,
        newest=newest[0] if newest else None,
        copies=kept,
        draft=draft,
        people=people,
    )


@blueprint.get("/<key>/copies/<copy_id>.dmn")
@rule("definitions.edit")
def copy_model(key: str, copy_id: str) -> Response:
    """Give the model of a copy, for download."""
    with runtime().database.reading() as session:
        found = drafts.copy(session, key, copy_id, kind=_KIND)
    headers = {"Content-Disposition": f'attachment; filename="{key}-ban-luu.dmn"'}
    return Response(found.content, mimetype="application/xml", headers=headers)


@blueprint.post("/<key>/copies/<copy_id>/restore")
@rule("definitions.edit")
def restore(key: str, copy_id: str) -> AnyResponse:
    """Make a copy the draft again; the draft there was becomes a copy."""
    with runtime().database.unit_of_work(principal().actor) as work:
        drafts.restore(work, key, copy_id, kind=_KIND)
        work.commit()
    return then("pages.decision_reviews.show", _("Đã lấy bản lưu làm bản nháp."), key=key)


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
    return then("pages.decision_reviews.show", said, key=key)


def _changes(session: Session, key: str, draft: DefinitionDraft) -> list[decision_differences.Change]:
    newest = decision_versions.of_model(session, key)
    if not newest:
        return []
    before = decision_versions.model_of(session, max(newest, key=lambda one: one.published_at))
    try:
        after = decision_publishing.read(session, key, draft.content)
    except dmn.DecisionError:
        return []
    return decision_differences.between(before, after)


def _page(key: str, values: Any, errors: dict[str, str]) -> str:
    with runtime().database.reading() as session:
        draft = drafts.needed(session, key, kind=_KIND)
        newest = decision_versions.of_model(session, key)
        findings = decision_publishing.check(session, key, draft.content, now=runtime().clock.now())
        changes = _changes(session, key, draft)
        thread = definition_events.thread(session, key, kind=_KIND)
        people = names.accounts(session, [draft.updated_by, *(one.by for one in thread)])
        files = decision_publishing.files_of(session, key, draft.content)
        needs_two = decision_publishing.needs_four_eyes(session, key, files, default=runtime().four_eyes)
        uses = decision_versions.uses(session, [one.key for one in newest])
    return render_template(
        "decisions/review.html",
        here="definitions",
        key=key,
        draft=draft,
        newest=newest[0] if newest else None,
        findings=[shown(finding) for finding in findings],
        has_errors=any(finding.is_error for finding in findings),
        changes=changes,
        thread=thread,
        acts=definition_events.ACTS,
        people=people,
        needs_two=needs_two,
        is_last_editor=draft.updated_by == principal().actor.id,
        is_publishable=not needs_two or draft.stage == DraftStage.APPROVED,
        asked_by=list(dict.fromkeys(use.name for several in uses.values() for use in several)),
        values=values,
        errors=errors,
    )

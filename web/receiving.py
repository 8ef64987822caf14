"""Tiếp nhận văn bản: is this what we received? The original beside what was read; a person confirms."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import access, document_numbers
from directives.access import Principal
from directives.documents import URGENCIES
from directives.intake import Proposal
from engine.models import UserTask
from engine.states import WorkState
from foundation.errors import Conflict, Invalid, TooLarge
from foundation.texts import _
from processes import drafts, reading, receiving
from processes.drafts import IntakeDraft
from web import context, errors, gate, names
from web.days import day_of, days

blueprint = Blueprint("receiving", __name__, url_prefix="/receiving")

#: what the file dialogue offers
ACCEPT = ".docx,.pdf,.txt,text/plain,application/pdf"
_TEXT_NAME = "van-ban.txt"


@blueprint.get("")
@gate.rule("directives.register")
def start() -> Any:
    """Ask for a file or a text; show what was read before and not registered yet."""
    return _start_page({})


@blueprint.post("")
@gate.rule("directives.register")
def read() -> Any:
    """Read what came; what cannot be read, or must not be here, is refused and not kept."""
    who = gate.principal()
    upload, text = request.files.get("file"), request.form.get("text", "")
    try:
        name, content, media_type = _TEXT_NAME, text.strip().encode(), "text/plain"
        if upload is not None and upload.filename:
            name, content, media_type = upload.filename, upload.read(), upload.mimetype
        _require_content(content)
        with gate.runtime().database.reading() as session:
            reading.read(session, content, name, days(session).today)
    except (Invalid, TooLarge) as error:
        problems = errors.messages(error) if isinstance(error, Invalid) else {"": context.text(error.text)}
        return make_response(_start_page(problems), 422)
    with gate.runtime().database.unit_of_work(who.actor) as work:
        kept_name = name if upload is not None and upload.filename else ""
        draft_id = drafts.keep_document(
            work, who.account_id, content, file_name=kept_name, media_type=media_type
        )
        work.commit()
    return redirect(url_for(".review", draft_id=draft_id))


@blueprint.get("/<draft_id>")
@gate.rule("directives.register")
def review(draft_id: str) -> Any:
    """Show the original and beside it what was read: header to correct, items to take over, questions."""
    with gate.runtime().database.reading() as session:
        return _review_page(session, draft_id, {})


@blueprint.post("/<draft_id>")
@gate.rule("directives.register")
def confirm(draft_id: str) -> Any:
    """Take the document in as corrected; its cycle begins."""
    who = gate.principal()
    try:
        with gate.runtime().database.unit_of_work(who.actor) as work:
            draft = drafts.document(work.session, who.account_id, draft_id)
            proposal = _read(work.session, draft)
            received = receiving.receive(
                work,
                who,
                _organisation(who),
                proposal=_confirmed(proposal),
                lines=proposal.lines,
                file=(draft.file_name, draft.content, draft.media_type) if draft.file_name else None,
                received_on=day_of("received_on", request.form.get("received_on", "")),
            )
            drafts.drop_document(work, who.account_id, draft_id)
            work.commit()
    except (Invalid, Conflict) as error:
        problems = errors.messages(error) if isinstance(error, Invalid) else {"": context.text(error.text)}
        with gate.runtime().database.reading() as session:
            status = 422 if isinstance(error, Invalid) else 409
            return make_response(_review_page(session, draft_id, problems), status)
    context.flash(_("Đã tiếp nhận văn bản; chu trình thực hiện bắt đầu."))
    return redirect(_next_page(received))


@blueprint.post("/<draft_id>/discard")
@gate.rule("directives.register")
def discard(draft_id: str) -> Response:
    """Forget what was read."""
    who = gate.principal()
    with gate.runtime().database.unit_of_work(who.actor) as work:
        drafts.drop_document(work, who.account_id, draft_id)
        work.commit()
    context.flash(_("Đã bỏ văn bản khỏi bước tiếp nhận."), "term")
    return make_response(redirect(url_for(".start")))


def _require_content(content: bytes) -> None:
    if not content:
        raise Invalid(fields={"file": _("Hãy chọn tệp hoặc dán nội dung văn bản.")})


def _start_page(problems: dict[str, str]) -> str:
    with gate.runtime().database.reading() as session:
        waiting = [drafts.summary(row) for row in drafts.documents(session, gate.principal().account_id)]
    return render_template(
        "receiving/start.html",
        here="documents",
        accept=ACCEPT,
        problems=problems,
        waiting=waiting,
        text=request.form.get("text", ""),
    )


def _review_page(session: Session, draft_id: str, problems: dict[str, str]) -> str:
    who = gate.principal()
    draft = drafts.document(session, who.account_id, draft_id)
    proposal = _read(session, draft)
    now = days(session)
    mine = _organisations(who)
    known = names.organisations(session, mine, now.today)
    return render_template(
        "receiving/review.html",
        here="documents",
        draft=draft,
        proposal=proposal,
        problems=problems,
        days=now,
        typed=request.form if request.method == "POST" else None,
        types=document_numbers.TYPE_NAMES,
        urgencies=[{"value": level, "label": context.text(name)} for level, name in enumerate(URGENCIES)],
        organisations=[{"value": one, "label": known.get(one, "")} for one in mine],
        type_code=_type_code(proposal),
        read_items=proposal.items,
    )


def _read(session: Session, draft: IntakeDraft) -> Proposal:
    return reading.read(session, draft.content, draft.file_name or _TEXT_NAME, days(session).today)


def _confirmed(proposal: Proposal) -> dict[str, Any]:
    """Give the proposal with the header as corrected, the items that were kept, the questions as answered."""
    given, read_ = request.form, proposal.as_json()
    issued_on = day_of("date", given.get("date", ""))
    document = {
        **read_["document"],
        "number": given.get("number", "").strip(),
        "doc_type": str(document_numbers.TYPE_NAMES.get(given.get("type_code", ""), "")),
        "issuer": given.get("issuer", "").strip(),
        "date": issued_on.isoformat() if issued_on else None,
        "subject": given.get("subject", "").strip(),
        "urgency": given.get("urgency", "0") if given.get("urgency", "0").isdigit() else "0",
        "place": proposal.document.place or "",
    }
    kept = set(given.getlist("item"))
    items = [one for place, one in enumerate(read_["items"]) if str(place) in kept]
    quirks = [{**one, "answer": given.get(f"quirk-{place}", "")} for place, one in enumerate(read_["quirks"])]
    return {"document": {**document, "quirks": quirks}, "items": items, "quirks": quirks}


def _type_code(proposal: Proposal) -> str:
    """Give the abbreviation of the type that was read."""
    wanted = (proposal.document.doc_type or "").casefold()
    return next(
        (code for code, name in document_numbers.TYPE_NAMES.items() if str(name).casefold() == wanted), ""
    )


def _organisations(who: Principal) -> list[str]:
    """Give the organisations somebody may receive documents for: those of their own positions first."""
    own = sorted({group.partition("@")[2] for group in who.groups})
    mine = [one for one in own if access.allow(who, "directives.register", one)]
    if mine or not who.is_admin:
        return mine
    return sorted(who.organisation_ids)


def _organisation(who: Principal) -> str:
    wanted, mine = request.form.get("organisation", ""), _organisations(who)
    if wanted in mine:
        return wanted
    if len(mine) == 1:
        return mine[0]
    raise Invalid(fields={"organisation": _("Cần chọn cơ quan tiếp nhận văn bản.")})


def _next_page(received: receiving.Received) -> str:
    """Give the step that waits now if this person may do it, else the tree of the new cycle."""
    who = gate.principal()
    with gate.runtime().database.reading() as session:
        query = select(UserTask).where(
            UserTask.instance_id == received.instance_id, UserTask.state == WorkState.OPEN.value
        )
        for task in session.scalars(query.order_by(UserTask.id)):
            if any(group in who.groups for group in task.candidate_groups):
                return url_for("pages.tasks.show", task_id=task.id)
    return url_for("pages.directives.show", directive_id=received.directive_id)

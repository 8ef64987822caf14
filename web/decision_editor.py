"""The editor of decision models: drafts, lint and try-out while editing. Then: `web.decision_reviews`."""

import re
from importlib import resources
from typing import Any
from xml.sax.saxutils import quoteattr

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from engine import decision_publishing, decision_versions, dmn, drafts, xml_gate
from engine.findings import DefinitionRefused
from engine.lifecycle_tables import DefinitionDraft, Kind
from foundation.errors import Conflict, Invalid, TiendoError
from foundation.texts import Text, _
from web import context, decision_trials
from web.diagram_editor import EDITOR_POLICY, check_key, etag_of, refusal, refuse_errors, revision_of, shown
from web.gate import principal, rule, runtime
from web.posted import Posted, problems, then

blueprint = Blueprint("decision_editor", __name__, url_prefix="/decisions")

#: starting points for a new model: file → name and what it is for
STARTERS: dict[str, tuple[Text, Text]] = {
    "table": (_("Một bảng"), _("Tra theo vài điều kiện, mỗi dòng là một luật. Hợp với phần lớn trường hợp.")),
    "two-steps": (
        _("Hai quyết định nối nhau"),
        _("Quyết định sau dùng kết quả của quyết định trước, ví dụ độ khẩn rồi thời hạn."),
    ),
    "expression": (_("Một biểu thức"), _("Một công thức tính ra kết quả, không cần bảng.")),
}
_KIND = Kind.DECISION


@blueprint.get("/new")
@rule("definitions.edit")
def new() -> str:
    """Ask for name, key and starting point of a new decision."""
    return _new_page({}, {})


@blueprint.post("/new")
@rule("definitions.edit")
def create() -> Any:
    """Make the first draft of a new decision and open the editor."""
    posted = Posted()
    name = posted.text("name", _("Hãy đặt tên quyết định, ví dụ “Thời hạn xử lý theo độ khẩn”."), most=200)
    key = posted.text("key", _("Hãy đặt mã quyết định, ví dụ “thoi-han-xu-ly”."), most=100)
    starter = posted.choice("starter", STARTERS, _("Hãy chọn một mẫu để bắt đầu."))
    try:
        posted.check()
        check_key(key)
        content = _starter(starter, key, name)
        with runtime().database.unit_of_work(principal().actor) as work:
            _refuse_taken(work.session, key)
            drafts.save(work, key, content, revision=None, kind=_KIND)
            work.commit()
    except Invalid as error:
        return _new_page(request.form, problems(error)), 422
    return then("pages.decision_editor.edit", key=key)


@blueprint.post("/import")
@rule("definitions.edit")
def import_file() -> Any:
    """Take a .dmn file from elsewhere as the draft of its model."""
    upload = request.files.get("file")
    name = (upload.filename or "") if upload is not None else ""
    content = upload.read() if upload is not None else b""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            key = _import(work.session, name, content)
            drafts.replace(work, key, content, kind=_KIND)
            work.commit()
    except (Invalid, Conflict) as error:
        return _new_page({}, {"file": next(iter(problems(error).values()))}), 422
    return then("pages.decision_editor.edit", _("Đã nhập tệp {name} vào bản nháp.", name=name), key=key)


@blueprint.get("/<key>/edit")
@rule("definitions.edit")
def edit(key: str) -> Any:
    """Open the editor on the draft of a model, or on its newest version while there is no draft."""
    with runtime().database.reading() as session:
        model = decision_publishing.model_key(session, key)
        if model != key:
            return redirect(url_for(".edit", key=model, decision=key))
        draft, content = _content(session, key)
        newest = decision_versions.of_model(session, key)
        name = newest[0].name if newest else key
        trial = _trial(session, key, content, request.args.get("decision", ""))
    page = render_template(
        "decisions/edit.html",
        here="definitions",
        wide=True,
        key=key,
        name=name,
        newest=newest[0] if newest else None,
        draft=draft,
        etag=etag_of(draft),
        opened=request.args.get("decision", ""),
        **trial,
    )
    return Response(page, headers={"Content-Security-Policy": EDITOR_POLICY})


@blueprint.get("/<key>/draft.dmn")
@rule("definitions.edit")
def content(key: str) -> Response:
    """Give the model the editor opens."""
    with runtime().database.reading() as session:
        return Response(_content(session, key)[1], mimetype="application/xml")


@blueprint.post("/<key>/lint")
@rule("definitions.edit")
def lint(key: str) -> Response:
    """Say what is wrong with a model as it is now; nothing is stored."""
    with runtime().database.reading() as session:
        findings = decision_publishing.check(session, key, request.get_data(), now=runtime().clock.now())
    return jsonify(findings=[shown(finding) for finding in findings])


@blueprint.post("/<key>/try")
@rule("definitions.edit")
def evaluate(key: str) -> str:
    """Try a model as it is being edited (field `xml`); answers the try-out anew, with the result in it."""
    with runtime().database.reading() as session:
        trial = _trial(
            session,
            key,
            request.form.get("xml", "").encode(),
            request.form.get("decision", ""),
            is_asked="ask" in request.form,
        )
    return render_template("decisions/editor_trial.html", key=key, **trial)


@blueprint.post("/<key>/draft")
@rule("definitions.edit")
def save(key: str) -> Response:
    """Keep the model; 412 when somebody else saved since it was opened."""
    try:
        draft = _save(key, request.get_data())
    except TiendoError as error:
        return refusal(error)
    answer = jsonify(revision=draft.revision)
    answer.headers["ETag"] = etag_of(draft)
    return answer


@blueprint.post("/<key>/publish")
@rule("definitions.edit")
def to_review(key: str) -> Response:
    """Keep the model and lead to the review; 422 with every finding while it has errors."""
    data = request.get_data()
    try:
        with runtime().database.reading() as session:
            refuse_errors(decision_publishing.check(session, key, data, now=runtime().clock.now()))
        draft = _save(key, data)
    except TiendoError as error:
        return refusal(error)
    answer = jsonify(location=url_for("pages.decision_reviews.show", key=key))
    answer.headers["ETag"] = etag_of(draft)
    return answer


@blueprint.post("/<key>/copies")
@rule("definitions.edit")
def keep_copy(key: str) -> Response:
    """Keep what was edited while somebody else saved; it can be taken back."""
    data = request.get_data()
    try:
        xml_gate.read(data, file=f"{key}.dmn")
        with runtime().database.unit_of_work(principal().actor) as work:
            drafts.keep_copy(work, key, data, kind=_KIND)
            work.commit()
    except TiendoError as error:
        return refusal(error)
    return jsonify(location=url_for("pages.decision_reviews.copies", key=key))


def _trial(session: Session, key: str, xml: bytes, wanted: str, *, is_asked: bool = False) -> dict[str, Any]:
    """Give what the try-out shows: the decisions of the model, the form of one, its answer."""
    try:
        xml_gate.read(xml, file=f"{key}.dmn")
        model = decision_publishing.read(session, key, xml)
    except (dmn.DecisionError, DefinitionRefused) as error:
        return {"trial": None, "decisions": [], "unreadable": context.text(error.text)}
    chosen = wanted if wanted in model.decisions else next(iter(model.decisions), "")
    if not chosen:
        words = _("Mô hình chưa có quyết định nào; hãy thêm ít nhất một quyết định.")
        return {"trial": None, "decisions": [], "unreadable": context.text(words)}
    made = decision_trials.asked if is_asked else _form
    return {
        "trial": made(session, model, chosen),
        "decisions": list(model.decisions.values()),
        "unreadable": "",
    }


def _form(_session: Session, model: dmn.Model, key: str) -> decision_trials.Tried:
    return decision_trials.form(model, key)


def _content(session: Session, key: str) -> tuple[DefinitionDraft | None, bytes]:
    draft = drafts.get(session, key, kind=_KIND)
    if draft is not None:
        return draft, draft.content
    model = decision_publishing.model_key(session, key)
    newest = decision_versions.of_model(session, model)
    return None, decision_versions.content(session, newest[0])


def _save(key: str, data: bytes) -> DefinitionDraft:
    xml_gate.read(data, file=f"{key}.dmn")
    with runtime().database.unit_of_work(principal().actor) as work:
        revision = revision_of(request.headers.get("If-Match"))
        draft = drafts.save(work, key, data, revision=revision, kind=_KIND)
        work.commit()
    return draft


def _new_page(values: Any, errors: dict[str, str]) -> str:
    return render_template(
        "decisions/new.html", here="definitions", starters=STARTERS, values=values, errors=errors
    )


def _refuse_taken(session: Session, key: str) -> None:
    if decision_versions.versions(session, key) or drafts.get(session, key, kind=_KIND):
        raise Invalid(fields={"key": _("Mã “{key}” đã có quyết định khác dùng.", key=key)})


def _import(session: Session, name: str, content_: bytes) -> str:
    """Give the key of an imported model: the one its decisions have here, else the name of the file."""
    if not name.endswith(".dmn"):
        raise Invalid(fields={"file": _("Hãy chọn một tệp .dmn.")})
    xml_gate.read(content_, file=name)
    decisions = dmn.read(content_).decisions
    published = {one.key: one.model for one in decision_versions.latest(session)}
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", name.removesuffix(".dmn")).strip("-")
    first = next((one for one in decisions if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", one)), stem)
    key = next((published[one] for one in decisions if one in published), stem or first)
    check_key(key if key[:1].isalpha() else f"bang-{key}")
    key = key if key[:1].isalpha() else f"bang-{key}"
    if drafts.get(session, key, kind=_KIND) is not None and "replace" not in request.form:
        words = _("“{key}” đang có bản nháp; hãy đánh dấu “Thay bản nháp đang có”.", key=key)
        raise Invalid(fields={"file": words})
    return key


def _starter(name: str, key: str, title: str) -> bytes:
    text = (resources.files("web") / "starters" / f"{name}.dmn").read_text("utf-8")
    return text.replace('"DECISION_NAME"', quoteattr(title)).replace("DECISION_KEY", key).encode()

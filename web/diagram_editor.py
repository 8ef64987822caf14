"""The diagram editor: drafts, lint while drawing, review and publishing of a new version."""

import re
from importlib import resources
from typing import Any
from xml.sax.saxutils import quoteattr

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from directives import access
from engine import definitions, deployments, differences, drafts, xml_gate
from engine.bpmn import children, is_executable
from engine.findings import DefinitionRefused, Finding
from engine.lifecycle_tables import DefinitionDraft
from engine.models import ProcessDefinition
from foundation.database import UnitOfWork
from foundation.errors import Invalid, NotFound, Stale, TiendoError, TooLarge
from foundation.texts import Text, _
from web import context, headers, lint_rules
from web.definitions import running, words_of_changes
from web.gate import principal, rule, runtime
from web.posted import Posted, problems, then

blueprint = Blueprint("diagram_editor", __name__, url_prefix="/definitions")

#: starting points for a new process: file → name and what it is for
STARTERS: dict[str, tuple[Text, Text]] = {
    "one-step": (_("Một bước"), _("Một người thực hiện rồi kết thúc.")),
    "approval": (_("Soạn và duyệt"), _("Chuyên viên soạn, lãnh đạo duyệt.")),
    "opinions": (_("Lấy ý kiến"), _("Soạn nội dung, mỗi đơn vị cho ý kiến, rồi tổng hợp.")),
}
#: addresses below /definitions that are not processes
_RESERVED = frozenset({"new", "import", "lint", "forms", "decisions", "rules"})
#: status of the answers that the editor's script reads
_STATUS = ((Stale, 412), (Invalid, 422), (NotFound, 404), (TooLarge, 413), (TiendoError, 409))
#: the panel of the editor writes style attributes (a height, colours); scripts stay as strict as everywhere
EDITOR_POLICY = headers.POLICY + "; style-src-attr 'unsafe-inline'"


@blueprint.get("/new")
@rule("definitions.edit")
def new() -> str:
    """Ask for name, key and starting point of a new process."""
    return _new_page({}, {})


@blueprint.post("/new")
@rule("definitions.edit")
def create() -> Any:
    """Make the first draft of a new process and open the editor."""
    posted = Posted()
    name = posted.text("name", _("Hãy đặt tên quy trình, ví dụ “Xin ý kiến góp ý dự thảo”."), most=200)
    key = posted.text("key", _("Hãy đặt mã quy trình, ví dụ “gop-y-du-thao”."), most=100)
    starter = posted.choice("starter", STARTERS, _("Hãy chọn một mẫu để bắt đầu."))
    try:
        posted.check()
        _check_key(key)
        content = _starter(starter, key, name)
        with runtime().database.unit_of_work(principal().actor) as work:
            _refuse_taken(work.session, key)
            drafts.save(work, key, content, revision=None)
            work.commit()
    except Invalid as error:
        return _new_page(request.form, problems(error)), 422
    return then("pages.diagram_editor.edit", key=key)


@blueprint.post("/import")
@rule("definitions.edit")
def import_file() -> Any:
    """Take a file from elsewhere: a diagram becomes a draft, forms and decision tables are published."""
    upload = request.files.get("file")
    name = (upload.filename or "") if upload is not None else ""
    content = upload.read() if upload is not None else b""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            is_diagram = name.endswith(".bpmn")
            keys = _import_draft(work, name, content) if is_diagram else _deploy(work, name, content)
            work.commit()
    except Invalid as error:
        return _new_page({}, _import_problems(error)), 422
    if is_diagram:
        said = _("Đã nhập tệp {name} vào bản nháp.", name=name)
        return then("pages.diagram_editor.edit", said, key=keys)
    return then("pages.definitions.forms_index", _("Đã ban hành {keys}.", keys=keys))


@blueprint.get("/<key>/edit")
@rule("definitions.edit")
def edit(key: str) -> Response:
    """Open the editor on the draft, or on the newest version while there is no draft."""
    with runtime().database.reading() as session:
        draft, newest = _draft_and_newest(session, key)
        count = running(session, key)
    page = render_template(
        "definitions/edit.html",
        here="definitions",
        wide=True,
        key=key,
        name=newest.name if newest else key,
        newest=newest,
        draft=draft,
        running=count,
        etag=_etag(draft),
    )
    return Response(page, headers={"Content-Security-Policy": EDITOR_POLICY})


@blueprint.get("/<key>/draft.bpmn")
@rule("definitions.edit")
def diagram(key: str) -> Response:
    """Give the diagram the editor opens."""
    with runtime().database.reading() as session:
        draft, newest = _draft_and_newest(session, key)
        content = b"" if newest is None else definitions.content(session, newest)
    return Response(content if draft is None else draft.content, mimetype="application/xml")


@blueprint.post("/lint")
@rule("definitions.edit")
def lint() -> Response:
    """Say what is wrong with a diagram as it is drawn now; nothing is stored."""
    with runtime().database.reading() as session:
        findings = _findings(session, request.get_data(), request.args.get("key", ""))
    return jsonify(findings=[_shown(finding) for finding in findings])


@blueprint.post("/<key>/draft")
@rule("definitions.edit")
def save(key: str) -> Response:
    """Keep the diagram; 412 when somebody else saved since it was opened."""
    try:
        draft = _save(key, request.get_data(), request.headers.get("If-Match"))
    except TiendoError as error:
        return _problem(error)
    answer = jsonify(revision=draft.revision)
    answer.headers["ETag"] = _etag(draft)
    return answer


@blueprint.post("/<key>/publish")
@rule("definitions.edit")
def to_review(key: str) -> Response:
    """Keep the diagram and lead to the review; 422 with every finding while it has errors."""
    content = request.get_data()
    try:
        with runtime().database.reading() as session:
            _refuse_errors(_findings(session, content, key))
        draft = _save(key, content, request.headers.get("If-Match"))
    except TiendoError as error:
        return _problem(error)
    answer = jsonify(location=url_for("pages.diagram_editor.review", key=key))
    answer.headers["ETag"] = _etag(draft)
    return answer


@blueprint.get("/<key>/review")
@rule("definitions.edit")
def review(key: str) -> str:
    """Show what publishing the draft would change, and ask why."""
    return _review_page(key, {}, {})


@blueprint.post("/<key>/review")
@rule("definitions.deploy")
def publish(key: str) -> Any:
    """Publish the draft as the newest version; instances that run stay on theirs."""
    posted = Posted()
    note = posted.text(
        "note", _("Hãy ghi lý do thay đổi; người sau sẽ đọc lại ở lịch sử phiên bản."), most=2000
    )
    revision = posted.number("revision")
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            held, newest = _draft_and_newest(work.session, key)
            draft = _unchanged(held, revision)
            _refuse_errors(_findings(work.session, draft.content, key))
            file = newest.file if newest is not None else f"{key}.bpmn"
            deployed = deployments.deploy(work, {file: draft.content}, note=note)
            drafts.forget(work, draft)
            version = deployed.processes[0].version
            work.commit()
    except (Invalid, Stale) as error:
        return _review_page(key, request.form, problems(error)), 422
    said = _("Đã ban hành phiên bản {version}. Các phiên đang chạy giữ phiên bản cũ.", version=version)
    return then("pages.definitions.show", said, key=key)


@blueprint.post("/<key>/discard")
@rule("definitions.edit")
def discard(key: str) -> AnyResponse:
    """Throw the draft away; published versions stay."""
    with runtime().database.unit_of_work(principal().actor) as work:
        drafts.drop(work, key)
        is_published = bool(definitions.versions(work.session, key))
        work.commit()
    said = _("Đã bỏ bản nháp.")
    if is_published:
        return then("pages.definitions.show", said, key=key)
    return then("pages.definitions.index", said)


def _new_page(values: Any, errors: dict[str, str]) -> str:
    return render_template(
        "definitions/new.html", here="definitions", starters=STARTERS, values=values, errors=errors
    )


def _review_page(key: str, values: Any, errors: dict[str, str]) -> str:
    with runtime().database.reading() as session:
        draft, newest = _draft_and_newest(session, key)
        if draft is None:
            raise NotFound(_("Quy trình này không có bản nháp."))
        findings = _findings(session, draft.content, key)
        before = definitions.content(session, newest) if newest is not None else None
        count = running(session, key)
    changes = [] if before is None else differences.between(before, draft.content)
    return render_template(
        "definitions/review.html",
        here="definitions",
        key=key,
        draft=draft,
        newest=newest,
        findings=[_shown(finding) for finding in findings],
        has_errors=any(finding.is_error for finding in findings),
        changes=changes,
        running=count,
        values=values,
        errors=errors,
        **words_of_changes(),
    )


def _refuse_taken(session: Session, key: str) -> None:
    if definitions.versions(session, key) or drafts.get(session, key):
        raise Invalid(fields={"key": _("Mã “{key}” đã có quy trình khác dùng.", key=key)})


def _import_draft(work: UnitOfWork, name: str, content: bytes) -> str:
    """Keep an imported diagram as the draft of its process; give the key."""
    key = _key_of(content, name)
    if drafts.get(work.session, key) is not None and "replace" not in request.form:
        words = _("Quy trình “{key}” đang có bản nháp; hãy đánh dấu “Thay bản nháp đang có”.", key=key)
        raise Invalid(fields={"file": words})
    drafts.save(work, key, content, revision=None)
    return key


def _deploy(work: UnitOfWork, name: str, content: bytes) -> str:
    """Publish a form or decision table; give the keys."""
    if not name:
        raise Invalid(fields={"file": _("Hãy chọn một tệp .bpmn, .dmn hoặc .form.")})
    access.require(principal(), "definitions.deploy")
    note = context.text(_("Nhập từ tệp {name}", name=name))
    deployed = deployments.deploy(work, {name: content}, note=note)
    return ", ".join((*deployed.forms, *deployed.decisions))


def _draft_and_newest(session: Session, key: str) -> tuple[DefinitionDraft | None, ProcessDefinition | None]:
    draft = drafts.get(session, key)
    every = definitions.versions(session, key)
    if draft is None and not every:
        raise NotFound(_("Không có quy trình “{key}”.", key=key))
    return draft, every[0] if every else None


def _save(key: str, content: bytes, if_match: str | None) -> DefinitionDraft:
    xml_gate.parse(content, file=f"{key}.bpmn")
    with runtime().database.unit_of_work(principal().actor) as work:
        revision = _revision(if_match)
        held = drafts.get(work.session, key)
        if held is None and revision:
            raise Stale(draft=key)
        draft = drafts.save(work, key, content, revision=revision)
        work.commit()
    return draft


def _findings(session: Session, content: bytes, key: str) -> list[Finding]:
    file = f"{key or 'diagram'}.bpmn"
    found = deployments.check(session, {file: content}, now=runtime().clock.now())
    if key and not any(finding.rule.startswith("xml.") for finding in found):
        found = [*_other_key(content, key, file), *found]
    return found


def _other_key(content: bytes, key: str, file: str) -> list[Finding]:
    """A diagram whose process got another id would publish another process."""
    keys = _keys(content, file)
    if key in keys or not keys:
        return []
    message = _(
        "Mã quy trình phải là “{key}”, sơ đồ đang ghi “{found}”; hãy đặt lại mã ở bảng thuộc tính.",
        key=key,
        found=", ".join(keys) or "–",
    )
    element = keys[0] if keys else ""
    return [Finding(file=file, element=element, rule="process.other-key", severity="error", message=message)]


def _keys(content: bytes, file: str) -> list[str]:
    root = xml_gate.parse(content, file=file)
    return [process.get("id") or "" for process in children(root, "process") if is_executable(process)]


def _key_of(content: bytes, name: str) -> str:
    """Give the key of an imported diagram: its process; of a drawing that runs nowhere, the file's name."""
    keys = _keys(content, name)
    key = keys[0] if keys else re.sub(r"[^A-Za-z0-9]+", "-", name.removesuffix(".bpmn")).strip("-")
    if not keys and not key[:1].isalpha():
        key = f"so-do-{key}".rstrip("-")
    if key in _RESERVED or "/" in key:
        _check_key(key)
    return key


def _check_key(key: str) -> None:
    plain = key.replace("-", "a").replace("_", "a")
    if not (plain.isascii() and plain.isalnum() and plain[0].isalpha()) or key in _RESERVED:
        raise Invalid(
            fields={
                "key": _(
                    "Mã chỉ gồm chữ không dấu, số, gạch nối, bắt đầu bằng chữ; “{key}” chưa dùng được.",
                    key=key[:60],
                )
            }
        )


def _starter(name: str, key: str, title: str) -> bytes:
    text = (resources.files("web") / "starters" / f"{name}.bpmn").read_text("utf-8")
    return text.replace('"PROCESS_NAME"', quoteattr(title)).replace("PROCESS_KEY", key).encode()


def _unchanged(draft: DefinitionDraft | None, revision: int) -> DefinitionDraft:
    """Give the draft that was reviewed; Stale when it was changed, published or dropped since."""
    if draft is None or draft.revision != revision:
        raise Stale
    return draft


def _refuse_errors(findings: list[Finding]) -> None:
    if any(finding.is_error for finding in findings):
        raise DefinitionRefused(findings)


def _import_problems(error: Invalid) -> dict[str, str]:
    found = problems(error)
    return {"file": next(iter(found.values()))} if "file" not in found else found


def _shown(finding: Finding) -> dict[str, Any]:
    return finding.as_json(context.language()) | {"help": lint_rules.help_of(finding.rule)}


def _problem(error: TiendoError) -> Response:
    """Answer a script of the editor: what is wrong as JSON, not as a page."""
    body: dict[str, Any] = {"code": error.code, "detail": context.text(error.text)}
    if isinstance(error, DefinitionRefused):
        body["findings"] = [_shown(finding) for finding in error.findings]
    answer = jsonify(body)
    answer.status_code = next(status for kind, status in _STATUS if isinstance(error, kind))
    return answer


def _revision(if_match: str | None) -> int | None:
    digits = (if_match or "").strip('W/"')
    return int(digits) if digits.isdecimal() else None


def _etag(draft: DefinitionDraft | None) -> str:
    return f'"{draft.revision if draft is not None else 0}"'

"""The diagram editor: drafts and lint while drawing. What comes then: `web.definition_reviews`."""

import re
from datetime import datetime
from importlib import resources
from typing import Any
from xml.sax.saxutils import quoteattr

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from sqlalchemy.orm import Session

from directives import access
from engine import definitions, deployments, drafts, publishing, xml_gate
from engine.bpmn import children, is_executable
from engine.findings import DefinitionRefused, Finding
from engine.lifecycle_tables import DefinitionDraft
from engine.models import ProcessDefinition
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound, Stale, TiendoError, TooLarge
from foundation.texts import Text, _
from web import context, headers, lint_rules, names
from web.definition_versions import running_by_version
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
_RESERVED = frozenset({"new", "import", "lint", "forms", "decisions", "rules", "bundle"})
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
        check_key(key)
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
    except (Invalid, Conflict) as error:
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
        count = sum(running_by_version(session, key).values())
    page = render_template(
        "definitions/edit.html",
        here="definitions",
        wide=True,
        key=key,
        name=newest.name if newest else key,
        newest=newest,
        draft=draft,
        running=count,
        etag=etag_of(draft),
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
        findings = findings_of(session, request.get_data(), request.args.get("key", ""))
    return jsonify(findings=[shown(finding) for finding in findings])


@blueprint.post("/<key>/draft")
@rule("definitions.edit")
def save(key: str) -> Response:
    """Keep the diagram; 412 when somebody else saved since it was opened."""
    try:
        draft = _save(key, request.get_data(), request.headers.get("If-Match"))
    except TiendoError as error:
        return refusal(error)
    answer = jsonify(revision=draft.revision)
    answer.headers["ETag"] = etag_of(draft)
    return answer


@blueprint.post("/<key>/publish")
@rule("definitions.edit")
def to_review(key: str) -> Response:
    """Keep the diagram and lead to the review; 422 with every finding while it has errors."""
    content = request.get_data()
    try:
        with runtime().database.reading() as session:
            refuse_errors(findings_of(session, content, key))
        draft = _save(key, content, request.headers.get("If-Match"))
    except TiendoError as error:
        return refusal(error)
    answer = jsonify(location=url_for("pages.definition_reviews.show", key=key))
    answer.headers["ETag"] = etag_of(draft)
    return answer


@blueprint.post("/<key>/copies")
@rule("definitions.edit")
def keep_copy(key: str) -> Response:
    """Keep what was drawn while somebody else saved; it can be looked at and taken back."""
    content = request.get_data()
    try:
        xml_gate.parse(content, file=f"{key}.bpmn")
        with runtime().database.unit_of_work(principal().actor) as work:
            drafts.keep_copy(work, key, content)
            work.commit()
    except TiendoError as error:
        return refusal(error)
    return jsonify(location=url_for("pages.definition_reviews.copies", key=key))


def _new_page(values: Any, errors: dict[str, str]) -> str:
    return render_template(
        "definitions/new.html", here="definitions", starters=STARTERS, values=values, errors=errors
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
    drafts.replace(work, key, content)
    return key


def _deploy(work: UnitOfWork, name: str, content: bytes) -> str:
    """Publish a form or decision table; give the keys."""
    if not name:
        raise Invalid(fields={"file": _("Hãy chọn một tệp .bpmn, .dmn hoặc .form.")})
    access.require(principal(), "definitions.deploy")
    note = context.text(_("Nhập từ tệp {name}", name=name))
    deployed = publishing.deploy(
        work,
        {name: content},
        note=note,
        four_eyes=runtime().four_eyes,
        without_review="without_review" in request.form,
    )
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
        draft = drafts.save(work, key, content, revision=revision_of(if_match))
        work.commit()
    return draft


def findings_of(session: Session, content: bytes, key: str) -> list[Finding]:
    """Give what lint says of a diagram that is to be the process `key`."""
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
        check_key(key)
    return key


def check_key(key: str) -> None:
    """Raise Invalid for a key that cannot stand in an address."""
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


def refuse_errors(findings: list[Finding]) -> None:
    """Raise DefinitionRefused when one of the findings is an error."""
    if any(finding.is_error for finding in findings):
        raise DefinitionRefused(findings)


def _import_problems(error: TiendoError) -> dict[str, str]:
    found = problems(error)
    return {"file": next(iter(found.values()))} if "file" not in found else found


def shown(finding: Finding) -> dict[str, Any]:
    """Give a finding as the pages and the editor read it."""
    return finding.as_json(context.language()) | {"help": lint_rules.help_of(finding.rule)}


def refusal(error: TiendoError) -> Response:
    """Answer a script of the editor: what is wrong as JSON, not as a page."""
    body: dict[str, Any] = {"code": error.code, "detail": context.text(_told(error))}
    if isinstance(error, DefinitionRefused):
        body["findings"] = [shown(finding) for finding in error.findings]
    answer = jsonify(body)
    answer.status_code = next(status for kind, status in _STATUS if isinstance(error, kind))
    return answer


def _told(error: TiendoError) -> Text:
    """Give what to tell; who saved meanwhile, and when, where somebody did."""
    by, at = error.facts.get("updated_by"), error.facts.get("updated_at")
    if not isinstance(error, Stale) or not by or not at:
        return error.text
    with runtime().database.reading() as session:
        name = names.accounts(session, [str(by)]).get(str(by), str(by))
    return _(
        "{name} đã lưu bản nháp này lúc {at}. Phần bạn vẽ chưa bị mất: hãy giữ thành bản lưu rồi mở lại "
        "trang.",
        name=name,
        at=definitions.local(datetime.fromisoformat(str(at))),
    )


def revision_of(if_match: str | None) -> int | None:
    """Give the revision that an If-Match header names; None without one."""
    digits = (if_match or "").strip('W/"')
    return int(digits) if digits.isdecimal() else None


def etag_of(draft: DefinitionDraft | None) -> str:
    """Give the ETag of a draft, `"0"` while there is none."""
    return f'"{draft.revision if draft is not None else 0}"'

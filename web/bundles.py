"""Bundles of processes: out as a zip file, looked at before they come in, imported all or nothing."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from directives import access
from engine import bundle_archive, bundles, definitions
from engine.bundle_archive import Bundle
from engine.findings import DefinitionRefused
from foundation.errors import Conflict, Invalid, TooLarge
from foundation.texts import _
from web import context
from web.diagram_editor import shown
from web.gate import principal, rule, runtime
from web.posted import Posted, problems, then

blueprint = Blueprint("bundles", __name__, url_prefix="/definitions/bundle")


@blueprint.get("")
@rule("definitions.read")
def index() -> str:
    """Ask what goes out or what comes in."""
    return _page({}, None)


@blueprint.get("/export")
@rule("definitions.read")
def export() -> Any:
    """Give the bundle of the ticked processes, of all when none is ticked."""
    keys = request.args.getlist("process")
    now = runtime().clock.now()
    with runtime().database.reading() as session:
        content = bundles.export(session, keys, now=now) if keys else bundles.export_all(session, now=now)
    name = f"{keys[0]}.zip" if len(keys) == 1 else "quy-trinh.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="application/zip", headers=headers)


@blueprint.post("/preview")
@rule("definitions.edit")
def preview() -> Any:
    """Show what importing the chosen file would do; nothing is stored."""
    try:
        bundle, sha256 = _bundle()
        with runtime().database.reading() as session:
            seen = bundles.preview(session, bundle)
    except (Invalid, TooLarge) as error:
        return _answer(problems(error), None), 422
    return _answer({}, {"seen": seen, "sha256": sha256, "findings": [shown(one) for one in seen.findings]})


@blueprint.post("")
@rule("definitions.edit")
def apply() -> Any:
    """Import the file that was looked at."""
    posted = Posted()
    target = posted.choice("target", {"draft", "published"}, _("Hãy chọn nhập thành bản nháp hay ban hành."))
    note = posted.text("note", most=2000)
    try:
        posted.check()
        bundle, sha256 = _bundle()
        _require_same(sha256)
        if target == "published" or any(not name.endswith(".bpmn") for name in bundle.files):
            access.require(principal(), "definitions.deploy")
        with runtime().database.unit_of_work(principal().actor) as work:
            applied = bundles.apply(
                work,
                bundle,
                target="published" if target == "published" else "draft",
                note=note or context.text(_("Nhập từ gói")),
                four_eyes=runtime().four_eyes,
                replace_drafts=posted.flag("replace_drafts"),
                without_review=posted.flag("without_review"),
            )
            work.commit()
    except DefinitionRefused as refused:
        return _page({"": context.text(refused.text)}, None), 422
    except (Invalid, TooLarge, Conflict) as error:
        return _page(problems(error), None), 422
    said = _(
        "Đã nhập gói: {drafts} bản nháp, {published} mục đã ban hành.",
        drafts=len(applied.drafts),
        published=len(applied.published),
    )
    return then("pages.definitions.index", said)


def _bundle() -> tuple[Bundle, str]:
    upload = request.files.get("file")
    content = upload.read() if upload is not None else b""
    if not content:
        raise Invalid(fields={"file": _("Hãy chọn một gói .zip.")})
    return bundle_archive.read(content), bundle_archive.sha256(content)


def _require_same(sha256: str) -> None:
    if request.form.get("sha256") != sha256:
        raise Invalid(
            fields={"file": _("Tệp này chưa được xem trước, hoặc đã đổi sau khi xem; hãy xem trước lại.")}
        )


def _answer(errors: dict[str, str], found: dict[str, Any] | None) -> str:
    if "HX-Request" in request.headers:
        return render_template("definitions/bundle_preview.html", errors=errors, found=found)
    return _page(errors, found)


def _page(errors: dict[str, str], found: dict[str, Any] | None) -> str:
    with runtime().database.reading() as session:
        processes = definitions.latest(session)
    return render_template(
        "definitions/bundle.html", here="definitions", processes=processes, errors=errors, found=found
    )

"""The draft of a decision model on its way to publishing: what lint says of it, and making it the newest."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from engine import decision_versions, definition_events, deployments, dmn, drafts, reviews
from engine.decision_places import places
from engine.deployments import Deployed
from engine.findings import Finding
from engine.lifecycle_tables import Kind
from foundation.database import UnitOfWork
from foundation.errors import NotFound
from foundation.texts import Text, _


def file_of(session: Session, model: str) -> str:
    """Give the name of the file of a model: that of its newest version, which may lie in a folder."""
    newest = next(iter(decision_versions.of_model(session, model)), None)
    return f"{model}.dmn" if newest is None else newest.file


def files_of(session: Session, model: str, content: bytes) -> dict[str, bytes]:
    """Give a model as it is edited together with those it imports from where it was published last."""
    newest = next(iter(decision_versions.of_model(session, model)), None)
    file = f"{model}.dmn" if newest is None else newest.file
    if newest is None or b"import" not in content:
        return {file: content}
    return {**decision_versions.siblings(session, newest.deployment_id), file: content}


def read(session: Session, model: str, content: bytes) -> dmn.Model:
    """Give the model of a draft. Raises `DecisionError` when it cannot be read."""
    found = dmn.read_all(files_of(session, model, content))[file_of(session, model)]
    if isinstance(found, dmn.DecisionError):
        raise found
    return found


def check(session: Session, model: str, content: bytes, *, now: datetime) -> list[Finding]:
    """Give what lint says of a model that is being edited; each finding says where in words."""
    findings = deployments.check(session, files_of(session, model, content), now=now)
    file = file_of(session, model)
    found = [one for one in findings if one.file == file]
    try:
        known = read(session, model, content)
    except dmn.DecisionError:
        return found
    where = places(known)
    named = [
        replace(one, element_name=str(where[one.element].words)) if one.element in where else one
        for one in found
    ]
    return [*_keys(session, model, known, file), *named]


def publish(work: UnitOfWork, model: str, *, revision: int, note: str, four_eyes: bool) -> Deployed:
    """Publish the draft of a model: each of its decisions gets a new version, in effect at once.

    Raises Stale when the draft was changed since `revision`, Conflict when it needs a second person,
    DefinitionRefused with every finding.
    """
    draft = drafts.unchanged(work.session, model, revision, kind=Kind.DECISION)
    files = files_of(work.session, model, draft.content)
    reviews.require_publishable(
        work, draft, four_eyes=needs_four_eyes(work.session, model, files, default=four_eyes)
    )
    deployed = deployments.deploy(work, files, note=note)
    drafts.forget(work, draft)
    newest = max((one.version for one in decision_versions.of_model(work.session, model)), default=None)
    definition_events.record(
        work, model, "published", kind=Kind.DECISION, version=newest, text=note, revision=revision
    )
    return deployed


def needs_four_eyes(session: Session, model: str, files: Mapping[str, bytes], *, default: bool) -> bool:
    """Tell whether the model or one of its decisions needs a second person."""
    keys = {model, *(key for _kind, key in deployments.keys_of(files))}
    return any(reviews.needs_four_eyes(session, key, kind=Kind.DECISION, default=default) for key in keys)


def model_key(session: Session, key: str) -> str:
    """Give the model to edit for a decision, or for the key of a draft; NotFound when there is neither."""
    newest = next(iter(decision_versions.versions(session, key)), None)
    if newest is not None:
        return newest.model
    if drafts.get(session, key, kind=Kind.DECISION) is None and not decision_versions.of_model(session, key):
        raise NotFound(_("Không có bảng quyết định “{key}”.", key=key), decision=key)
    return key


def _keys(session: Session, model: str, known: dmn.Model, file: str) -> list[Finding]:
    """Decisions that another file brings, and decisions that are no longer there."""
    found = []
    published = {one.key: one for one in decision_versions.latest(session)}
    for key in known.decisions:
        if key in published and published[key].model != model:
            message = _(
                "Mã “{key}” đã là của một bảng quyết định khác (tệp {file}); hãy đặt mã khác.",
                key=key,
                file=published[key].file,
            )
            found.append(_finding(file, key, "decision.key-taken", "error", message))
    for key, one in published.items():
        if one.model == model and key not in known.decisions:
            message = _(
                "Quyết định “{name}” (mã {key}) không còn trong mô hình; bước nào đang hỏi mã này vẫn dùng "
                "phiên bản {version}. Nếu chỉ muốn đổi tên, hãy giữ nguyên mã.",
                name=one.name,
                key=key,
                version=one.version,
            )
            found.append(_finding(file, "", "decision.key-gone", "warning", message))
    if not known.decisions:
        message = _("Mô hình chưa có quyết định nào; hãy thêm ít nhất một quyết định.")
        found.append(_finding(file, "", "decision.none", "error", message))
    return found


def _finding(file: str, element: str, code: str, severity: str, message: Text) -> Finding:
    return Finding(
        file=file,
        element=element,
        rule=code,
        severity="error" if severity == "error" else "warning",
        message=message,
    )

"""Publishing a draft, taking back what has not taken effect, retiring and bringing back."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engine import definition_events, definitions, deployments, drafts, reviews, taking_effect
from engine.deployments import Deployed
from engine.lifecycle_tables import DefinitionSetting, Kind
from engine.models import ProcessDefinition
from engine.states import DefinitionState
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.texts import Text, _


def publish(
    work: UnitOfWork,
    key: str,
    *,
    revision: int,
    note: str,
    four_eyes: bool,
    effective_at: datetime | None = None,
) -> ProcessDefinition:
    """Publish the draft of a process as its next version, in effect from a moment (UTC) or now.

    Raises Stale when the draft was changed since `revision`, Conflict when it needs a second person,
    Invalid for an effective date that is over, DefinitionRefused with every finding.
    """
    draft = drafts.unchanged(work.session, key, revision)
    reviews.require_publishable(work, draft, four_eyes=four_eyes)
    if effective_at is not None and effective_at < work.now:
        raise Invalid(
            fields={
                "effective_at": _(
                    "Thời điểm có hiệu lực {at} đã qua; hãy chọn thời điểm sau hiện tại, hoặc để trống để có "
                    "hiệu lực ngay.",
                    at=definitions.local(effective_at),
                )
            }
        )
    newest = next(iter(definitions.versions(work.session, key)), None)
    file = newest.file if newest is not None else f"{key}.bpmn"
    deployed = deployments.deploy(
        work, {file: draft.content}, note=note, effective_at=effective_at, revision=revision
    )
    drafts.forget(work, draft)
    found = next((one for one in deployed.processes if one.key == key), None)
    if found is None:
        raise Invalid(_("Sơ đồ không có quy trình “{key}”.", key=key), process=key)
    return found


def deploy(
    work: UnitOfWork,
    files: Mapping[str, bytes],
    *,
    note: str,
    four_eyes: bool,
    without_review: bool = False,
    effective_at: datetime | None = None,
    scenarios: Mapping[str, bytes] | None = None,
) -> Deployed:
    """Publish files directly, without a draft.

    Conflict where a definition needs a second person, unless `without_review` says that it shall be done all
    the same, which is recorded. DefinitionRefused with every finding.
    """
    keys = deployments.keys_of(files)
    if not without_review:
        reviews.refuse_unreviewed(work.session, keys, four_eyes=four_eyes)
    deployed = deployments.deploy(work, files, note=note, effective_at=effective_at, scenarios=scenarios)
    versions = {one.key: one.version for one in deployed.processes}
    for kind, key in keys:
        if reviews.needs_four_eyes(work.session, key, kind=kind, default=four_eyes):
            definition_events.record(work, key, "unreviewed", kind=kind, version=versions.get(key), text=note)
    return deployed


def withdraw(work: UnitOfWork, key: str, version: int, *, reason: str) -> ProcessDefinition:
    """Take back a version before its effective date; Conflict when the date has come."""
    _require_reason(reason, _("Hãy ghi lý do rút lại."))
    found = _locked(work, key, version)
    if found.state != DefinitionState.SCHEDULED or found.effective_at <= work.now:
        raise Conflict(
            _(
                "Phiên bản {version} không còn chờ hiệu lực nên không rút lại được; hãy ngừng áp dụng "
                "phiên bản đó.",
                version=version,
            ),
            process=key,
        )
    found.state = DefinitionState.WITHDRAWN.value
    definition_events.record(work, key, "withdrawn", version=version, text=reason)
    return found


def retire(work: UnitOfWork, key: str, *, reason: str, version: int | None = None) -> None:
    """Let a version, or with None the whole process, start nothing more; what runs goes on.

    When the version in effect is retired, the one before it takes effect again, if there is one.
    """
    _require_reason(reason, _("Hãy ghi lý do ngừng áp dụng."))
    if version is None:
        _require_known(work.session, key)
        setting = reviews.setting_of(work, key)
        if setting.retired_at is not None:
            raise Conflict(_("Quy trình “{key}” đã ngừng áp dụng.", key=key), process=key)
        setting.retired_at = work.now
    else:
        found = _locked(work, key, version)
        if found.state != DefinitionState.PUBLISHED:
            raise Conflict(
                _("Phiên bản {version} không ở trạng thái đang áp dụng được.", version=version), process=key
            )
        found.state = DefinitionState.RETIRED.value
    _changed(work, key, version, "retired", reason)


def reinstate(work: UnitOfWork, key: str, *, reason: str, version: int | None = None) -> None:
    """Let a retired version, or with None the whole process, be started again."""
    _require_reason(reason, _("Hãy ghi lý do áp dụng lại."))
    if version is None:
        setting = reviews.setting_of(work, key)
        if setting.retired_at is None:
            raise Conflict(_("Quy trình “{key}” đang được áp dụng.", key=key), process=key)
        setting.retired_at = None
    else:
        found = _locked(work, key, version)
        if found.state != DefinitionState.RETIRED:
            raise Conflict(_("Phiên bản {version} chưa ngừng áp dụng.", version=version), process=key)
        found.state = DefinitionState.PUBLISHED.value
    _changed(work, key, version, "reinstated", reason)


def is_retired(session: Session, key: str) -> datetime | None:
    """Give since when the process as a whole is retired (UTC), None when it is not."""
    setting = session.get(DefinitionSetting, (Kind.PROCESS.value, key))
    return None if setting is None else setting.retired_at


def _changed(work: UnitOfWork, key: str, version: int | None, act: str, reason: str) -> None:
    work.session.flush()
    taking_effect.listen(work, key, at=work.now)
    definition_events.record(work, key, act, version=version, text=reason)
    facts = {"process": key, "version": version, "reason": reason}
    outbox.record(work, f"definition.{act}", subject=key[:64], data=facts)


def _locked(work: UnitOfWork, key: str, version: int) -> ProcessDefinition:
    found = definitions.published(work.session, key, version)
    work.session.refresh(found, with_for_update=True)
    return found


def _require_known(session: Session, key: str) -> None:
    if not definitions.versions(session, key):
        raise NotFound(_("Chưa có quy trình “{key}” nào được ban hành.", key=key), process=key)


def _require_reason(reason: str, needed: Text) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": needed})

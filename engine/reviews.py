"""Review of drafts: sent, remarked on, returned or approved; and whether a second person must take part.

Four eyes: the draft has to be approved by somebody who did not edit it last, and whoever edited last does
not publish. The installation says whether that is the rule; a definition may say otherwise.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from engine import definition_events, drafts
from engine.lifecycle_tables import DefinitionDraft, DefinitionSetting, Kind
from engine.states import DraftStage
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid
from foundation.texts import _


def send(
    work: UnitOfWork, key: str, *, revision: int, note: str = "", kind: Kind = Kind.PROCESS
) -> DefinitionDraft:
    """Ask for a review of the draft as it is; Stale when it was changed since `revision`."""
    draft = drafts.unchanged(work.session, key, revision, kind=kind)
    if draft.stage == DraftStage.IN_REVIEW:
        raise Conflict(_("Bản nháp này đã được gửi duyệt và đang chờ."), draft=key)
    return _turn(work, draft, DraftStage.IN_REVIEW, "sent", note)


def approve(
    work: UnitOfWork,
    key: str,
    *,
    revision: int,
    four_eyes: bool,
    note: str = "",
    kind: Kind = Kind.PROCESS,
) -> DefinitionDraft:
    """Approve the draft that was seen; `four_eyes` is the rule of the installation."""
    draft = drafts.unchanged(work.session, key, revision, kind=kind)
    _require_in_review(draft)
    if needs_four_eyes(work.session, key, kind=kind, default=four_eyes):
        _refuse_last_editor(work, draft)
    return _turn(work, draft, DraftStage.APPROVED, "approved", note)


def send_back(
    work: UnitOfWork, key: str, *, revision: int, remark: str, kind: Kind = Kind.PROCESS
) -> DefinitionDraft:
    """Return a draft that was sent for review or approved, saying what has to be changed."""
    if not remark.strip():
        raise Invalid(fields={"remark": _("Hãy ghi cần sửa những gì; người soạn sẽ đọc ý kiến này.")})
    draft = drafts.unchanged(work.session, key, revision, kind=kind)
    if draft.stage == DraftStage.EDITING:
        raise Conflict(_("Bản nháp chưa được gửi duyệt nên không có gì để trả lại."), draft=key)
    return _turn(work, draft, DraftStage.EDITING, "returned", remark)


def remark(work: UnitOfWork, key: str, text: str, *, kind: Kind = Kind.PROCESS) -> None:
    """Add a remark to the thread of a draft."""
    if not text.strip():
        raise Invalid(fields={"remark": _("Hãy ghi ý kiến.")})
    draft = drafts.unchanged(work.session, key, None, kind=kind)
    definition_events.record(work, key, "remarked", kind=kind, text=text.strip(), revision=draft.revision)


def needs_four_eyes(session: Session, key: str, *, default: bool, kind: Kind = Kind.PROCESS) -> bool:
    """Tell whether a definition needs a second person; `default` is the rule of the installation."""
    setting = session.get(DefinitionSetting, (kind.value, key))
    return default if setting is None or setting.four_eyes is None else setting.four_eyes


def set_four_eyes(work: UnitOfWork, key: str, *, is_needed: bool | None, kind: Kind = Kind.PROCESS) -> None:
    """Let a definition need a second person or not; None follows the installation."""
    setting = setting_of(work, key, kind=kind)
    if setting.four_eyes == is_needed:
        return
    setting.four_eyes = is_needed
    words = {True: "required", False: "not required", None: "default"}[is_needed]
    definition_events.record(work, key, "four_eyes", kind=kind, text=words)


def setting_of(work: UnitOfWork, key: str, *, kind: Kind = Kind.PROCESS) -> DefinitionSetting:
    """Give the settings of a definition for a change."""
    found = work.session.get(DefinitionSetting, (kind.value, key), with_for_update=True)
    if found is None:
        found = DefinitionSetting(kind=kind.value, key=key)
        work.session.add(found)
        work.session.flush()
    return found


def require_publishable(work: UnitOfWork, draft: DefinitionDraft, *, four_eyes: bool) -> None:
    """Raise Conflict when four eyes are needed and have not seen the draft, or its editor publishes it."""
    kind = Kind(draft.kind)
    if not needs_four_eyes(work.session, draft.key, kind=kind, default=four_eyes):
        return
    if draft.stage != DraftStage.APPROVED:
        raise Conflict(
            _("Quy trình này cần người thứ hai duyệt trước khi ban hành; hãy gửi duyệt bản nháp."),
            draft=draft.key,
        )
    _refuse_last_editor(work, draft)


def refuse_unreviewed(session: Session, keys: Iterable[tuple[Kind, str]], *, four_eyes: bool) -> None:
    """Raise Conflict when files are to be published directly though a definition needs a second person."""
    for kind, key in keys:
        if needs_four_eyes(session, key, kind=kind, default=four_eyes):
            raise Conflict(
                _(
                    "“{key}” cần người thứ hai duyệt nên không triển khai thẳng; hãy nhập vào bản nháp rồi "
                    "gửi duyệt, hoặc nêu rõ là triển khai không qua duyệt (việc này được ghi lại).",
                    key=key,
                ),
                key=key,
            )


def _turn(
    work: UnitOfWork, draft: DefinitionDraft, stage: DraftStage, act: str, text: str
) -> DefinitionDraft:
    draft.stage = stage.value
    definition_events.record(
        work, draft.key, act, kind=Kind(draft.kind), text=text.strip(), revision=draft.revision
    )
    return draft


def _require_in_review(draft: DefinitionDraft) -> None:
    if draft.stage == DraftStage.EDITING:
        raise Conflict(_("Bản nháp chưa được gửi duyệt."), draft=draft.key)
    if draft.stage == DraftStage.APPROVED:
        raise Conflict(_("Bản nháp này đã được duyệt."), draft=draft.key)


def _refuse_last_editor(work: UnitOfWork, draft: DefinitionDraft) -> None:
    if draft.updated_by == work.actor.id:
        raise Conflict(
            _("Bạn là người sửa bản nháp lần cuối; cần một người khác duyệt và ban hành."), draft=draft.key
        )

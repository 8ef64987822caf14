"""What was done with a definition: sent for review, approved, published, retired … with who, when and why."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.lifecycle_tables import DefinitionEvent, Kind
from foundation.database import UnitOfWork
from foundation.ids import new_id
from foundation.texts import Text, _

#: act → what people call it
ACTS: Mapping[str, Text] = {
    "sent": _("Gửi duyệt"),
    "remarked": _("Ý kiến"),
    "returned": _("Trả lại để sửa"),
    "approved": _("Duyệt"),
    "reopened": _("Sửa sau khi gửi duyệt, cần duyệt lại"),
    "published": _("Ban hành"),
    "unreviewed": _("Ban hành không qua người thứ hai duyệt"),
    "effective": _("Bắt đầu có hiệu lực"),
    "withdrawn": _("Rút lại trước ngày có hiệu lực"),
    "retired": _("Ngừng áp dụng"),
    "reinstated": _("Áp dụng lại"),
    "dropped": _("Bỏ bản nháp"),
    "restored": _("Lấy lại làm bản nháp"),
    "four_eyes": _("Đổi cách duyệt"),
}


def record(
    work: UnitOfWork,
    key: str,
    act: str,
    *,
    kind: Kind = Kind.PROCESS,
    text: str = "",
    version: int | None = None,
    revision: int | None = None,
) -> None:
    """Write down an act (one of `ACTS`) in the name of the command's actor."""
    if act not in ACTS:
        raise ValueError(f"unknown act {act}")
    work.session.add(
        DefinitionEvent(
            id=new_id(),
            kind=kind.value,
            key=key,
            act=act,
            version=version,
            revision=revision,
            text=text,
            at=work.now,
            by=work.actor.id,
        )
    )
    work.session.flush()


def of_definition(
    session: Session, key: str, *, kind: Kind = Kind.PROCESS, limit: int = 100
) -> list[DefinitionEvent]:
    """Give what was done with a definition, newest first."""
    statement = select(DefinitionEvent).where(DefinitionEvent.kind == kind.value, DefinitionEvent.key == key)
    return list(
        session.scalars(statement.order_by(DefinitionEvent.at.desc(), DefinitionEvent.id.desc()).limit(limit))
    )


def of_version(session: Session, key: str, version: int) -> list[DefinitionEvent]:
    """Give what was done with one published version, oldest first."""
    statement = select(DefinitionEvent).where(
        DefinitionEvent.kind == Kind.PROCESS.value,
        DefinitionEvent.key == key,
        DefinitionEvent.version == version,
    )
    return list(session.scalars(statement.order_by(DefinitionEvent.at, DefinitionEvent.id)))


def thread(session: Session, key: str, *, kind: Kind = Kind.PROCESS) -> list[DefinitionEvent]:
    """Give the acts on the draft as it stands, oldest first: those after the last publishing or dropping."""
    found: list[DefinitionEvent] = []
    for event in of_definition(session, key, kind=kind):
        if event.act in {"published", "dropped"}:
            break
        if event.act in {"sent", "remarked", "returned", "approved", "reopened"}:
            found.append(event)
    return found[::-1]

"""Definitions that are published: what runs next, what a call activity means, diagrams and forms by key."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from engine.lifecycle_tables import DefinitionSetting, Kind
from engine.models import DecisionDefinition, DeploymentFile, FormDefinition, ProcessDefinition
from engine.states import DefinitionState
from foundation.clock import BUSINESS_ZONE
from foundation.errors import Conflict, NotFound, TiendoError
from foundation.texts import Text, _

#: states of a version that may be started once its effective date has come
STARTABLE = (DefinitionState.PUBLISHED.value, DefinitionState.SCHEDULED.value)


def known_keys(session: Session) -> frozenset[str]:
    """Give the keys of all processes, decisions and forms that are published."""
    keys: set[str] = set()
    for table in (ProcessDefinition, DecisionDefinition, FormDefinition):
        keys.update(session.scalars(select(table.key).distinct()))
    return frozenset(keys)


def published(session: Session, key: str, version: int) -> ProcessDefinition:
    """Give one version of a process, whatever its state; NotFound when there is none."""
    found = session.scalars(
        select(ProcessDefinition).where(ProcessDefinition.key == key, ProcessDefinition.version == version)
    ).one_or_none()
    if found is None:
        raise NotFound(
            _("Quy trình “{key}” không có phiên bản {version}.", key=key, version=version),
            process=key,
            version=version,
        )
    return found


def retired_keys(session: Session) -> frozenset[str]:
    """Give the processes that start nothing: retired as a whole, or with no version left to start."""
    as_whole = session.scalars(
        select(DefinitionSetting.key).where(
            DefinitionSetting.kind == Kind.PROCESS.value, DefinitionSetting.retired_at.is_not(None)
        )
    )
    startable_ones = func.sum(case((ProcessDefinition.state.in_(STARTABLE), 1), else_=0))
    by_version = session.scalars(
        select(ProcessDefinition.key).group_by(ProcessDefinition.key).having(startable_ones == 0)
    )
    return frozenset([*as_whole, *by_version])


def in_effect(session: Session, key: str, now: datetime) -> ProcessDefinition | None:
    """Give the version that new instances use at a moment; None when every one is retired or to come.

    It is the one whose effective date came last; of several with the same date the newest. A version that
    is published at once while another waits for its date is therefore followed by that other one. What has
    taken effect stays so when a clock is set back.
    """
    return session.scalars(
        select(ProcessDefinition)
        .where(
            ProcessDefinition.key == key,
            or_(
                ProcessDefinition.state == DefinitionState.PUBLISHED.value,
                (ProcessDefinition.state == DefinitionState.SCHEDULED.value)
                & (ProcessDefinition.effective_at <= now),
            ),
        )
        .order_by(ProcessDefinition.effective_at.desc(), ProcessDefinition.version.desc())
        .limit(1)
    ).one_or_none()


def startable(session: Session, key: str, now: datetime, version: int | None = None) -> ProcessDefinition:
    """Give the version a new instance takes: the one in effect, or the one asked for.

    Raises NotFound for an unknown process or version and Conflict for one that may not be started now.
    """
    found = in_effect(session, key, now) if version is None else published(session, key, version)
    setting = session.get(DefinitionSetting, (Kind.PROCESS.value, key))
    if setting is not None and setting.retired_at is not None:
        raise Conflict(
            _(
                "Quy trình “{key}” đã ngừng áp dụng từ {at} nên không khởi tạo phiên mới; "
                "quản trị viên có thể cho áp dụng lại ở trang quy trình.",
                key=key,
                at=local(setting.retired_at),
            ),
            process=key,
        )
    if found is None:
        raise _nothing_to_start(session, key)
    is_to_come = found.state == DefinitionState.SCHEDULED and found.effective_at > now
    if found.state not in STARTABLE or is_to_come:
        raise Conflict(_refusal(found), process=key, version=found.version, state=found.state)
    return found


def called(
    session: Session, key: str, binding: str, version: str | None, *, caller: str, now: datetime
) -> ProcessDefinition:
    """Give the definition a call activity means: latest in effect, a version, or the caller's deployment.

    Raises NotFound or Conflict when it may not be started.
    """
    if binding == "version" and version is not None:
        return startable(session, key, now, int(version))
    if binding == "deployment":
        own = session.get(ProcessDefinition, caller)
        sister = session.scalars(
            select(ProcessDefinition).where(
                ProcessDefinition.key == key,
                ProcessDefinition.deployment_id == (own.deployment_id if own is not None else ""),
            )
        ).first()
        if sister is not None:
            return startable(session, key, now, sister.version)
    return startable(session, key, now)


def local(moment: datetime) -> str:
    """Write a moment as people in the business zone read it: 05/02/2024 08:00."""
    return moment.astimezone(BUSINESS_ZONE).strftime("%d/%m/%Y %H:%M")


def _nothing_to_start(session: Session, key: str) -> TiendoError:
    newest = next(iter(versions(session, key)), None)
    if newest is None:
        return NotFound(_("Chưa có quy trình “{key}” nào được ban hành.", key=key), process=key)
    return Conflict(_refusal(newest), process=key, version=newest.version, state=newest.state)


def _refusal(definition: ProcessDefinition) -> Text:
    facts = {"key": definition.key, "version": definition.version}
    if definition.state == DefinitionState.RETIRED:
        return _(
            "Phiên bản {version} của quy trình “{key}” đã ngừng áp dụng nên không khởi tạo phiên mới; hãy "
            "dùng phiên bản đang áp dụng hoặc cho áp dụng lại phiên bản này.",
            **facts,
        )
    if definition.state == DefinitionState.WITHDRAWN:
        return _(
            "Phiên bản {version} của quy trình “{key}” đã được rút lại trước ngày có hiệu lực; hãy dùng "
            "phiên bản đang áp dụng.",
            **facts,
        )
    return _(
        "Phiên bản {version} của quy trình “{key}” có hiệu lực từ {at}; trước lúc đó chưa khởi tạo được.",
        at=local(definition.effective_at),
        **facts,
    )


def get(session: Session, definition_id: str) -> ProcessDefinition:
    """Give a definition by id."""
    found = session.get(ProcessDefinition, definition_id)
    if found is None:
        raise NotFound(_("Không tìm thấy định nghĩa quy trình {id}.", id=definition_id))
    return found


def content(session: Session, definition: ProcessDefinition) -> bytes:
    """Give the bytes of a definition's diagram as they were deployed."""
    return _file(session, definition.deployment_id, definition.file)


def versions(session: Session, key: str) -> list[ProcessDefinition]:
    """Give all versions of a process, newest first."""
    statement = select(ProcessDefinition).where(ProcessDefinition.key == key)
    return list(session.scalars(statement.order_by(ProcessDefinition.version.desc())))


def scheduled(session: Session, key: str) -> list[ProcessDefinition]:
    """Give the versions whose effective date is still to come, the next one first."""
    return list(
        session.scalars(
            select(ProcessDefinition)
            .where(ProcessDefinition.key == key, ProcessDefinition.state == DefinitionState.SCHEDULED.value)
            .order_by(ProcessDefinition.effective_at, ProcessDefinition.version)
        )
    )


def latest(session: Session) -> list[ProcessDefinition]:
    """Give the newest version of every process, by name."""
    newest = (
        select(ProcessDefinition.key, func.max(ProcessDefinition.version).label("version"))
        .group_by(ProcessDefinition.key)
        .subquery()
    )
    return list(
        session.scalars(
            select(ProcessDefinition)
            .join(
                newest,
                (newest.c.key == ProcessDefinition.key) & (newest.c.version == ProcessDefinition.version),
            )
            .order_by(ProcessDefinition.name)
        )
    )


_FORMS = FormDefinition.__table__
_NEWEST_FORM = (
    select(_FORMS.c.id)
    .where(_FORMS.c.key == bindparam("form_key"))
    .order_by(_FORMS.c.version.desc())
    .limit(1)
)


def newest_form(session: Session, key: str) -> str:
    """Give the id of the newest version of a form; NotFound when there is none."""
    found: str | None = session.connection().execute(_NEWEST_FORM, {"form_key": key}).scalar()
    if found is None:
        raise NotFound(_("Chưa có biểu mẫu “{key}”.", key=key), form=key)
    return found


def form(session: Session, key: str) -> dict[str, Any]:
    """Give the schema of the newest version of a form."""
    found = session.get_one(FormDefinition, newest_form(session, key))
    schema: dict[str, Any] = orjson.loads(_file(session, found.deployment_id, found.file))
    return schema


def form_schemas(session: Session, keys: list[str]) -> dict[str, bytes]:
    """Give the newest `.form` files by key, in one query."""
    newest = (
        select(FormDefinition.key, func.max(FormDefinition.version).label("version"))
        .where(FormDefinition.key.in_(keys))
        .group_by(FormDefinition.key)
        .subquery()
    )
    query = (
        select(FormDefinition.key, DeploymentFile.content)
        .join(newest, (FormDefinition.key == newest.c.key) & (FormDefinition.version == newest.c.version))
        .join(
            DeploymentFile,
            (DeploymentFile.deployment_id == FormDefinition.deployment_id)
            & (DeploymentFile.name == FormDefinition.file),
        )
    )
    return dict(session.execute(query).all())


def _file(session: Session, deployment_id: str, name: str) -> bytes:
    found = session.get(DeploymentFile, (deployment_id, name))
    if found is None:
        raise NotFound(_("Không tìm thấy tệp “{name}”.", name=name))
    return found.content

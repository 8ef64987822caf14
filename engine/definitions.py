"""Definitions that are published: what runs next, what a call activity means, diagrams and forms by key."""

from typing import Any

import orjson
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engine.models import DecisionDefinition, DeploymentFile, FormDefinition, ProcessDefinition
from foundation.errors import NotFound
from foundation.texts import _


def known_keys(session: Session) -> frozenset[str]:
    """Give the keys of all processes, decisions and forms that are published."""
    keys: set[str] = set()
    for table in (ProcessDefinition, DecisionDefinition, FormDefinition):
        keys.update(session.scalars(select(table.key).distinct()))
    return frozenset(keys)


def published(session: Session, key: str, version: int | None = None) -> ProcessDefinition:
    """Give the newest published version of a process, or a given one; NotFound says what was asked."""
    statement = select(ProcessDefinition).where(ProcessDefinition.key == key)
    if version is None:
        statement = statement.where(ProcessDefinition.state == "published")
        statement = statement.order_by(ProcessDefinition.version.desc())
    else:
        statement = statement.where(ProcessDefinition.version == version)
    found = session.scalars(statement.limit(1)).first()
    if found is None:
        raise NotFound(
            _("Chưa có quy trình “{key}” nào được ban hành.", key=key), process=key, version=version
        )
    return found


def called(session: Session, key: str, binding: str, version: str | None, caller: str) -> ProcessDefinition:
    """Give the definition a call activity means: latest, a version, or the caller's own deployment."""
    if binding == "version" and version is not None:
        return published(session, key, int(version))
    if binding == "deployment":
        own = session.get(ProcessDefinition, caller)
        sister = session.scalars(
            select(ProcessDefinition).where(
                ProcessDefinition.key == key,
                ProcessDefinition.deployment_id == (own.deployment_id if own is not None else ""),
            )
        ).first()
        if sister is not None:
            return sister
    return published(session, key)


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


def _file(session: Session, deployment_id: str, name: str) -> bytes:
    found = session.get(DeploymentFile, (deployment_id, name))
    if found is None:
        raise NotFound(_("Không tìm thấy tệp “{name}”.", name=name))
    return found.content

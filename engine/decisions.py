"""Decisions as the engine runs them: the newest published version of a key, read once and kept."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import dmn
from engine.feel import WorkingTime
from engine.models import DecisionDefinition, DeploymentFile
from foundation.errors import NotFound
from foundation.texts import _


def decide(
    session: Session,
    key: str,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    calendar: WorkingTime | None,
    invocable: str = "",
) -> dmn.DecisionResult:
    """Evaluate the newest version of a decision, or call a service or knowledge model beside it.

    Raises NotFound when none is published.
    """
    return decide_with_version(session, key, variables, now=now, calendar=calendar, invocable=invocable)[0]


def decide_with_version(
    session: Session,
    key: str,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    calendar: WorkingTime | None,
    invocable: str = "",
) -> tuple[dmn.DecisionResult, int]:
    """Do what `decide` does, and give the version that decided."""
    row = session.execute(
        select(DecisionDefinition.deployment_id, DecisionDefinition.file, DecisionDefinition.version)
        .where(DecisionDefinition.key == key)
        .order_by(DecisionDefinition.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound(_("Chưa có bảng quyết định “{key}” nào được ban hành.", key=key), decision=key)
    found = model(session, row.deployment_id, row.file)
    if invocable:
        return dmn.invoke(found, invocable, variables, now=now, calendar=calendar), row.version
    return dmn.decide(found, key, variables, now=now, calendar=calendar), row.version


def model(session: Session, deployment_id: str, file: str) -> dmn.Model:
    """Give the model of a deployed file. Raises `DecisionError` when it cannot be read."""
    found = _models.get((deployment_id, file))
    return _load(session, deployment_id, file) if found is None else found


#: models by deployment and file; what was deployed never changes
_models: dict[tuple[str, str], dmn.Model] = {}
#: models kept in memory before they are read anew
_MOST_MODELS = 500


def _load(session: Session, deployment_id: str, file: str) -> dmn.Model:
    """Read a model together with those of its deployment, which it may import."""
    if len(_models) >= _MOST_MODELS:
        _models.clear()
    rows = session.execute(
        select(DeploymentFile.name, DeploymentFile.content)
        .where(DeploymentFile.deployment_id == deployment_id, DeploymentFile.name.endswith(".dmn"))
        .order_by(DeploymentFile.name)
    )
    found = _read(tuple((row.name, row.content) for row in rows))[file]
    if isinstance(found, dmn.DecisionError):
        raise found
    _models[deployment_id, file] = found
    return found


@lru_cache(maxsize=64)
def _read(files: tuple[tuple[str, bytes], ...]) -> dict[str, dmn.Model | dmn.DecisionError]:
    """Read the models of a deployment; plays of the same files share them."""
    return dmn.read_all(dict(files))

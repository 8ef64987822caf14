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
    session: Session, key: str, variables: Mapping[str, Any], *, now: datetime, calendar: WorkingTime | None
) -> dmn.DecisionResult:
    """Evaluate the newest version of a decision; NotFound when none is published."""
    row = session.execute(
        select(DecisionDefinition.deployment_id, DecisionDefinition.file, DeploymentFile.sha256)
        .join(
            DeploymentFile,
            (DeploymentFile.deployment_id == DecisionDefinition.deployment_id)
            & (DeploymentFile.name == DecisionDefinition.file),
        )
        .where(DecisionDefinition.key == key)
        .order_by(DecisionDefinition.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound(_("Chưa có bảng quyết định “{key}” nào được ban hành.", key=key), decision=key)
    model = _models.get(row.sha256)
    if model is None:
        found = session.get(DeploymentFile, (row.deployment_id, row.file))
        model = _models[row.sha256] = _read(b"" if found is None else found.content)
    return dmn.decide(model, key, variables, now=now, calendar=calendar)


#: models by SHA-256 of their file
_models: dict[str, dmn.Model] = {}


@lru_cache(maxsize=64)
def _read(content: bytes) -> dmn.Model:
    return dmn.read(content)

"""Published decisions as people look at them: the versions of each, who made them, who uses them.

A model is edited as a whole and may hold several decisions; its key is the name of its file without ending.
Each decision has versions of its own. The newest version of a decision is the one in effect; it replaces the
one before from the moment it was published.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from engine import decisions, definitions, dmn, graphs
from engine.models import DecisionDefinition, Deployment, DeploymentFile
from foundation.errors import NotFound
from foundation.texts import _

_SUFFIX = ".dmn"


@dataclass(frozen=True, kw_only=True)
class DecisionVersion:
    """One version of one decision."""

    key: str
    version: int
    name: str
    file: str
    deployment_id: str
    #: from when it is in effect (UTC)
    published_at: datetime
    #: until when it was in effect (UTC), None while it is
    replaced_at: datetime | None
    published_by: str
    note: str

    @property
    def is_in_effect(self) -> bool:
        """Tell whether decisions are made by this version now."""
        return self.replaced_at is None

    @property
    def model(self) -> str:
        """Give the key of the model it belongs to."""
        return self.file.rpartition("/")[2].removesuffix(_SUFFIX)


@dataclass(frozen=True, kw_only=True)
class Use:
    """A process whose newest version asks a decision."""

    process: str
    name: str
    version: int
    #: labels of the steps
    steps: tuple[str, ...]


def versions(session: Session, key: str) -> list[DecisionVersion]:
    """Give all versions of a decision, newest first; nothing for an unknown one."""
    rows = session.execute(_query().where(DecisionDefinition.key == key)).all()
    return _versions(rows)


def latest(session: Session) -> list[DecisionVersion]:
    """Give the newest version of every decision, by name."""
    newest = select(DecisionDefinition.key, func.max(DecisionDefinition.version).label("version"))
    newest_ones = newest.group_by(DecisionDefinition.key).subquery()
    query = _query().join(
        newest_ones,
        (newest_ones.c.key == DecisionDefinition.key) & (newest_ones.c.version == DecisionDefinition.version),
    )
    return [
        one for row in session.execute(query.order_by(DecisionDefinition.name)) for one in _versions([row])
    ]


def of_model(session: Session, model: str) -> list[DecisionVersion]:
    """Give the newest versions of the decisions that the file of a model brought last."""
    return [one for one in latest(session) if one.model == model]


def get(session: Session, key: str, version: int | None = None) -> DecisionVersion:
    """Give a version, the newest when None; NotFound when there is none."""
    every = versions(session, key)
    found = next((one for one in every if version in {None, one.version}), None)
    if found is None and not every:
        raise NotFound(_("Chưa có bảng quyết định “{key}” nào được ban hành.", key=key), decision=key)
    if found is None:
        raise NotFound(
            _("Bảng quyết định “{key}” không có phiên bản {version}.", key=key, version=version), decision=key
        )
    return found


def content(session: Session, version: DecisionVersion) -> bytes:
    """Give the bytes of the file a version came in."""
    found = session.get(DeploymentFile, (version.deployment_id, version.file))
    if found is None:
        raise NotFound(_("Không tìm thấy tệp “{name}”.", name=version.file))
    return found.content


def model_of(session: Session, version: DecisionVersion) -> dmn.Model:
    """Give the model a version belongs to. Raises `DecisionError` for one that cannot be read."""
    return decisions.model(session, version.deployment_id, version.file)


def siblings(session: Session, deployment_id: str) -> dict[str, bytes]:
    """Give the models of a deployment by file name."""
    query = select(DeploymentFile.name, DeploymentFile.content).where(
        DeploymentFile.deployment_id == deployment_id, DeploymentFile.name.endswith(_SUFFIX)
    )
    return {row.name: row.content for row in session.execute(query)}


def uses(session: Session, keys: Iterable[str]) -> dict[str, list[Use]]:
    """Give who asks which of the decisions, by decision: business-rule tasks and escalation ladders."""
    found: dict[str, list[Use]] = {key: [] for key in keys}
    for process in definitions.latest(session):
        steps: dict[str, list[str]] = {}
        for node in graphs.of_definition(session, process.id).nodes:
            element = node.element
            asked = (
                element.attributes.get("decisionRef"),
                element.ladder.decision if element.ladder else None,
            )
            for key in asked:
                if key and (name := key.removeprefix("=").strip('"')) in found:
                    steps.setdefault(name, []).append(node.title)
        for name, titles in steps.items():
            use = Use(
                process=process.key,
                name=process.name,
                version=process.version,
                steps=tuple(dict.fromkeys(titles)),
            )
            found[name].append(use)
    return found


def _query() -> Select[DecisionDefinition, Deployment]:
    return (
        select(DecisionDefinition, Deployment)
        .join(Deployment, Deployment.id == DecisionDefinition.deployment_id)
        .order_by(DecisionDefinition.version.desc())
    )


def _versions(rows: Sequence[Row[DecisionDefinition, Deployment]]) -> list[DecisionVersion]:
    """Give versions of one decision, the newest first; each is replaced when the next one is published."""
    found: list[DecisionVersion] = []
    for definition, deployment in rows:
        found.append(
            DecisionVersion(
                key=definition.key,
                version=definition.version,
                name=definition.name,
                file=definition.file,
                deployment_id=definition.deployment_id,
                published_at=definition.published_at,
                replaced_at=found[-1].published_at if found else None,
                published_by=deployment.created_by,
                note=deployment.note,
            )
        )
    return found

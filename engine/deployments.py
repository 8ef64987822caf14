"""Deployments: files checked together, stored byte for byte, published as new versions.

A deployment is checked whole before anything is written: one error in one file refuses all of it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from engine import definition_events, definitions, dmn, graphs, lint, taking_effect
from engine.bpmn import children, is_executable
from engine.findings import DefinitionRefused, Finding
from engine.lifecycle_tables import Kind
from engine.models import (
    DecisionDefinition,
    Deployment,
    DeploymentFile,
    FormDefinition,
    ProcessDefinition,
)
from engine.spiff.graph import ProcessGraph
from engine.states import DefinitionState
from engine.transforms import global_tasks
from foundation import outbox
from foundation.database import Base, UnitOfWork
from foundation.errors import Invalid
from foundation.ids import new_id
from foundation.texts import _

KINDS = (".bpmn", ".dmn", ".form")


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What a deployment brought."""

    id: str
    #: published process definitions
    processes: tuple[ProcessDefinition, ...]
    #: keys of decisions and forms
    decisions: tuple[str, ...]
    forms: tuple[str, ...]
    #: warnings of lint; errors would have refused the deployment
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """A file of a deployment that is being published."""

    deployment_id: str
    name: str
    content: bytes
    note: str
    #: revision of the draft it was, None for files deployed directly
    revision: int | None


def check(session: Session, files: Mapping[str, bytes], *, now: datetime | None = None) -> list[Finding]:
    """Give everything lint has to say about a set of files; days are past by `now` (aware)."""
    known, retired = definitions.known_keys(session), definitions.retired_keys(session)
    return lint.check(files, known=known, retired=retired, now=now)


def deploy(
    work: UnitOfWork,
    files: Mapping[str, bytes],
    *,
    note: str = "",
    effective_at: datetime | None = None,
    scenarios: Mapping[str, bytes] | None = None,
    revision: int | None = None,
) -> Deployed:
    """Check, store and publish a set of files. Raises DefinitionRefused with every finding.

    Processes take effect at `effective_at` (UTC), now when it is None or over; decisions and forms now.
    `scenarios` are kept with the files, for export and tests; nothing reads them while instances run.
    """
    _check_names(files)
    findings = check(work.session, files, now=work.now)
    if any(finding.severity == "error" for finding in findings):
        raise DefinitionRefused(findings)
    deployment_id = _store(work, {**files, **(scenarios or {})}, note)
    moment = max(effective_at or work.now, work.now)
    decisions = _register_decisions(work, deployment_id, files)
    forms = _register_forms(work, deployment_id, files)
    processes = [
        _publish(
            work,
            _Stored(deployment_id=deployment_id, name=name, content=content, note=note, revision=revision),
            process_id,
            graph,
            moment,
        )
        for name, content in sorted(files.items())
        if name.endswith(".bpmn")
        for process_id, graph in graphs.build(content, file=name).items()
    ]
    return Deployed(
        id=deployment_id,
        processes=tuple(processes),
        decisions=tuple(decisions),
        forms=tuple(forms),
        warnings=tuple(findings),
    )


def keys_of(files: Mapping[str, bytes]) -> list[tuple[Kind, str]]:
    """Give what the files define; files that cannot be read define nothing (`deploy` says why)."""
    trees, _refused = lint.files.diagrams(files)
    processes = {
        process.get("id") or ""
        for tree in trees.values()
        for process in children(global_tasks.expanded(tree), "process")
        if is_executable(process)
    }
    return [
        *((Kind.PROCESS, key) for key in sorted(processes)),
        *((Kind.DECISION, key) for key in sorted(lint.files.decision_keys(files))),
        *(
            (Kind.FORM, key)
            for key in sorted(form_key(n, c) for n, c in files.items() if n.endswith(".form"))
        ),
    ]


def form_key(name: str, content: bytes) -> str:
    """Give the key of a form: its id, else the name of its file."""
    try:
        schema = orjson.loads(content)
    except orjson.JSONDecodeError:
        schema = {}
    own = schema.get("id") if isinstance(schema, dict) else None
    return str(own or name.rpartition("/")[2].removesuffix(".form"))


def deploy_new(
    work: UnitOfWork,
    files: Mapping[str, bytes],
    *,
    note: str = "",
    scenarios: Mapping[str, bytes] | None = None,
) -> Deployed | None:
    """Deploy the files whose content was never deployed under their name; None when there are none.

    What an administrator published since stays the newest version until a file really changes.
    """
    rows = work.session.execute(
        select(DeploymentFile.name, DeploymentFile.sha256).where(DeploymentFile.name.in_(files))
    )
    seen = {(row.name, row.sha256) for row in rows}
    fresh = {name: content for name, content in files.items() if (name, _sha256(content)) not in seen}
    return deploy(work, fresh, note=note, scenarios=scenarios) if fresh else None


def _check_names(files: Mapping[str, bytes]) -> None:
    if not files:
        raise Invalid(_("Chưa có tệp nào để triển khai."), fields={"files": _("Hãy chọn ít nhất một tệp.")})
    for name in files:
        if not name.endswith(KINDS):
            raise Invalid(
                _("Tệp “{name}” không thuộc loại triển khai được.", name=name),
                fields={"files": _("Chỉ nhận các tệp .bpmn, .dmn và .form.")},
            )


def _store(work: UnitOfWork, files: Mapping[str, bytes], note: str) -> str:
    deployment_id = new_id()
    work.session.add(Deployment(id=deployment_id, created_at=work.now, created_by=work.actor.id, note=note))
    work.session.flush()
    rows = [
        {"deployment_id": deployment_id, "name": name, "sha256": _sha256(content), "content": content}
        for name, content in files.items()
    ]
    work.session.execute(insert(DeploymentFile.__table__), rows)  # type: ignore[arg-type]
    return deployment_id


def _publish(
    work: UnitOfWork, file: _Stored, process_id: str, graph: ProcessGraph, effective_at: datetime
) -> ProcessDefinition:
    is_later = effective_at > work.now
    definition = ProcessDefinition(
        id=new_id(),
        key=process_id,
        version=_next_version(work, ProcessDefinition, process_id),
        name=graph.description or process_id,
        state=(DefinitionState.SCHEDULED if is_later else DefinitionState.PUBLISHED).value,
        deployment_id=file.deployment_id,
        file=file.name,
        sha256=_sha256(file.content),
        published_at=work.now,
        published_by=work.actor.id,
        effective_at=effective_at,
        is_key_unique=graph.is_key_unique,
    )
    work.session.add(definition)
    work.session.flush()
    if not is_later:
        taking_effect.listen(work, process_id, at=work.now)
    definition_events.record(
        work, process_id, "published", version=definition.version, text=file.note, revision=file.revision
    )
    outbox.record(
        work,
        "definition.published",
        subject=definition.id,
        data={
            "process": process_id,
            "version": definition.version,
            "effective_at": effective_at.isoformat(),
        },
    )
    return definition


def _register_decisions(work: UnitOfWork, deployment_id: str, files: Mapping[str, bytes]) -> list[str]:
    keys: list[str] = []
    for name, data in files.items():
        if not name.endswith(".dmn"):
            continue
        for key, decision in dmn.read(data).decisions.items():
            work.session.add(
                DecisionDefinition(
                    id=new_id(),
                    key=key,
                    version=_next_version(work, DecisionDefinition, key),
                    name=decision.name or key,
                    deployment_id=deployment_id,
                    file=name,
                    published_at=work.now,
                )
            )
            keys.append(key)
    return keys


def _register_forms(work: UnitOfWork, deployment_id: str, files: Mapping[str, bytes]) -> list[str]:
    keys: list[str] = []
    for name, data in files.items():
        if not name.endswith(".form"):
            continue
        key = form_key(name, data)
        work.session.add(
            FormDefinition(
                id=new_id(),
                key=key,
                version=_next_version(work, FormDefinition, key),
                deployment_id=deployment_id,
                file=name,
                published_at=work.now,
            )
        )
        keys.append(key)
    return keys


def _next_version(work: UnitOfWork, table: type[Base], key: str) -> int:
    columns = table.__table__.c
    return (work.session.scalar(select(func.max(columns.version)).where(columns.key == key)) or 0) + 1


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

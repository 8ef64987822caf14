"""Bundles: definitions with everything they need in one zip file, carried from one installation to another.

In it are the files byte for byte under the names they were deployed with, their scenarios, and a manifest;
never accounts, instances or secrets. What comes in is shown first: what is new, changed, the same, or in
conflict with somebody's draft; then it is applied in one transaction, as drafts or published.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import bundle_archive, definitions, deployments, drafts, graphs, publishing
from engine.bundle_archive import Bundle, Entry
from engine.expressions import is_marked
from engine.findings import DefinitionRefused, Finding
from engine.lifecycle_tables import DefinitionDraft, Kind
from engine.models import DecisionDefinition, DeploymentFile, FormDefinition, ProcessDefinition
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.texts import _

Status = Literal["new", "changed", "same", "conflict"]
#: how a bundle is applied
Target = Literal["draft", "published"]

Definition = ProcessDefinition | DecisionDefinition | FormDefinition


@dataclass(frozen=True, kw_only=True)
class Line:
    """What importing one definition would do."""

    entry: Entry
    status: Status
    #: newest version here, None when the installation has none
    here: int | None
    #: draft that would be replaced
    draft: DefinitionDraft | None = None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What importing a bundle would do, and what lint says of its files."""

    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        """Tell whether an error keeps the bundle from being published."""
        return any(finding.is_error for finding in self.findings)


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What importing a bundle did."""

    #: processes that have a draft now
    drafts: tuple[str, ...] = ()
    #: processes, decisions and forms that have a new version now
    published: tuple[str, ...] = ()


def export(session: Session, keys: Iterable[str], *, now: datetime) -> bytes:
    """Give the bundle of processes: their versions in effect (else newest) and what they call and use."""
    found = list(_closure(session, keys, now))
    names: dict[tuple[str, str], str] = {}
    files: dict[str, bytes] = {}
    scenarios: dict[str, bytes] = {}
    entries: list[Entry] = []
    for kind, definition in found:
        place = (definition.deployment_id, definition.file)
        if place not in names:
            content = session.get_one(DeploymentFile, place).content
            names[place] = _free_name(definition.file, content, files)
            files[names[place]] = content
        entries.append(_entry(kind, definition, names[place], files))
        scenarios |= _scenarios(session, definition)
    return bundle_archive.write(entries, files, scenarios, now=now)


def export_all(session: Session, *, now: datetime) -> bytes:
    """Give the bundle of every published process."""
    return export(session, [one.key for one in definitions.latest(session)], now=now)


def preview(session: Session, bundle: Bundle) -> Preview:
    """Say what importing a bundle would do."""
    lines = tuple(_line(session, bundle, entry) for entry in bundle.entries)
    return Preview(lines=lines, findings=tuple(deployments.check(session, bundle.files)))


def apply(
    work: UnitOfWork,
    bundle: Bundle,
    *,
    target: Target,
    note: str,
    four_eyes: bool,
    replace_drafts: bool = False,
    without_review: bool = False,
) -> Applied:
    """Import what is new or changed, all or nothing.

    As drafts, diagrams become drafts, and the decisions and forms beside them are published, because drafts
    refer to them. Conflict when somebody's draft would be replaced without `replace_drafts` (it is kept as a
    copy), or a definition needs a second person; DefinitionRefused with every finding.
    """
    seen = preview(work.session, bundle)
    fresh = {line.entry.file for line in seen.lines if line.status != "same"}
    in_the_way = [line.entry.key for line in seen.lines if line.status == "conflict"]
    if target == "draft" and in_the_way and not replace_drafts:
        raise Conflict(
            _(
                "Đang có bản nháp của {keys}; hãy cho phép thay bản nháp (bản cũ được giữ lại) rồi nhập lại.",
                keys=", ".join(in_the_way),
            ),
            processes=in_the_way,
        )
    if seen.has_errors and target == "published":
        raise DefinitionRefused(seen.findings)
    drafted = _draft(work, seen, bundle) if target == "draft" else ()
    files = {
        name: content
        for name, content in bundle.files.items()
        if name in fresh and not (target == "draft" and name.endswith(".bpmn"))
    }
    if not files:
        return Applied(drafts=drafted)
    deployed = publishing.deploy(
        work,
        files,
        note=note,
        four_eyes=four_eyes,
        without_review=without_review,
        scenarios=_beside(bundle, files),
    )
    published = (*(one.key for one in deployed.processes), *deployed.decisions, *deployed.forms)
    return Applied(drafts=drafted, published=published)


def _draft(work: UnitOfWork, seen: Preview, bundle: Bundle) -> tuple[str, ...]:
    keys: list[str] = []
    for line in seen.lines:
        if line.entry.kind == Kind.PROCESS and line.status != "same":
            drafts.replace(work, line.entry.key, bundle.files[line.entry.file])
            keys.append(line.entry.key)
    return tuple(keys)


def _line(session: Session, bundle: Bundle, entry: Entry) -> Line:
    newest = _newest(session, entry.kind, entry.key)
    draft = drafts.get(session, entry.key) if entry.kind == Kind.PROCESS else None
    content = bundle.files.get(entry.file)
    if content is None:
        raise Invalid(fields={"file": _("Gói thiếu tệp “{name}”.", name=entry.file)})
    if newest is not None and _sha256_of(session, newest) == entry.sha256:
        return Line(entry=entry, status="same", here=newest.version)
    if draft is not None and draft.content != content:
        return Line(entry=entry, status="conflict", here=newest.version if newest else None, draft=draft)
    return Line(
        entry=entry,
        status="new" if newest is None else "changed",
        here=None if newest is None else newest.version,
    )


def _closure(session: Session, keys: Iterable[str], now: datetime) -> Iterator[tuple[str, Definition]]:
    """Give the definitions and, once each, whatever they refer to by a literal key."""
    pending: list[tuple[str, str]] = [(Kind.PROCESS.value, key) for key in keys]
    seen: set[tuple[str, str]] = set()
    for kind, key in pending:
        if (kind, key) in seen:
            continue
        seen.add((kind, key))
        found = _chosen(session, kind, key, now)
        if found is None:
            if any(key == asked for asked in keys):
                raise NotFound(_("Chưa có quy trình “{key}” nào được ban hành.", key=key), process=key)
            continue
        yield kind, found
        if isinstance(found, ProcessDefinition):
            pending += _references(session, found)


def _references(session: Session, definition: ProcessDefinition) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for node in graphs.of_definition(session, definition.id).nodes:
        element = node.element
        attributes = element.attributes
        found += [
            (Kind.FORM.value, attributes.get("formKey") or attributes.get("formRef") or ""),
            (Kind.DECISION.value, attributes.get("decisionRef") or ""),
            (Kind.DECISION.value, (element.ladder.decision if element.ladder else None) or ""),
            (Kind.PROCESS.value, attributes.get("calledElement") or ""),
        ]
    return [(kind, key) for kind, key in found if key and not is_marked(key)]


def _chosen(session: Session, kind: str, key: str, now: datetime) -> Definition | None:
    if kind == Kind.PROCESS:
        return definitions.in_effect(session, key, now) or _newest(session, kind, key)
    return _newest(session, kind, key)


def _newest(session: Session, kind: str, key: str) -> Definition | None:
    if kind == Kind.PROCESS:
        return next(iter(definitions.versions(session, key)), None)
    if kind == Kind.DECISION:
        decisions = select(DecisionDefinition).where(DecisionDefinition.key == key)
        return session.scalars(decisions.order_by(DecisionDefinition.version.desc())).first()
    forms = select(FormDefinition).where(FormDefinition.key == key)
    return session.scalars(forms.order_by(FormDefinition.version.desc())).first()


def _sha256_of(session: Session, definition: Definition) -> str:
    return session.get_one(DeploymentFile, (definition.deployment_id, definition.file)).sha256


def _entry(kind: str, definition: Definition, file: str, files: dict[str, bytes]) -> Entry:
    return Entry(
        kind=kind,
        key=definition.key,
        version=definition.version,
        name=getattr(definition, "name", definition.key),
        file=file,
        sha256=bundle_archive.sha256(files[file]),
    )


def _free_name(name: str, content: bytes, files: dict[str, bytes]) -> str:
    """Give the name of a file in the bundle; another file of the same name gets a folder of its own."""
    free, number = name, 2
    while free in files and files[free] != content:
        free, number = f"{number}/{name}", number + 1
    return free


def _scenarios(session: Session, definition: Definition) -> dict[str, bytes]:
    """Give the scenarios kept beside a diagram: in its folder, of the same deployment."""
    folder = definition.file.rpartition("/")[0]
    rows = session.execute(
        select(DeploymentFile.name, DeploymentFile.content).where(
            DeploymentFile.deployment_id == definition.deployment_id,
            DeploymentFile.name.startswith(f"{folder}/" if folder else "", autoescape=True),
            DeploymentFile.name.endswith(".yaml"),
        )
    )
    return {row.name: row.content for row in rows} if definition.file.endswith(".bpmn") else {}


def _beside(bundle: Bundle, files: dict[str, bytes]) -> dict[str, bytes]:
    folders = tuple(name.rpartition("/")[0] for name in files if name.endswith(".bpmn"))
    return {
        name: content
        for name, content in bundle.scenarios.items()
        if any(not folder or name.startswith(f"{folder}/") for folder in folders)
    }

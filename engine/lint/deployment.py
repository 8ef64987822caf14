"""One pass over all files of a deployment: gate, structure, elements, expressions, references."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime

from lxml.etree import _Element as XmlElement

from engine.findings import Finding
from engine.lint import (
    activities,
    ad_hoc,
    assignments,
    behaviours,
    business_keys,
    compensation,
    concurrency,
    data,
    dormant,
    escalation,
    events,
    expressions,
    files,
    flows,
    growth,
    ignored,
    instantiation,
    loops,
    multiple,
    processes,
    reachability,
    references,
    structure,
    support,
    timers,
    transactions,
    variables,
)
from engine.lint.model import Diagram

#: what is asked of each diagram, in the order people read the answers
CHECKS: tuple[Callable[[Diagram], Iterator[Finding]], ...] = (
    processes.check,
    business_keys.check,
    structure.check,
    support.check,
    reachability.check,
    flows.check,
    events.check,
    multiple.check,
    instantiation.check,
    timers.check,
    activities.check,
    ad_hoc.check,
    data.check,
    ignored.check,
    loops.check,
    behaviours.check,
    compensation.check,
    transactions.check,
    concurrency.check,
    growth.check,
    dormant.check,
    assignments.check,
    escalation.check,
    expressions.check,
)


def check(
    deployed: Mapping[str, bytes],
    *,
    known: Collection[str] | None = (),
    retired: Collection[str] = (),
    now: datetime | None = None,
) -> list[Finding]:
    """Give every problem of the files: by file as given, errors and warnings in document order.

    `known` are keys of processes, decisions and forms the installation already has; with None nobody can
    tell, and a reference that leads out of the files is a warning instead of an error. `retired` are keys of
    processes that start nothing any more. Days that have passed at `now` (aware) are told; without it none.
    """
    found = list(files.check_kinds(deployed))
    trees, refused = files.diagrams(deployed)
    found += refused
    diagrams = {name: Diagram(tree, file=name, now=now) for name, tree in trees.items()}
    available = references.keys(_keys(deployed, diagrams.values()), known)
    fields = files.form_fields(deployed)
    for diagram in diagrams.values():
        found += _check_diagram(diagram, available)
        found += references.check_retired(diagram, retired)
        found += variables.check(diagram, fields)
    found += references.check_processes(diagrams)
    found += files.check_decisions(deployed)
    found += files.check_forms(deployed)
    order = {name: position for position, name in enumerate(deployed)}
    return sorted(found, key=lambda finding: order.get(finding.file, -1))


def check_tree(root: XmlElement, *, file: str, known: Collection[str] | None = None) -> list[Finding]:
    """Give the problems of one diagram that already passed the gate."""
    diagram = Diagram(root, file=file)
    return _check_diagram(diagram, references.keys(_process_keys(diagram), known))


def _check_diagram(diagram: Diagram, available: references.Keys) -> list[Finding]:
    found = [finding for part in CHECKS for finding in part(diagram)]
    found += references.check(diagram, available)
    return sorted(found, key=lambda finding: int(finding.facts.get("line") or 0))


def _keys(deployed: Mapping[str, bytes], diagrams: Collection[Diagram]) -> set[str]:
    found = files.decision_keys(deployed) | files.form_keys(deployed)
    return found.union(*(_process_keys(diagram) for diagram in diagrams))


def _process_keys(diagram: Diagram) -> set[str]:
    return {identity for process in diagram.executable if (identity := process.get("id"))}

"""Graphs of definitions, built once per process and kept: definitions never change."""

from collections import OrderedDict
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import transforms, xml_gate
from engine.models import DeploymentFile, ProcessDefinition
from engine.spiff import parser
from engine.spiff.graph import ProcessGraph
from foundation.errors import NotFound
from foundation.texts import _

#: graphs kept in memory
CAPACITY = 256

_cache: OrderedDict[str, ProcessGraph] = OrderedDict()
_lock = Lock()


def build(content: bytes, *, file: str) -> dict[str, ProcessGraph]:
    """Give the graphs of a diagram file by process id, through gate and transforms."""
    return parser.parse(transforms.apply(xml_gate.parse(content, file=file)), file=file)


def of_definition(session: Session, definition_id: str) -> ProcessGraph:
    """Give the graph of a definition, from memory when it was built before."""
    with _lock:
        found = _cache.get(definition_id)
        if found is not None:
            _cache.move_to_end(definition_id)
            return found
    row = session.execute(
        select(ProcessDefinition.key, ProcessDefinition.file, DeploymentFile.content)
        .join(
            DeploymentFile,
            (DeploymentFile.deployment_id == ProcessDefinition.deployment_id)
            & (DeploymentFile.name == ProcessDefinition.file),
        )
        .where(ProcessDefinition.id == definition_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_("Không tìm thấy định nghĩa quy trình {id}.", id=definition_id))
    graph = build(row.content, file=row.file)[row.key]
    with _lock:
        _cache[definition_id] = graph
        while len(_cache) > CAPACITY:
            _cache.popitem(last=False)
    return graph

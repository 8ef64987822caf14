"""From what people draw to what the executor runs: the same diagram with nothing left implicit.

Each transform rewrites one shorthand of BPMN into the plain form it is defined by. Generated elements carry
`tiendo:origin`, the id of the element they were made for; ids are the same on every run. The lint reads the
diagram as drawn, before the transforms; history, incidents and pages know drawn elements only.
"""

from copy import deepcopy

from lxml.etree import _Element as XmlElement

from engine.transforms import (
    booleans,
    ends,
    expressions,
    global_tasks,
    links,
    receivers,
    references,
    splits,
    unreachable,
)
from engine.transforms.tree import DRAWN_AS, ORIGIN, Tree

__all__ = ["DRAWN_AS", "ORIGIN", "apply"]


def apply(root: XmlElement) -> XmlElement:
    """Give a transformed copy of a gated `definitions` tree; the tree given stays as it is."""
    tree = Tree(deepcopy(root))
    global_tasks.expand(tree.root)
    booleans.normalise(tree)
    references.inline(tree)
    links.join(tree)
    splits.make_explicit(tree)
    receivers.become_events(tree)
    ends.draw(tree)
    unreachable.prune(tree)
    expressions.translate(tree)
    return tree.root

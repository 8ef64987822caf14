"""`xsd:boolean` may be written 1 and 0; behind this transform it is always true and false."""

from engine.transforms.tree import Tree

_ATTRIBUTES = (
    "isExecutable",
    "isSequential",
    "cancelActivity",
    "isInterrupting",
    "triggeredByEvent",
    "testBefore",
    "instantiate",
    "isForCompensation",
    "parallelMultiple",
    "cancelRemainingInstances",
)
_WORDS = {"1": "true", "0": "false"}


def normalise(tree: Tree) -> None:
    """Rewrite the boolean attributes that decide behaviour."""
    for node in tree.root.iter():
        for name in _ATTRIBUTES:
            text = node.get(name)
            if text is not None:
                stripped = text.strip()
                node.set(name, _WORDS.get(stripped, stripped))

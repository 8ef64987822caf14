"""Expressions in one form: JUEL translated to FEEL, and `=` in front wherever FEEL is meant.

A text that has no certain translation stays as it is; the lint refuses it with its position.
"""

from collections.abc import Iterator

from lxml.etree import _Element as XmlElement

from engine import expressions, iso8601
from engine.bpmn import CAMUNDA, local
from engine.feel import FeelLimitExceeded, FeelSyntaxError
from engine.transforms.tree import Tree

#: BPMN elements whose text is FEEL, marked or not
_FEEL_TEXTS = frozenset(
    {
        "conditionExpression",
        "condition",
        "loopCondition",
        "loopCardinality",
        "completionCondition",
        "activationCondition",
        "from",
        "transformation",
    }
)
#: BPMN elements whose text is an ISO 8601 literal or FEEL
_TIMES = frozenset({"timeDate", "timeDuration", "timeCycle"})
#: attributes that hold a literal unless marked
_MARKED_ATTRIBUTES = tuple(
    f"{CAMUNDA}{name}"
    for name in (
        "assignee",
        "candidateGroups",
        "candidateUsers",
        "dueDate",
        "followUpDate",
        "priority",
        "topic",
        "formKey",
        "formRef",
        "collection",
        "decisionRef",
        "taskPriority",
    )
)


def translate(tree: Tree) -> None:
    """Rewrite the expressions of all elements."""
    for node in tree.root.iter():
        name = local(node)
        is_time = name in _TIMES and not iso8601.looks_literal(node.text or "")
        if name in _FEEL_TEXTS or is_time:
            _rewrite_text(node)
        else:
            _rewrite_attributes(node)
    for node in _mapping_texts(tree.root):
        if node.text and expressions.is_marked(node.text):
            _rewrite_text(node)


def _mapping_texts(root: XmlElement) -> Iterator[XmlElement]:
    yield from root.iter(f"{CAMUNDA}inputParameter", f"{CAMUNDA}outputParameter")


def _rewrite_text(node: XmlElement) -> None:
    text = (node.text or "").strip()
    if text:
        node.text = _marked(text)


def _rewrite_attributes(node: XmlElement) -> None:
    for name in _MARKED_ATTRIBUTES:
        _rewrite_attribute(node, name)
    if local(node) == "callActivity":
        _rewrite_attribute(node, "calledElement")
    for tag in ("in", "out"):
        if node.tag == f"{CAMUNDA}{tag}":
            _rewrite_attribute(node, "sourceExpression", always=True)
            _rewrite_attribute(node, "businessKey")


def _rewrite_attribute(node: XmlElement, name: str, *, always: bool = False) -> None:
    text = node.get(name)
    if text and (always or expressions.is_marked(text)):
        node.set(name, _marked(text))


def _marked(text: str) -> str:
    try:
        return f"= {expressions.source(text)}"
    except (FeelSyntaxError, FeelLimitExceeded):
        return text

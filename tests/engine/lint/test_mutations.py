"""Broken diagrams of every sort are answered with findings, never with an exception."""

import random
from copy import deepcopy

import pytest
from lxml import etree

from engine import lint, transforms, xml_gate
from engine.bpmn import BPMN, FLOW_NODES
from tests.engine.lint.cases import CASES

#: diagrams broken per seed
ROUNDS = 60
TAGS = [*sorted(FLOW_NODES), "process", "eventDefinitionRef", "linkEventDefinition", "timerEventDefinition"]
TEXTS = [
    "",
    " ",
    "x",
    "= a +",
    "${a}",
    "#{",
    "-1",
    "1",
    "R/",
    "PT",
    "2026-02-30",
    "=",
    '"',
    "a:b:c",
    "đ" * 50,
]


def broken(rng: random.Random) -> bytes:
    """Take a diagram of the rule cases and damage it in a few places."""
    root = deepcopy(xml_gate.read(rng.choice(CASES).drawing.bytes(), file="a.bpmn"))
    for _round in range(rng.randint(1, 8)):
        nodes = list(root.iter())
        node, other = rng.choice(nodes), rng.choice(nodes)
        damage = rng.randrange(6)
        if damage == 0 and node is not root:
            node.getparent().remove(node)  # type: ignore[union-attr]  # only the root has none
        elif damage == 1 and node.attrib:
            del node.attrib[rng.choice(list(node.attrib))]
        elif damage == 2 and node.attrib:
            node.set(rng.choice(list(node.attrib)), rng.choice([*TEXTS, other.get("id") or "x"]))
        elif damage == 3 and node is not root:
            node.tag = BPMN + rng.choice(TAGS)
        elif damage == 4:
            node.text = rng.choice(TEXTS)
        elif damage == 5 and node not in list(other.iterancestors()):
            other.append(deepcopy(node))
    return etree.tostring(root)


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_diagram_is_answered_with_findings(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  damage, not secrets
    for _round in range(ROUNDS):
        content = broken(rng)
        for finding in lint.check({"a.bpmn": content}):
            assert finding.as_json()["message"]
        transforms.apply(xml_gate.read(content, file="a.bpmn"))

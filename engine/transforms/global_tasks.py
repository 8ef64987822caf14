"""Global tasks become what calling one means: a process with that one task (BPMN 2.0 §10.3.7, §13.3.4).

A call activity refers to a global task as it does to a process. Each becomes an executable process of its
own with the same id and name, published and versioned like any other; the task in it keeps the id too, so
findings and history name what people drew.
"""

from copy import deepcopy

from lxml import etree
from lxml.etree import _Element as XmlElement

from engine.bpmn import BPMN, local
from engine.transforms.tree import DRAWN_AS

#: tag of a global task → tag of the task it is in its process
TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


def has_any(root: XmlElement) -> bool:
    """Tell whether a file has global tasks."""
    return any(local(child) in TASKS for child in root)


def expanded(root: XmlElement) -> XmlElement:
    """Give a copy of the tree in which global tasks are processes; the tree itself when it has none."""
    if not has_any(root):
        return root
    copy = deepcopy(root)
    expand(copy)
    return copy


def expand(root: XmlElement) -> None:
    """Put a process around each global task."""
    for node in [child for child in root if local(child) in TASKS]:
        drawn = local(node)
        process = etree.Element(f"{BPMN}process", {"isExecutable": "true"})
        for name in ("id", "name"):
            if node.get(name) is not None:
                process.set(name, str(node.get(name)))
        process.sourceline = node.sourceline
        root.replace(node, process)
        node.tag = f"{BPMN}{TASKS[drawn]}"
        node.set(DRAWN_AS, drawn)
        if node.get("scriptLanguage") is not None:
            node.set("scriptFormat", str(node.attrib.pop("scriptLanguage")))
        process.append(node)

"""A neutral model, rewritten into what the product runs: tokens into scripts, conditions into FEEL.

The trace is read from the history of the elements that carry the tokens, so most scripts do nothing. Names
that meet other cases in the same house (processes, messages, signals) get a prefix.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from lxml.etree import _Element as XmlElement

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
#: what "set string data" writes
TEXT = "betsy"
#: variable in which "log data" says whether it found the text
LOGGED = "loggedData"
#: how long the scripts that block would block
WAITS = {"WAIT_TEN_SECONDS": "PT10S", "CREATE_TIMESTAMP_LOG_1": "PT5S", "CREATE_TIMESTAMP_LOG_2": "PT5S"}
#: scripts that leave at most a line of the trace
SILENT = re.compile(r"CREATE_LOG_FILE|CREATE_MARKER_FILE|SCRIPT_task\w+")
INCREMENTS = ("INCREMENT_INTEGER_VARIABLE", "INCREMENT_INTEGER_VARIABLE_AND_LOG")
EXPRESSIONS = (
    "conditionExpression",
    "condition",
    "loopCondition",
    "completionCondition",
    "activationCondition",
    "loopCardinality",
)
_TRANSLATIONS = (
    (re.compile(r"!\s*(\w+)\.contains\(\s*(\"[^\"]*\")\s*\)"), r"not(contains(\1, \2))"),
    (re.compile(r"(\w+)\.contains\(\s*(\"[^\"]*\")\s*\)"), r"contains(\1, \2)"),
    (re.compile(r"=="), "="),
    (re.compile(r"&&"), " and "),
    (re.compile(r"\|\|"), " or "),
)


class UnknownTokenError(Exception):
    """A script holds something the adapter has no translation for."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A neutral model as it was read."""

    root: XmlElement
    #: element id → token of its script
    tokens: dict[str, str]
    #: ids of processes in document order, and of tasks that are called like processes
    processes: tuple[str, ...]
    callable_tasks: tuple[str, ...]
    #: elements that end with an error nobody need catch
    error_throwers: frozenset[str]
    #: processes a clock may start at any later time
    scheduled: tuple[str, ...]


def read(path: Path) -> Model:
    """Read a model."""
    root = etree.parse(path, etree.XMLParser(remove_comments=True, remove_pis=True)).getroot()
    return Model(
        root=root,
        tokens={task.get("id") or "": token for task, token in _scripts(root)},
        processes=tuple(one.get("id") or "" for one in root.iter(f"{BPMN}process")),
        callable_tasks=tuple(one.get("id") or "" for one in root if _is_callable_task(one)),
        error_throwers=frozenset(_error_throwers(root)),
        scheduled=tuple(
            process.get("id") or ""
            for process in root.iter(f"{BPMN}process")
            if process.findall(f"{BPMN}startEvent/{BPMN}timerEventDefinition")
        ),
    )


def rewritten(model: Model, prefix: str) -> bytes:
    """Give the model as the product runs it, its public names prefixed; UnknownTokenError when it cannot."""
    root = deepcopy(model.root)
    for task, token in list(_scripts(root)):
        _translate(root, task, token)
    for name in EXPRESSIONS:
        for expression in root.iter(f"{BPMN}{name}"):
            expression.text = translated(expression.text or "")
    _prefix(root, (*model.processes, *model.callable_tasks), prefix)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def translated(expression: str) -> str:
    """Give a neutral condition as FEEL."""
    for pattern, replacement in _TRANSLATIONS:
        expression = pattern.sub(replacement, expression)
    return expression.strip()


def blank(process: str) -> bytes:
    """Give a diagram under whose id nothing starts by itself."""
    root = etree.Element(f"{BPMN}definitions", targetNamespace="betsy")
    parent = etree.SubElement(root, f"{BPMN}process", id=process, isExecutable="true")
    etree.SubElement(parent, f"{BPMN}startEvent", id="start")
    return etree.tostring(root)


def _scripts(root: XmlElement) -> Iterator[tuple[XmlElement, str]]:
    for task in root.iter(f"{BPMN}scriptTask", f"{BPMN}globalScriptTask"):
        yield task, (task.findtext(f"{BPMN}script") or "").strip()


def _is_callable_task(element: XmlElement) -> bool:
    return etree.QName(element).localname.startswith("global")


def _error_throwers(root: XmlElement) -> Iterator[str]:
    definitions = {one.get("id") for one in root.findall(f"{BPMN}errorEventDefinition")}
    for end in root.iter(f"{BPMN}endEvent"):
        referenced = {(one.text or "").rpartition(":")[2] for one in end.findall(f"{BPMN}eventDefinitionRef")}
        if end.find(f"{BPMN}errorEventDefinition") is not None or referenced & definitions:
            yield end.get("id") or ""
    for task, token in _scripts(root):
        if token == "THROW_ERROR":
            yield task.get("id") or ""
            yield f"{task.get('id')}_end"


def _translate(root: XmlElement, task: XmlElement, token: str) -> None:
    if SILENT.fullmatch(token):
        _script(task, "null", "ignored")
    elif token in INCREMENTS:
        _script(task, "integerVariable + 1", "integerVariable")
    elif token == "SET_STRING_DATA":
        _script(task, f'"{TEXT}"', _data_name(root, task, "dataOutputAssociation/{}targetRef"))
    elif token == "LOG_DATA":
        name = _data_name(root, task, "dataInputAssociation/{}sourceRef")
        _script(task, f'if {name} = "{TEXT}" then "correct" else "wrong"', LOGGED)
    elif token in WAITS:
        _waiting(task, WAITS[token])
    elif token == "THROW_ERROR":
        _throwing(root, task)
    else:
        raise UnknownTokenError(f"{task.get('id')}: {token!r}")


def _script(task: XmlElement, expression: str, variable: str) -> None:
    script = task.find(f"{BPMN}script")
    if script is None:
        script = etree.SubElement(task, f"{BPMN}script")
    script.text = expression
    task.set("scriptFormat", "feel")
    task.set(f"{CAMUNDA}resultVariable", variable)


def _waiting(task: XmlElement, duration: str) -> None:
    """A task that blocks is a sub-process that waits: it can be interrupted, and others go on meanwhile."""
    middle = _steps(task, "intermediateCatchEvent", is_last=False)
    timer = etree.SubElement(middle, f"{BPMN}timerEventDefinition")
    etree.SubElement(timer, f"{BPMN}timeDuration").text = duration


def _throwing(root: XmlElement, task: XmlElement) -> None:
    """A script that throws is a sub-process that ends with the error its surroundings catch."""
    end = _steps(task, "endEvent", is_last=True)
    definition = etree.SubElement(end, f"{BPMN}errorEventDefinition")
    code = _caught_error(root, task)
    if code is None:
        code = "thrownByScript"
        error = etree.Element(f"{BPMN}error", id=code, name=code, errorCode=code)
        root.insert(0, error)
    definition.set("errorRef", code)


def _steps(task: XmlElement, tag: str, *, is_last: bool) -> XmlElement:
    script = task.find(f"{BPMN}script")
    if script is not None:
        task.remove(script)
    task.attrib.pop("scriptFormat", "")
    identity = task.get("id") or ""
    task.tag = f"{BPMN}subProcess"
    etree.SubElement(task, f"{BPMN}startEvent", id=f"{identity}_start")
    name = f"{identity}_end" if is_last else f"{identity}_wait"
    _flow(task, f"{identity}_start", name)
    step = etree.SubElement(task, f"{BPMN}{tag}", id=name)
    if not is_last:
        _flow(task, name, f"{identity}_end")
        etree.SubElement(task, f"{BPMN}endEvent", id=f"{identity}_end")
    return step


def _flow(scope: XmlElement, source: str, target: str) -> None:
    etree.SubElement(
        scope, f"{BPMN}sequenceFlow", id=f"{source}_{target}", sourceRef=source, targetRef=target
    )


def _caught_error(root: XmlElement, task: XmlElement) -> str | None:
    """Give the error that the nearest boundary event around a task catches."""
    around = [task, *task.iterancestors()]
    for host in around:
        for event in root.iter(f"{BPMN}boundaryEvent"):
            definition = event.find(f"{BPMN}errorEventDefinition")
            if event.get("attachedToRef") == host.get("id") and definition is not None:
                return definition.get("errorRef")
    return None


def _data_name(root: XmlElement, task: XmlElement, association: str) -> str:
    """Give the variable a task reads or writes: its data object, else the property of the process."""
    found = task.findtext(f"{BPMN}{association.format(BPMN)}")
    if found is not None:
        name = found.strip().rpartition(":")[2]
        reference = next(
            (one for one in root.iter(f"{BPMN}dataObjectReference") if one.get("id") == name), None
        )
        return name if reference is None else reference.get("dataObjectRef") or name
    declared = next(root.iter(f"{BPMN}property"), None)
    return "data" if declared is None else declared.get("id") or "data"


def _prefix(root: XmlElement, own: tuple[str, ...], prefix: str) -> None:
    for element in root.iter():
        for name in ("processRef", "calledElement", "bpmnElement"):
            local = (element.get(name) or "").rpartition(":")[2]
            if local in own:
                element.set(name, prefix + local)
    for element in root:
        kind = etree.QName(element).localname
        if element.get("id") in own:
            element.set("id", f"{prefix}{element.get('id')}")
        elif kind in {"message", "signal"} and element.get("name"):
            element.set("name", f"{prefix}{element.get('name')}")

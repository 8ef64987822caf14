"""Cases of a TCK folder: one DMN model (or several that import each other) and files of test cases.

Layout: any tree of folders that hold `*.dmn` and `*-test-*.xml`. Values are read as the typed JSON of the
decision API, so that a date stays a date and a number keeps its digits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.etree import _Element as XmlElement

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
#: XML Schema type → type of FEEL
_TYPES = {
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "decimal": "number",
    "double": "number",
    "float": "number",
    "integer": "number",
    "int": "number",
    "long": "number",
}
_MONTHS = re.compile(r"-?P(\d+Y)?(\d+M)?")

Typed = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One result node."""

    #: name of the decision
    decision: str
    value: Typed
    #: an error is as good as null (DMN TCK)
    is_error: bool


@dataclass(frozen=True, kw_only=True)
class TckCase:
    """One test case of one file."""

    #: `folder/file#case`
    id: str
    #: `compliance-level-2 0001-input-data-string`
    group: str
    folder: Path
    #: file name of the model
    model: str
    #: decision | decisionService | bkm
    kind: str
    #: name of the service or knowledge model
    invocable: str
    inputs: dict[str, Typed]
    wanted: tuple[Wanted, ...]


def read(folder: Path) -> list[TckCase]:
    """Give all cases below a folder."""
    return [case for path in sorted(folder.rglob("*.xml")) for case in _of_file(path)]


def models(folder: Path) -> dict[str, bytes]:
    """Give the models of one folder by file name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}


def decision_keys(content: bytes) -> dict[str, str]:
    """Give the ids of the decisions of a model by their names."""
    root = etree.fromstring(content, _parser())
    return {
        element.get("name") or "": element.get("id") or ""
        for element in root
        if etree.QName(element).localname == "decision"
    }


def _of_file(path: Path) -> Iterator[TckCase]:
    root = etree.parse(path, _parser()).getroot()
    if _name(root) != "testCases":
        return
    model = next((_text(one) for one in root if _name(one) == "modelName"), "")
    for number, element in enumerate((one for one in root if _name(one) == "testCase"), 1):
        identity = element.get("id") or str(number)
        yield TckCase(
            id=f"{path.parent.name}/{path.stem}#{identity}",
            group=f"{path.parent.parent.name} {path.parent.name}",
            folder=path.parent,
            model=model,
            kind=element.get("type") or "decision",
            invocable=element.get("invocableName") or "",
            inputs={one.get("name") or "": _value(one) for one in element if _name(one) == "inputNode"},
            wanted=tuple(_wanted(one) for one in element if _name(one) == "resultNode"),
        )


def _wanted(element: XmlElement) -> Wanted:
    expected = next((one for one in element if _name(one) == "expected"), None)
    return Wanted(
        decision=element.get("name") or "",
        value={"type": "null", "value": None} if expected is None else _value(expected),
        is_error=element.get("errorResult") == "true",
    )


def _value(element: XmlElement) -> Typed:
    """Read what an input, expected, item or component element holds."""
    components = [one for one in element if _name(one) == "component"]
    if components:
        return {"type": "context", "value": {one.get("name") or "": _value(one) for one in components}}
    for one in element:
        if one.get(f"{XSI}nil") == "true":
            return {"type": "null", "value": None}
        if _name(one) == "list":
            return {"type": "list", "value": [_value(item) for item in one if _name(item) == "item"]}
        if _name(one) == "value":
            return _simple((one.get(f"{XSI}type") or "").rpartition(":")[2], one.text or "")
    return {"type": "null", "value": None}


def _simple(kind: str, text: str) -> Typed:
    if kind == "boolean":
        return {"type": "boolean", "value": text.strip() in {"true", "1"}}
    if kind == "duration" or kind.endswith("Duration"):
        is_months = _MONTHS.fullmatch(text.strip()) is not None
        name = "years and months duration" if is_months else "days and time duration"
        return {"type": name, "value": text.strip()}
    name = _TYPES.get(kind, "string")
    if name == "string":
        return {"type": name, "value": text}
    if name == "number":
        return _number(text.strip())
    return {"type": name, "value": text.strip()}


def _number(text: str) -> Typed:
    found = Decimal(text)
    if not found.is_finite():
        return {"type": "null", "value": None}
    return {"type": "number", "value": format(found, "f")}


def _name(element: XmlElement) -> str:
    return etree.QName(element).localname


def _text(element: XmlElement) -> str:
    return (element.text or "").strip()


def _parser() -> etree.XMLParser:
    return etree.XMLParser(remove_comments=True, remove_pis=True, resolve_entities=False)

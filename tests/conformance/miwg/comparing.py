"""What a drawing says, as facts that do not depend on how it is written, and what got lost between two.

Facts are elements by type and place, attributes, text and vendor extensions. Prefixes, the order of
attributes, white space, number formats and values that BPMN 2.0 gives by default say nothing.
"""

from collections import Counter
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as XmlElement

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
#: attributes that have the same value when they are absent (BPMN 2.0 XML schemas)
DEFAULTS: dict[str, str] = {
    "isClosed": "false",
    "isCollection": "false",
    "isExecutable": "false",
    "isInterrupting": "true",
    "cancelActivity": "true",
    "parallelMultiple": "false",
    "triggeredByEvent": "false",
    "startQuantity": "1",
    "completionQuantity": "1",
    "isForCompensation": "false",
    "gatewayDirection": "Unspecified",
    "instantiate": "false",
    "eventGatewayType": "Exclusive",
    "ordering": "Parallel",
    "behavior": "All",
    "isSequential": "false",
    "testBefore": "false",
    "processType": "None",
    "isUnlimited": "true",
    "textFormat": "text/plain",
    "associationDirection": "None",
    "itemKind": "Information",
    "implementation": "##unspecified",
    "method": "Compensate",
    "cancelRemainingInstances": "true",
    "structureRef": "",
    "typeLanguage": "http://www.w3.org/2001/XMLSchema",
    "expressionLanguage": "http://www.w3.org/1999/XPath",
    "minimum": "0",
    "maximum": "1",
    "isImmediate": "true",
    "waitForCompletion": "true",
}
#: says where a schema lies, nothing about the drawing
_IGNORED = frozenset({f"{XSI}schemaLocation"})
#: elements that can have one type only
_ONE_TYPE = frozenset({"waypoint", "Bounds", "formalExpression"})
#: an element that stands for another of the schema → the other, whose type attribute then says which it is
_SUBSTITUTES = {"formalExpression": "expression"}

Fact = tuple[str, ...]


def lost(before: bytes, after: bytes) -> list[Fact]:
    """Give the facts of the first document that the second does not state, in order."""
    return sorted((Counter(facts(before)) - Counter(facts(after))).elements())


def facts(content: bytes) -> Iterator[Fact]:
    """Give all facts of a document."""
    root = etree.fromstring(content.strip(), etree.XMLParser(remove_comments=True, remove_pis=True))
    yield from _of(root, "")


def _of(element: XmlElement, around: str) -> Iterator[Fact]:
    own = element.get("id") or element.get("bpmnElement") or ""
    name = _name(element)
    place = f"{name}#{own}" if own else f"{around}/{name}"
    yield ("element", place)
    for key, text in _attributes(element).items():
        if key not in _IGNORED and DEFAULTS.get(key) != text and not _is_only_type(element, key):
            yield ("attribute", place, key, text)
    text = " ".join((element.text or "").split())
    if text:
        yield ("text", place, _plain(element, text))
    for inner in element:
        yield from _of(inner, place)


def _name(element: XmlElement) -> str:
    if not element.tag.startswith(MODEL):
        return str(element.tag)
    local = etree.QName(element).localname
    return _SUBSTITUTES.get(local, local)


def _attributes(element: XmlElement) -> dict[str, str]:
    """Give the attributes; one under the element's own prefix is the one without a prefix."""
    own = f"{{{etree.QName(element).namespace}}}"
    return {
        str(key).removeprefix(own): _value(element, str(key), str(value))
        for key, value in element.attrib.items()
    }


def _is_only_type(element: XmlElement, key: str) -> bool:
    """Tell whether an attribute names the type that the element has anyway."""
    if key != f"{XSI}type":
        return False
    name = etree.QName(element).localname
    is_formal = (element.get(key) or "").endswith("FormalExpression")
    return name in _ONE_TYPE or (name == "expression" and is_formal)


def _value(element: XmlElement, key: str, value: str) -> str:
    text = " ".join(value.split())
    if key == f"{XSI}type":
        prefix, _colon, local = text.rpartition(":")
        return f"{{{element.nsmap.get(prefix or None)}}}{local}"
    try:
        return f"{float(text):g}"
    except ValueError:
        return _plain(element, text)


def _plain(element: XmlElement, text: str) -> str:
    """Give a reference without the prefix under which the document happens to know itself."""
    prefix, colon, local = text.partition(":")
    is_name = bool(colon) and prefix in element.nsmap and " " not in text
    return local if is_name else text

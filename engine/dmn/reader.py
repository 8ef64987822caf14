"""DMN XML to a `Model`: no DTD, no entities, no network, bounded size (notes/reliability.md §5.1)."""

from collections.abc import Mapping

from lxml import etree

from engine.dmn.boxed import logic_of, read_type_ref
from engine.dmn.elements import child, children, local, reference, text_of
from engine.dmn.errors import DecisionError
from engine.dmn.model import Decision, FunctionDefinition, Input, Item, Knowledge, Model, Service
from foundation.texts import _

_MOST_BYTES = 5 << 20
#: as many as the gate of uploaded files admits (engine/xml_gate.py)
_MOST_ELEMENTS = 20_000

#: DMN 1.1 … 1.6
NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
        "https://www.omg.org/spec/DMN/20240513/MODEL/",
    }
)


def read(xml: bytes, *, imports: Mapping[str, Model] | None = None) -> Model:
    """Read a decision model; `imports` gives imported models by namespace. Raises `DecisionError`.

    Expressions are not parsed here: `lint` reports their mistakes, `decide` refuses to run them.
    """
    root = _parsed(xml)
    imported = {
        element.get("name") or "": (imports or {})[element.get("namespace", "")]
        for element in children(root, "import")
        if element.get("namespace", "") in (imports or {})
    }
    namespace = root.get("namespace") or ""
    _make_unique(root)
    return Model(
        element=root.get("id") or "",
        name=root.get("name") or "",
        namespace=namespace,
        decisions={d.element: d for d in (_decision(e, namespace) for e in children(root, "decision"))},
        inputs={i.element: i for i in (_input(e) for e in children(root, "inputData"))},
        knowledge={
            k.element: k for k in (_knowledge(e, namespace) for e in children(root, "businessKnowledgeModel"))
        },
        services={s.element: s for s in (_service(e, namespace) for e in children(root, "decisionService"))},
        items={i.name: i for i in (_item(e) for e in children(root, "itemDefinition"))},
        imports=imported,
    )


def _parsed(xml: bytes) -> etree._Element:
    if len(xml) > _MOST_BYTES:
        raise DecisionError(_("Tệp DMN lớn hơn {most} MB.", most=_MOST_BYTES >> 20))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as problem:
        raise DecisionError(
            _(
                "Tệp DMN không phải XML hợp lệ: dòng {line}, {reason}",
                line=problem.lineno,
                reason=str(problem.msg),
            )
        ) from None
    if str(getattr(root.getroottree().docinfo, "doctype", "")):
        raise DecisionError(_("Tệp DMN không được có khai báo DOCTYPE."))
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        raise DecisionError(
            _("Cần phần tử “definitions” của DMN 1.1–1.6, nhưng gặp “{found}”.", found=str(name.text)[:120])
        )
    if sum(1 for _element in root.iter()) > _MOST_ELEMENTS:
        raise DecisionError(_("Tệp DMN có hơn {most} phần tử.", most=_MOST_ELEMENTS))
    return root


def _make_unique(root: etree._Element) -> None:
    """Give every element of the model an id, and refuse two with the same one."""
    seen: set[str] = set()
    for number, element in enumerate(root.iter(f"{{{etree.QName(root).namespace}}}*"), 1):
        found = element.get("id")
        if found is None:
            element.set("id", f"_{local(element)}_{number}")
        elif found in seen and local(element) in (
            "decision",
            "inputData",
            "businessKnowledgeModel",
            "decisionService",
        ):
            raise DecisionError(_("Mã “{id}” được dùng hai lần.", id=found), element=found)
        else:
            seen.add(found)


def _named(element: etree._Element) -> str:
    name = " ".join((element.get("name") or "").split())
    if not name:
        raise DecisionError(
            _("Phần tử {kind} (dòng {line}) không có tên.", kind=local(element), line=element.sourceline),
            element=element.get("id"),
        )
    return name


def _variable_type(element: etree._Element) -> str | None:
    variable = child(element, "variable")
    return None if variable is None else read_type_ref(variable)


def _required(element: etree._Element, requirement: str, kind: str, namespace: str) -> tuple[str, ...]:
    found = (child(one, kind) for one in children(element, requirement))
    return tuple(reference(one, namespace) for one in found if one is not None)


def _decision(element: etree._Element, namespace: str) -> Decision:
    return Decision(
        element=element.get("id") or "",
        name=_named(element),
        type_ref=_variable_type(element),
        decisions=_required(element, "informationRequirement", "requiredDecision", namespace),
        inputs=_required(element, "informationRequirement", "requiredInput", namespace),
        knowledge=_required(element, "knowledgeRequirement", "requiredKnowledge", namespace),
        logic=logic_of(element),
    )


def _input(element: etree._Element) -> Input:
    return Input(element=element.get("id") or "", name=_named(element), type_ref=_variable_type(element))


def _knowledge(element: etree._Element, namespace: str) -> Knowledge:
    inner = child(element, "encapsulatedLogic")
    logic = None if inner is None else logic_of(inner, itself=True)
    return Knowledge(
        element=element.get("id") or "",
        name=_named(element),
        knowledge=_required(element, "knowledgeRequirement", "requiredKnowledge", namespace),
        logic=logic if isinstance(logic, FunctionDefinition) else None,
        type_ref=_variable_type(element),
    )


def _service(element: etree._Element, namespace: str) -> Service:
    return Service(
        element=element.get("id") or "",
        name=_named(element),
        outputs=tuple(reference(e, namespace) for e in children(element, "outputDecision")),
        input_decisions=tuple(reference(e, namespace) for e in children(element, "inputDecision")),
        inputs=tuple(reference(e, namespace) for e in children(element, "inputData")),
        type_ref=_variable_type(element),
    )


def _item(element: etree._Element, depth: int = 40) -> Item:
    if depth == 0:
        raise DecisionError(_("Kiểu dữ liệu lồng nhau quá sâu."), element=element.get("id"))
    allowed, constraint = child(element, "allowedValues"), child(element, "typeConstraint")
    whole = constraint is not None
    tests = constraint if constraint is not None else allowed
    function = child(element, "functionItem")
    return Item(
        element=element.get("id") or "",
        name=_named(element),
        type_ref=(text_of(child(element, "typeRef")) or "").strip() or None,
        collection=element.get("isCollection") == "true",
        allowed=None if tests is None else text_of(child(tests, "text")),
        whole=whole,
        components=tuple(_item(one, depth - 1) for one in children(element, "itemComponent")),
        function=None
        if function is None
        else (
            tuple(read_type_ref(p) for p in children(function, "parameters")),
            function.get("outputTypeRef"),
        ),
    )


__all__ = ["NAMESPACES", "read"]

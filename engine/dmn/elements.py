"""Small readers of XML elements, by local name within the model's namespace."""

from collections.abc import Iterator

from lxml import etree


def local(element: etree._Element) -> str:
    """Give the name of an element without its namespace."""
    return etree.QName(element).localname


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Give the child elements of the same namespace with one of the names; all without a name."""
    namespace = etree.QName(element).namespace
    for one in element.iterchildren(etree.Element):
        name = etree.QName(one)
        if name.namespace == namespace and (not names or name.localname in names):
            yield one


def child(element: etree._Element, *names: str) -> etree._Element | None:
    """Give the first such child."""
    return next(children(element, *names), None)


def text_of(element: etree._Element | None) -> str | None:
    """Give the text of an element; None without one."""
    return None if element is None else "".join(str(part) for part in element.itertext())


def reference(element: etree._Element, namespace: str) -> str:
    """Give the id an href points to; one of another model keeps its namespace."""
    href = element.get("href") or ""
    where, _mark, identity = href.rpartition("#")
    return identity if where in ("", namespace) else f"{where}#{identity}"

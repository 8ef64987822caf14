"""Lists as assignment blocks: which labelled parts ("Cơ quan chủ trì: …") belong to which entries."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from directives.intake import fields, roles
from directives.intake.fields import Field
from directives.intake.structure import LISTS, Node, opens_list
from directives.intake.words import starts_with_action
from foundation.vietnamese import fold

#: characters of a line that can still be only a label or a title
LONGEST_TITLE = 260
_DETAILS = re.compile(r"\b(?:trong do|bao gom|gom|nhu|vi du|cac noi dung chinh|thanh phan)\b[^:]{0,40}:$")


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Neighbours in a list: some contents, then the labelled parts that belong to them."""

    contents: list[Node]
    nodes: list[Node]
    fields: tuple[Field, ...]

    @property
    def lines(self) -> tuple[int, ...]:
        """Give the lines of the labelled parts."""
        return tuple(line for node in self.nodes for line in node.block.lines)


def segments(nodes: list[Node]) -> list[Segment]:
    """Divide neighbours: after labelled parts a new segment begins."""
    found: list[Segment] = []
    contents: list[Node] = []
    labels: list[Node] = []
    for node in nodes:
        if is_label_line(node):
            labels.append(node)
            continue
        if labels:
            found.append(_segment(contents, labels))
            contents, labels = [], []
        contents.append(node)
    if contents or labels:
        found.append(_segment(contents, labels))
    return found


def _segment(contents: list[Node], labels: list[Node]) -> Segment:
    read = [field for node in labels for field in _fields_of(node)]
    return Segment(contents=contents, nodes=labels, fields=tuple(read))


def is_label_line(node: Node) -> bool:
    """Tell whether a block only says who, when or with which result."""
    block = node.block
    if block.rows or (node.children and not all(is_label_line(child) for child in node.children)):
        return False
    parts = fields.take_apart(block.text)
    if parts.is_only_fields and parts.fields[0].kind != "text":
        return True
    return len(block.text) < LONGEST_TITLE and (roles.is_only_roles(block.text) or _is_only_time(block.text))


def _is_only_time(text: str) -> bool:
    folded = fold(text).strip(" .;")
    return (
        re.fullmatch(
            r"(?:yeu cau )?hoan thanh (?:xong )?(?:truoc|trong|cham nhat|vao)[^,.;]{3,60}|(?:truoc"
            r"|cham nhat|trong) (?:ngay|thang|qui|nam) [^,.;]{1,40}",
            folded,
        )
        is not None
    )


def _fields_of(node: Node) -> tuple[Field, ...]:
    parts = fields.take_apart(node.block.text)
    text = node.block.text
    if parts.fields:
        mine = parts.fields
    elif roles.is_only_roles(text):
        mine = (Field(kind="leads", value=text, start=0, end=len(text)),)
    else:
        mine = (Field(kind="time", value=text, start=0, end=len(text)),)
    return (*mine, *(field for child in node.children for field in _fields_of(child)))


def has_lead(found: Iterable[Field]) -> bool:
    """Tell whether a label names a lead."""
    return any(field.kind == "leads" for field in found)


def has_own_block(node: Node) -> bool:
    """Tell whether an entry has a lead block of its own below or inside it."""
    return any(has_lead(s.fields) for s in segments(node.children)) or has_lead(
        fields.take_apart(node.block.text).fields
    )


def own_words(node: Node, parts: fields.Parts) -> str:
    """Give what a block says besides its labels; nothing for a short title."""
    if not parts.is_only_fields:
        return parts.own if not (opens_list(node.block) and len(parts.own) < 40 and node.children) else ""  # noqa: PLR2004 - a limit of the form
    first = parts.fields[0]
    return first.value if first.kind == "text" else ""


def is_details(node: Node) -> bool:
    """Tell whether the entries below only detail the node: "…, trong đó: + cơ sở pháp lý; + …"."""
    text = node.block.text
    if (
        not node.children
        or not text.endswith(":")
        or node.block.kind in {"part", "upper", "roman", "article"}
    ):
        return False
    if node.block.is_strong or any(c.block.kind not in LISTS for c in node.children):
        return False
    folded = fold(text)
    acts = starts_with_action(text) or bool(roles.read(text).leads)
    if not acts or len(text) < 30:  # noqa: PLR2004 - a title
        return False
    return _DETAILS.search(folded) is not None or not any(
        starts_with_action(c.block.text) or roles.read(c.block.text).leads for c in node.children
    )


def is_title(node: Node) -> bool:
    """Tell whether a block without entries is only a title in capitals."""
    text = node.block.text
    return not node.children and text.upper() == text and not text.endswith((".", ";"))

"""Plan items of a body: walks the outline, knows who is addressed, and turns assignment blocks into items.

Counting rule of the domain notes (§1): one item is one assignment block (one lead block, or one bullet where
no lead is given); closing formulas and the clause on difficulties are none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from directives.deadline_text import NO_DEADLINE, DeadlineText
from directives.intake import clauses, fields, roles, sections, tables
from directives.intake.clauses import Duty, Time
from directives.intake.fields import Field
from directives.intake.parties import Directory, Place, complete, span_of_parties
from directives.intake.proposal import Item
from directives.intake.roles import Roles
from directives.intake.sections import work_sections
from directives.intake.segments import (
    LONGEST_TITLE,
    Segment,
    has_lead,
    has_own_block,
    is_details,
    is_label_line,
    is_title,
    own_words,
    segments,
)
from directives.intake.structure import LISTS, Node
from directives.intake.words import starts_with_action
from foundation.vietnamese import fold

#: what the issuer says of itself is no duty
_SPEAKS = re.compile(r"(?:thông báo|báo cáo|ban hành|nhận được|kính|trân trọng|xây dựng|đã|tổ chức)\b")
#: how matters stand is no duty either
_TELLS = re.compile(r"(?:chưa|đã|đang|vẫn|còn|hiện|mới)\b")
#: an order in so many words counts also in a part that otherwise only tells
_GIVES = re.compile(r"(?:^|(?<=[.;]\s))Giao\s+(?=[A-ZĐ]|các\s)")
#: "Về chuẩn bị năm học mới: …" names a subject before the duty
_ABOUT = re.compile(r"^(?:Về|Đối với|Liên quan|Công tác)\s[^:.;]{3,150}:\s+(?=\S)")
#: what opens the conclusions of a meeting or the orders of a head
_CONCLUDES = re.compile(r"\b(?:ket luan|y kien|chi dao|yeu cau|chi thi)\b[^:]{0,60}:$")
#: kinds that an introduction does not hand down to the entries below it
_UNSHARED = frozenset({"none", "conditional", "continuous"})


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What holds for everything below a place in the outline."""

    section: str = ""
    #: silent, work, time, money, list (numbered conclusions) or strict (articles, plain letters)
    mode: str = "list"
    leads: tuple[str, ...] = ()
    coordinators: tuple[str, ...] = ()
    is_request: bool = False
    #: behind "… kết luận như sau:", where every paragraph that names a doer is meant
    is_concluded: bool = False
    deadline: DeadlineText = NO_DEADLINE
    inherited_from: str | None = None
    output: str = ""
    details: tuple[int, ...] = ()

    def below(self, node: Node) -> "Scope":
        """Give the scope inside a node."""
        label = node.block.label
        if not label:
            return self
        return replace(self, section=f"{self.section}.{label}" if self.section else label)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads the outline of one document."""

    time: Time
    place: Place
    known: Directory | None = None

    def read(self, roots: list[Node], scope: Scope) -> list[Item]:
        """Give the items of an outline in order of place."""
        general = self._document_deadline(roots)
        found = self._siblings(roots, scope, top=True)
        if general is None:
            return found
        deadline, section = general
        return [
            replace(item, deadline=deadline, inherited_from=section)
            if item.deadline.kind == "none"
            and not item.deadline.raw
            and item.section.split(".")[0] in work_sections(roots)
            else item
            for item in found
        ]

    # headings and lists

    def _siblings(self, nodes: list[Node], scope: Scope, *, top: bool = False) -> list[Item]:
        found: list[Item] = []
        for node in nodes:
            if top and node.block.kind == "paragraph" and node.block.text.endswith(":"):
                scope = self._addressed(node, scope)
                if _CONCLUDES.search(fold(node.block.text)[-120:]):
                    scope = replace(scope, is_concluded=True)
                if not node.children:
                    continue
            found += self._node(node, scope)
        return found

    def _node(self, node: Node, scope: Scope) -> list[Item]:  # noqa: PLR0911 - one return per rule
        block = node.block
        if block.rows:
            return tables.items(block, self, scope)
        inner = scope.below(node)
        own = fields.take_apart(block.text)
        if node.children and self._is_heading(node):
            return self._heading(node, inner)
        if scope.mode == "silent" and not _GIVES.search(block.text):
            kind = sections.kind_of(block.text) if block.is_strong else None
            return [] if kind != "work" else self._below(node, replace(inner, mode="work"))
        found = segments(node.children)
        if any(has_lead(s.fields) for s in found) and not found[0].contents:
            items = self._block([node], found[0], inner)
            return items + self._listed(found[1:], inner)
        if is_details(node):
            return self._leaf(node, inner, own.fields, with_children=True)
        if found and not found[0].contents:
            items = self._leaf(node, inner, (*own.fields, *found[0].fields), detail=found[0].nodes)
            return items + self._listed(found[1:], inner)
        return self._leaf(node, inner, own.fields) + self._below(node, self._under_item(node, inner))

    def _under_item(self, node: Node, scope: Scope) -> Scope:
        who = roles.read(node.block.text)
        return replace(scope, leads=self.names(who.leads)) if who.leads else scope

    def _is_heading(self, node: Node) -> bool:
        block = node.block
        text = block.text
        if block.kind in {"part", "upper", "roman"}:
            return not self._is_task_with_labels(node)
        if is_details(node):
            return False
        if all(fields.take_apart(c.block.text).is_only_fields and not c.children for c in node.children):
            return False
        if block.is_strong or text.endswith(":"):
            return True
        if block.kind == "article" and len(text) < LONGEST_TITLE and not text.endswith("."):
            return True
        return len(text) < LONGEST_TITLE and not text.endswith((".", ";", ","))

    @staticmethod
    def _is_task_with_labels(node: Node) -> bool:
        """Tell whether "II. Diễn tập" has only its labels below: a task, though numbered like a section."""
        if node.block.text.upper() == node.block.text or not all(is_label_line(c) for c in node.children):
            return False
        return any(has_lead(s.fields) for s in segments(node.children))

    def _heading(self, node: Node, scope: Scope) -> list[Item]:
        title = node.block.text
        if node.block.kind == "paragraph":
            title = title[clauses.sentences(title)[-1][0] :]
        kind = sections.kind_of(title) if len(title) < LONGEST_TITLE else None
        who = roles.read(
            re.sub(r"^(?:Đối với|Nhiệm vụ của|Trách nhiệm của|Về phía)\s+", "", title.rstrip(" :;."))
            + " thực hiện"
        )
        alone = roles.read_name(re.sub(r"^(?:Đối với|Nhiệm vụ của|Trách nhiệm của|Về phía)\s+", "", title), 0)
        inner = scope
        if (
            who.leads
            and (alone or who.is_ordered)
            and not (kind in {"silent", "time"} and node.block.kind in {"roman", "upper", "part"})
        ):
            inner = self._with(inner, who)
            kind = kind if kind == "silent" and not who.is_ordered and not alone else "work"
        if kind is not None and (kind != "silent" or node.block.kind not in LISTS):
            inner = replace(inner, mode=kind)
        elif node.block.kind in {"part", "upper", "roman"} and inner.mode in {
            "list",
            "silent",
            "time",
            "money",
        }:
            inner = replace(inner, mode="work")
        if title.endswith(":") or who.leads:
            deadline = self.time.of(title)
            if deadline.kind not in _UNSHARED:
                inner = replace(inner, deadline=deadline, inherited_from=scope.section or None)
        if kind == "time" and node.block.kind in {"roman", "upper", "part", "number"}:
            return self._below(node, inner)
        return self._below(node, inner)

    def _below(self, node: Node, scope: Scope) -> list[Item]:
        return self._listed(segments(node.children), scope)

    def _listed(self, listed: list[Segment], scope: Scope) -> list[Item]:
        found: list[Item] = []
        for segment in listed:
            inner = scope
            if (
                segment.contents
                and has_lead(segment.fields)
                and not any(has_own_block(n) for n in segment.contents)
            ):
                found += self._block(segment.contents, segment, scope)
                continue
            if segment.fields and segment.contents:
                inner = self.with_fields(scope, segment.fields, segment.lines)
            elif segment.fields:
                found += self._lone_fields(segment, scope)
            found += self._contents(segment.contents, inner)
        return found

    def _contents(self, nodes: list[Node], scope: Scope) -> list[Item]:
        found: list[Item] = []
        for node in nodes:
            block = node.block
            opens = block.kind == "paragraph" and block.text.endswith(":")
            if opens and not node.children:
                scope = self._addressed(node, scope)
                continue
            found += self._node(node, scope)
        return found

    def _lone_fields(self, segment: Segment, scope: Scope) -> list[Item]:
        """Read labels without a task before them: only money and work that name a doer are tasks."""
        found: list[Item] = []
        for node in segment.nodes:
            for part in fields.take_apart(node.block.text).fields:
                is_money = fold(node.block.text).startswith(("kinh phi", "nguon kinh phi"))
                if (
                    part.kind == "other"
                    and is_money
                    and scope.mode != "silent"
                    and roles.read(part.value).leads
                ):
                    found += self._duties(node, part.value, part.start, replace(scope, deadline=NO_DEADLINE))
        return found

    # assignment blocks

    def _block(self, nodes: list[Node], segment: Segment, scope: Scope) -> list[Item]:
        if scope.mode == "silent":
            return []
        inner = self.with_fields(scope, segment.fields, segment.lines)
        contents = [n for node in nodes for n in node.walk()] if segment.contents else nodes
        taken = [fields.take_apart(n.block.text) for n in contents]
        words = [own_words(n, part) for n, part in zip(contents, taken, strict=True)]
        lines = [line for n, word in zip(contents, words, strict=True) if word for line in n.block.lines]
        text = " ".join(word for word in words if word)
        if not text:
            return []
        deadline = inner.deadline if inner.deadline is not scope.deadline else NO_DEADLINE
        if deadline.kind == "none" and not deadline.raw:
            deadline = self.time.of(text)
        if not inner.coordinators:
            inner = replace(inner, coordinators=self.names(roles.read(text).coordinators))
        item = Item(
            section=inner.section, text=text, leads=inner.leads, coordinators=inner.coordinators,
            deadline=deadline if deadline.kind != "none" or deadline.raw else scope.deadline,
            output=inner.output, source_lines=tuple(dict.fromkeys(lines)), detail_lines=segment.lines,
            is_request=inner.is_request,
        )  # fmt: skip
        return [item]

    def _leaf(
        self,
        node: Node,
        scope: Scope,
        own: Iterable[Field],
        *,
        detail: "Iterable[Node]" = (),
        with_children: bool = False,
    ) -> list[Item]:
        parts = fields.take_apart(node.block.text)
        kept = tuple(f for f in own if f.kind != "text")
        if parts.is_only_fields and parts.fields[0].kind == "text":
            words, start = parts.fields[0].value, parts.fields[0].start
        else:
            words, start = parts.own, 0
        if parts.is_only_fields and parts.fields[0].kind != "text":
            return self._lone_fields(Segment(nodes=[node], contents=[], fields=parts.fields), scope)
        inner = self.with_fields(scope, kept, tuple(line for n in detail for line in n.block.lines))
        items = self._duties(node, words, start, inner, has_fields=bool(kept))
        if is_title(node):
            return []
        if with_children and items:
            below = [n for child in node.children for n in child.walk()]
            text = " ".join([items[0].text, *(n.block.text for n in below)])
            lines = (*items[0].source_lines, *(line for n in below for line in n.block.lines))
            items[0] = replace(items[0], text=text, source_lines=lines)
            if items[0].deadline.kind == "none":
                items[0] = replace(items[0], deadline=self.time.of(text))
        return items

    def _duties(
        self, node: Node, words: str, start: int, scope: Scope, *, has_fields: bool = False,
    ) -> list[Item]:  # fmt: skip
        block = node.block
        about = _ABOUT.match(words)
        if about is not None and not roles.read_name(re.sub(r"^Đối với\s+", "", words), 0):
            words, start = words[about.end() :], start + about.end()
        if not words or clauses.is_difficulty(words) or clauses.is_formula(words):
            return []
        found = clauses.duties(words, self.time)
        if has_fields and len(found) > 1:
            found = [replace(found[0], end=len(words), text=words)]
        items: list[Item] = []
        for duty in found:
            if not self._assigns(node, duty, scope, is_first=not items):
                continue
            lines = block.lines_between(start + duty.start, start + duty.end)
            items.append(
                self._item(duty, scope, lines, has_fields=has_fields, follows=items[-1] if items else None)
            )
        return items

    def _item(
        self, duty: Duty, scope: Scope, lines: tuple[int, ...], *, has_fields: bool, follows: Item | None
    ) -> Item:
        leads = self.names(duty.roles.leads)
        if duty.is_consolidation:
            pass
        elif has_fields and scope.leads:
            leads = scope.leads
        elif not leads:
            leads = follows.leads if follows is not None else scope.leads
        coordinators = tuple(
            dict.fromkeys((*self.names(duty.roles.coordinators), *(scope.coordinators if has_fields else ())))
        )
        deadline, inherited = duty.deadline, None
        if has_fields and scope.deadline.raw:
            deadline = scope.deadline
        elif deadline.kind == "none" and scope.deadline.kind != "none" and not duty.is_consolidation:
            deadline, inherited = scope.deadline, scope.inherited_from
        return Item(
            section=scope.section, text=duty.text.strip(), leads=leads, coordinators=coordinators,
            deadline=deadline,
            inherited_from=inherited, output=scope.output, source_lines=lines, detail_lines=scope.details,
            is_request=duty.roles.is_request or (scope.is_request and not duty.roles.leads),
        )  # fmt: skip

    def _assigns(self, node: Node, duty: Duty, scope: Scope, *, is_first: bool) -> bool:  # noqa: PLR0911 - one return per rule
        """Tell whether a duty is one in this part of the document."""
        if scope.mode == "silent" and _GIVES.match(duty.text) is None:
            return False
        if duty.is_narrative and not duty.is_consolidation:
            return False
        if duty.is_consolidation or not is_first:
            return True
        who = duty.roles
        if span_of_parties(duty.text) >= len(duty.text.rstrip(" .;:")) > 0:
            return False
        named = bool(who.leads) and (who.is_ordered or duty.does_something)
        if scope.mode in {"time", "money"}:
            return named
        if node.block.kind == "paragraph":
            return self._paragraph_assigns(duty, scope, named=named)
        if scope.mode == "strict":
            return named or bool(scope.leads)
        return scope.mode == "work" or starts_with_action(duty.text) or named or bool(scope.leads)

    def _paragraph_assigns(self, duty: Duty, scope: Scope, *, named: bool) -> bool:
        """Tell the same of a paragraph without a number: outside parts of tasks it must order or bind."""
        who = duty.roles
        if scope.mode == "strict":
            return who.is_ordered
        if scope.mode == "work":
            dated = duty.deadline.kind != "none" and bool(scope.leads)
            return starts_with_action(duty.text) or named or dated
        if _TELLS.match(duty.text[who.end :].lstrip(" ,")) and not who.is_ordered:
            return False
        if _SPEAKS.match(duty.text[who.end :].lstrip(" ,")):
            return who.is_ordered
        binds = duty.deadline.kind not in _UNSHARED or "trách nhiệm" in duty.text
        return who.is_ordered or (named and (bool(scope.section) or binds or scope.is_concluded))

    # who and when

    def _addressed(self, node: Node, scope: Scope) -> Scope:
        """Take over who is told "… thực hiện các nội dung sau:" for the entries that follow."""
        text = node.block.text
        if clauses.is_narrative(text) and not roles.read(text).is_ordered:
            return scope
        last = text[clauses.sentences(text)[-1][0] :]
        who = roles.read(last)
        if not (who.is_ordered or (who.leads and scope.section)):
            return scope
        deadline = self.time.of(last)
        scope = self._with(scope, who)
        if who.is_ordered and scope.mode == "silent":
            scope = replace(scope, mode="work")
        return replace(scope, deadline=deadline) if deadline.kind not in _UNSHARED else scope

    def _with(self, scope: Scope, who: Roles) -> Scope:
        return replace(
            scope,
            leads=self.names(who.leads),
            coordinators=self.names(who.coordinators),
            is_request=who.is_request,
        )

    def with_fields(self, scope: Scope, found: Iterable[Field], lines: tuple[int, ...] = ()) -> Scope:
        """Take over what labelled parts say; each label replaces what an outer one said."""
        scope = replace(scope, details=lines)
        for part in found:
            if part.kind == "leads":
                who = roles.of_label(part.value)
                both = (*scope.coordinators, *self.names(who.coordinators))
                scope = replace(
                    scope,
                    leads=self.names(who.leads),
                    coordinators=tuple(dict.fromkeys(both)),
                    is_request=who.is_request,
                )
            elif part.kind == "coordinators":
                both = (*scope.coordinators, *self.names(roles.of_coordinators(part.value)))
                scope = replace(scope, coordinators=tuple(dict.fromkeys(both)))
            elif part.kind == "time":
                scope = replace(scope, deadline=self.time.read(part.value), inherited_from=None)
            elif part.kind == "output":
                scope = replace(scope, output=part.value.rstrip(" ."))
        return scope

    def names(self, names: Iterable[str]) -> tuple[str, ...]:
        """Complete names with province or directory."""
        return tuple(dict.fromkeys(complete(name, self.place, self.known) for name in names))

    def _document_deadline(self, roots: list[Node]) -> tuple[DeadlineText, str] | None:
        """Find the clause that gives every task without a deadline its time (R-S5)."""
        for node in roots:
            if (
                node.block.kind not in {"roman", "upper", "number"}
                or sections.kind_of(node.block.text) != "time"
            ):
                continue
            for child in node.walk():
                parts = fields.take_apart(child.block.text)
                for part in parts.fields:
                    if part.kind == "time":
                        deadline = self.time.read(part.value)
                        if deadline.kind != "none":
                            return deadline, node.block.label
        return None

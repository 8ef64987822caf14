"""What differs between two versions of a decision model, in words: rules added, removed, changed, moved."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.dmn.model import Boxed, Decision, Literal, Model, Rule, Table
from foundation.texts import Text, _


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of what was changed."""

    name: Text | str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that differs."""

    #: added, removed, changed or moved
    kind: str
    #: id of the decision
    decision: str
    #: what it is: a rule, a column, the decision itself
    what: Text
    parts: tuple[Part, ...] = ()


def between(before: Model, after: Model) -> list[Change]:
    """Give the changes from one model to another, decision by decision."""
    found: list[Change] = []
    for key in [*before.decisions, *(key for key in after.decisions if key not in before.decisions)]:
        older, newer = before.decisions.get(key), after.decisions.get(key)
        if older is None or newer is None:
            one = older or newer
            if one is not None:
                what = _("quyết định “{name}”", name=one.name)
                found.append(Change(kind="added" if older is None else "removed", decision=key, what=what))
        else:
            found += _decision(older, newer, before, after)
    return found


def _decision(older: Decision, newer: Decision, before: Model, after: Model) -> Iterator[Change]:
    parts = _parts(
        (_("tên"), older.name, newer.name),
        (_("kiểu kết quả"), older.type_ref or "", newer.type_ref or ""),
        (_("cần biết"), _requirements(older, before), _requirements(newer, after)),
    )
    old, new = older.logic, newer.logic
    if isinstance(old, Table) and isinstance(new, Table):
        parts += _parts((_("chính sách chọn luật"), _policy(old), _policy(new)))
        if parts:
            yield _changed(newer, _("quyết định “{name}”", name=newer.name), parts)
        yield from _columns(newer, old, new)
        yield from _rules(newer, old, new)
        return
    if isinstance(old, Literal) and isinstance(new, Literal):
        parts += _parts((_("biểu thức"), old.text.strip(), new.text.strip()))
    elif old != new:
        parts += (Part(name=_("cách quyết định"), before=_kind(old), after=_kind(new)),)
    if parts:
        yield _changed(newer, _("quyết định “{name}”", name=newer.name), parts)


def _changed(decision: Decision, what: Text, parts: tuple[Part, ...]) -> Change:
    return Change(kind="changed", decision=decision.element, what=what, parts=parts)


def _parts(*pairs: tuple[Text | str, str, str]) -> tuple[Part, ...]:
    return tuple(
        Part(name=name, before=old or None, after=new or None) for name, old, new in pairs if old != new
    )


def _requirements(decision: Decision, model: Model) -> str:
    elements = (model.inputs, model.decisions, model.knowledge, model.services)
    names = {one.element: one.name for several in elements for one in several.values()}
    needed = (*decision.inputs, *decision.decisions, *decision.knowledge)
    return ", ".join(sorted(names.get(one, one) for one in needed))


def _policy(table: Table) -> str:
    return f"{table.hit_policy} {table.aggregation}".strip()


def _kind(logic: Boxed | None) -> str | None:
    return None if logic is None else type(logic).__name__


def _headings(table: Table) -> dict[str, tuple[str, str]]:
    """Give label and definition of each column by element, in order."""
    found = {}
    for one in table.inputs:
        label = one.label or one.expression.text
        found[one.element] = (label, f"{one.expression.text} {one.values or ''}".strip())
    for output in table.outputs:
        default = "" if output.default is None else output.default.text
        found[output.element] = (
            output.label or output.name,
            " ".join(filter(None, (output.name, output.type_ref, output.values, default))),
        )
    return found


def _columns(decision: Decision, old: Table, new: Table) -> Iterator[Change]:
    before, after = _headings(old), _headings(new)
    for element in [*before, *(one for one in after if one not in before)]:
        was, now = before.get(element), after.get(element)
        label = (now or was or ("", ""))[0]
        what = _("cột “{column}”", column=label)
        if was is None or now is None:
            kind = "added" if was is None else "removed"
            yield Change(kind=kind, decision=decision.element, what=what)
        elif was != now:
            parts = _parts((_("tên cột"), was[0], now[0]), (_("nội dung"), was[1], now[1]))
            yield _changed(decision, what, parts)


def _rules(decision: Decision, old: Table, new: Table) -> Iterator[Change]:
    before, after = {one.element: one for one in old.rules}, {one.element: one for one in new.rules}
    common_before = [element for element in before if element in after]
    common_after = [element for element in after if element in before]
    for rule in old.rules:
        if rule.element not in after:
            what = _("luật {rule}", rule=rule.number)
            yield Change(
                kind="removed", decision=decision.element, what=what, parts=_whole(old, rule, is_new=False)
            )
    for rule in new.rules:
        what = _("luật {rule}", rule=rule.number)
        was = before.get(rule.element)
        if was is None:
            yield Change(
                kind="added", decision=decision.element, what=what, parts=_whole(new, rule, is_new=True)
            )
            continue
        parts = _cells(old, was, new, rule)
        if parts:
            yield _changed(decision, what, parts)
        elif common_before.index(rule.element) != common_after.index(rule.element):
            moved = (Part(name=_("thứ tự"), before=str(was.number), after=str(rule.number)),)
            yield Change(kind="moved", decision=decision.element, what=what, parts=moved)


def _row(table: Table, rule: Rule) -> dict[str, tuple[str, str]]:
    """Give label and text of each cell by column."""
    cells = zip(_headings(table).items(), (*rule.tests, *rule.results), strict=True)
    return {element: (label, cell.text.strip() or "-") for (element, (label, _d)), cell in cells}


def _whole(table: Table, rule: Rule, *, is_new: bool) -> tuple[Part, ...]:
    return tuple(
        Part(name=label, before=None if is_new else text, after=text if is_new else None)
        for label, text in _row(table, rule).values()
    )


def _cells(old: Table, was: Rule, new: Table, now: Rule) -> tuple[Part, ...]:
    before, after = _row(old, was), _row(new, now)
    cells = [
        (label, before[element][1], text) for element, (label, text) in after.items() if element in before
    ]
    return _parts(*cells, (_("ghi chú"), was.description.strip(), now.description.strip()))

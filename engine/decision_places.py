"""Where something stands in a decision model, in words: “luật 3, cột “Độ khẩn””."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.dmn.model import Boxed, Literal, Model, Table
from foundation.texts import Text, _


@dataclass(frozen=True, kw_only=True)
class Place:
    """One element of a model as people look for it."""

    #: id of the decision or knowledge model it belongs to
    owner: str
    #: the place in words
    words: Text
    #: text of the expression, empty when it has none
    source: str = ""
    #: 1-based number of the rule, 0 outside rules
    rule: int = 0


def places(model: Model) -> Mapping[str, Place]:
    """Give the place of every element that lint or a warning may name, by element id."""
    found: dict[str, Place] = {}
    for item in model.inputs.values():
        found[item.element] = Place(owner=item.element, words=_("đầu vào “{name}”", name=item.name))
    for decision in model.decisions.values():
        found[decision.element] = Place(
            owner=decision.element, words=_("quyết định “{name}”", name=decision.name)
        )
        found |= _of_logic(decision.element, decision.name, decision.logic)
    for knowledge in model.knowledge.values():
        found[knowledge.element] = Place(
            owner=knowledge.element, words=_("mô hình tri thức “{name}”", name=knowledge.name)
        )
        body = None if knowledge.logic is None else knowledge.logic.body
        found |= _of_logic(knowledge.element, knowledge.name, body)
    return found


def _of_logic(owner: str, name: str, logic: Boxed | None) -> dict[str, Place]:
    if isinstance(logic, Table):
        return _of_table(owner, name, logic)
    if isinstance(logic, Literal):
        words = _("biểu thức của “{name}”", name=name)
        return {logic.element: Place(owner=owner, words=words, source=logic.text)}
    if logic is None:
        return {}
    return {logic.element: Place(owner=owner, words=_("biểu thức của “{name}”", name=name))}


def _of_table(owner: str, name: str, table: Table) -> dict[str, Place]:
    found = {table.element: Place(owner=owner, words=_("bảng “{name}”", name=name))}
    labels = [one.label or one.expression.text for one in table.inputs]
    results = [one.label or one.name or name for one in table.outputs]
    for column, label in zip(table.inputs, labels, strict=True):
        words = _("cột “{column}”", column=label)
        found[column.element] = Place(owner=owner, words=words, source=column.values or "")
        found[column.expression.element] = Place(owner=owner, words=words, source=column.expression.text)
    for output, label in zip(table.outputs, results, strict=True):
        words = _("cột kết quả “{column}”", column=label)
        found[output.element] = Place(owner=owner, words=words, source=output.values or "")
        if output.default is not None:
            found[output.default.element] = Place(owner=owner, words=words, source=output.default.text)
    for rule in table.rules:
        found[rule.element] = Place(owner=owner, words=_("luật {rule}", rule=rule.number), rule=rule.number)
        cells = zip((*rule.tests, *rule.results), (*labels, *results), strict=True)
        for cell, label in cells:
            words = _("luật {rule}, cột “{column}”", rule=rule.number, column=label)
            found[cell.element] = Place(owner=owner, words=words, source=cell.text, rule=rule.number)
    return found

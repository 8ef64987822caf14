"""A form as a tree for the page, and as levels of fields for validation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, Union

from engine.forms.conditions import Condition
from engine.forms.fields import Field, Known, WrongValue, shown
from foundation.errors import Invalid
from foundation.texts import Text, _

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Static:
    """What is shown and has no value: text, separator, spacer, button."""

    #: form-js type
    type: str
    #: Markdown of a text; label of a button
    text: str = ""
    #: hides it when true
    condition: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A field in its place."""

    field: Field
    #: hides it when true
    condition: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Group:
    """Parts under a heading; with a path their values form an object of that name."""

    label: str
    #: name of the object; empty when the values belong to the level around
    path: str
    parts: "tuple[Part, ...]"
    #: hides all of it when true
    condition: Condition | None = None


Part = Union[Placed, Group, Static]  # noqa: UP007  a forward reference cannot stand in `|`


@dataclass(frozen=True, kw_only=True)
class _Level:
    """The names one object of values may have."""

    fields: Mapping[str, Field]
    inner: "Mapping[str, _Level]"


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form that was loaded and found sound."""

    #: id of the form, empty when it has none
    id: str
    parts: tuple[Part, ...]
    #: what people call it: `title` of the schema, else its first heading; empty when it has neither
    title: str = ""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Give all fields in the order of the page."""
        return tuple(field for field, _conditions in _fields(self.parts))

    @cached_property
    def _conditional(self) -> tuple[tuple[Field, tuple[Condition, ...]], ...]:
        return tuple((field, conditions) for field, conditions in _fields(self.parts) if conditions)

    @cached_property
    def _level(self) -> _Level:
        return _level(self.fields, depth=0)

    def validate(
        self,
        values: Mapping[str, Any],
        *,
        variables: Mapping[str, Any] = _NOTHING,
        now: datetime | None = None,
    ) -> dict[str, Any]:
        """Give the clean, typed values of what was submitted.

        An empty optional value comes out as None, a field not submitted is left out, a hidden field is left
        out whatever was submitted for it. A read-only field is never in the result; submitting another
        value for it than `variables` holds is refused. `now` is needed by conditions and by dates that must
        not be past (ValueError without it).
        Raises Invalid with a message per field (`group.key`), saying expected and found.
        """
        known = Known(variables=variables, now=now)
        problems: dict[str, Text] = {}
        clean = _clean(self._level, values, known, "", problems)
        if self._conditional:
            self._drop_hidden(clean, problems, known)
        if problems:
            raise Invalid(_("Biểu mẫu có {count} mục chưa đúng.", count=len(problems)), fields=problems)
        return clean

    def hidden(
        self, values: Mapping[str, Any], *, now: datetime, variables: Mapping[str, Any] = _NOTHING
    ) -> frozenset[str]:
        """Give the names of the fields that the conditions hide for these values (for the page)."""
        data = {**variables, **values}
        found = {
            field.name
            for field, conditions in self._conditional
            if any(one.hides(data, now) for one in conditions)
        }
        return frozenset(found)

    def defaults(self, variables: Mapping[str, Any] = _NOTHING) -> dict[str, Any]:
        """Give the values to begin with: those of the variables, else the form's own; None where neither."""
        filled: dict[str, Any] = {}
        for field in self.fields:
            target, source = filled, variables
            for name in field.path:
                target = target.setdefault(name, {})
                inner = source.get(name)
                source = inner if isinstance(inner, Mapping) else _NOTHING
            target[field.key] = source.get(field.key, field.default)
        return filled

    def json_schema(self) -> dict[str, Any]:
        """Give the JSON Schema (2020-12) of what may be submitted; conditions are not expressed in it."""
        conditional = {field.name for field, _conditions in self._conditional}
        schema = _schema(self._level, conditional)
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}

    def _drop_hidden(self, clean: dict[str, Any], problems: dict[str, Text], known: Known) -> None:
        empty = dict.fromkeys(self._level.fields)
        for field, conditions in self._conditional:
            data = {**known.variables, **empty, **clean}
            if any(condition.hides(data, known.now) for condition in conditions):
                problems.pop(field.name, None)
                target: Any = clean
                for name in field.path:
                    target = target.get(name, {})
                target.pop(field.key, None)


def _fields(
    parts: tuple[Part, ...], around: tuple[Condition, ...] = ()
) -> Iterator[tuple[Field, tuple[Condition, ...]]]:
    for part in parts:
        conditions = (*around, part.condition) if part.condition is not None else around
        if isinstance(part, Placed):
            yield part.field, conditions
        elif isinstance(part, Group):
            yield from _fields(part.parts, conditions)


def _level(fields: tuple[Field, ...], depth: int) -> _Level:
    here = {field.key: field for field in fields if len(field.path) == depth}
    deeper: dict[str, list[Field]] = {}
    for field in fields:
        if len(field.path) > depth:
            deeper.setdefault(field.path[depth], []).append(field)
    return _Level(
        fields=here, inner={name: _level(tuple(inner), depth + 1) for name, inner in deeper.items()}
    )


def _clean(
    level: _Level, values: Mapping[str, Any], known: Known, prefix: str, problems: dict[str, Text]
) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for key, value in values.items():
        field = level.fields.get(key)
        if field is not None:
            _clean_field(field, value, known, clean, problems)
        elif key not in level.inner:
            problems[f"{prefix}{key}"] = _("Biểu mẫu không có mục “{key}”.", key=str(key)[:80])
    for key, field in level.fields.items():
        if field.is_required and not field.is_read_only and key not in values:
            problems[field.name] = field.missing().text
    for key, inner in level.inner.items():
        given = values.get(key)
        if given is not None and not isinstance(given, Mapping):
            problems[f"{prefix}{key}"] = _(
                "“{key}” cần là một nhóm giá trị; nhận được {found}.", key=key, found=shown(given)
            )
            continue
        clean[key] = _clean(inner, given or {}, known, f"{prefix}{key}.", problems)
    return clean


def _clean_field(
    field: Field, value: Any, known: Known, clean: dict[str, Any], problems: dict[str, Text]
) -> None:
    if field.is_read_only:
        if value != _present(field, known.variables):
            problems[field.name] = _("“{label}” chỉ để xem, không sửa được.", label=field.label)
        return
    try:
        clean[field.key] = field.clean(value, known)
    except WrongValue as wrong:
        problems[field.name] = wrong.text


def _present(field: Field, variables: Mapping[str, Any]) -> Any:
    source: Any = variables
    for name in field.path:
        source = source.get(name) if isinstance(source, Mapping) else None
    return source.get(field.key, field.default) if isinstance(source, Mapping) else field.default


def _schema(level: _Level, conditional: set[str]) -> dict[str, Any]:
    properties = {key: field.json_schema() for key, field in level.fields.items()}
    properties |= {key: _schema(inner, conditional) for key, inner in level.inner.items()}
    required = [
        key
        for key, field in level.fields.items()
        if field.is_required and not field.is_read_only and field.name not in conditional
    ]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

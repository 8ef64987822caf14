"""Fields that offer options: fixed ones, or a list found in a process variable (`valuesKey`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from engine.forms.fields import Field, Known, WrongValue
from foundation.texts import _

#: what an option may be worth
Scalar = str | int | float


@dataclass(frozen=True, kw_only=True)
class Option:
    """One thing to choose."""

    value: Scalar
    label: str


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """What choosing has in common."""

    #: the fixed options
    fixed: tuple[Option, ...] = ()
    #: name of the variable with the options; empty when they are fixed
    values_key: str = ""

    def options(self, variables: Mapping[str, Any]) -> tuple[Option, ...]:
        """Give the options, for the page and for validation."""
        return options_from(variables.get(self.values_key)) if self.values_key else self.fixed

    @cached_property
    def _fixed_values(self) -> frozenset[Scalar]:
        return frozenset(option.value for option in self.fixed)

    def _check(self, value: Any, known: Known) -> Scalar:
        allowed = self._fixed_values
        if self.values_key:
            allowed = frozenset(option.value for option in self.options(known.variables))
        if isinstance(value, bool) or not isinstance(value, (str, int, float)) or value not in allowed:
            raise self._not_offered(value, known)
        return value

    def _not_offered(self, value: Any, known: Known) -> WrongValue:
        offered = self.options(known.variables)
        if not offered:
            return self.wrong(
                _("một lựa chọn, nhưng danh sách “{key}” đang trống", key=self.values_key), value
            )
        first = ", ".join(str(option.value) for option in offered[:10])
        expected = _("là một trong: {first}", first=first + (", …" if len(offered) > 10 else ""))  # noqa: PLR2004  shown
        return self.wrong(expected, value)

    def _one(self) -> dict[str, Any]:
        if self.values_key:
            return {"type": ["string", "number"]}
        return {"enum": [option.value for option in self.fixed]}


@dataclass(frozen=True, kw_only=True)
class Select(Choice):
    """One option from a list."""

    type: ClassVar[str] = "select"

    def _typed(self, value: Any, known: Known, /) -> Scalar:
        return self._check(value, known)

    def _schema(self) -> dict[str, Any]:
        return self._one()


@dataclass(frozen=True, kw_only=True)
class Radio(Select):
    """One option, all in sight."""

    type: ClassVar[str] = "radio"


@dataclass(frozen=True, kw_only=True)
class Checklist(Choice):
    """Any number of options; comes out as a list in the order given."""

    type: ClassVar[str] = "checklist"

    def _typed(self, value: Any, known: Known, /) -> list[Scalar]:
        if not isinstance(value, list):
            raise self.wrong(_("là danh sách các lựa chọn"), value)
        if len(value) > len(self.options(known.variables)):
            raise self.wrong(_("không chọn lặp lại"), value)
        return list(dict.fromkeys(self._check(one, known) for one in value))

    def _schema(self) -> dict[str, Any]:
        least = {"minItems": 1} if self.is_required else {}
        return {"type": "array", "items": self._one(), "uniqueItems": True, **least}


def options_from(values: Any) -> tuple[Option, ...]:
    """Read options from a list of `{label, value}` or of plain values; what is neither is left out."""
    if not isinstance(values, list):
        return ()
    return tuple(option for option in map(_option, values) if option is not None)


def _option(item: Any) -> Option | None:
    value, label = (item.get("value"), item.get("label")) if isinstance(item, Mapping) else (item, None)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or value == "":
        return None
    return Option(value=value, label=label if isinstance(label, str) and label else str(value))

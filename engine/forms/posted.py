"""From what a browser posts (texts only) to the values that `Form.validate` expects."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from engine.forms.choices import Choice
from engine.forms.fields import Checkbox, DateField, Field, FilePicker, Number
from engine.forms.form import Form

#: 21.914,5 and 95,22: a comma means that the number is written the Vietnamese way
_VIETNAMESE = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+", re.ASCII)
_PLAIN = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


def from_post(form: Form, posted: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Give typed values from texts by field name (`group.key`), as an HTML form posts them.

    A box that is absent is not ticked; an absent list is empty; read-only fields are left out. A text that
    cannot be read as what its field expects stays a text, so that `validate` can say what was found.
    Numbers: `1234.5` (input type number) or `1.234,5`; dates: `2026-11-20` or `20/11/2026`. Names that are
    no field are kept, for `validate` to refuse; control fields (CSRF …) must be taken out before.
    """
    values: dict[str, Any] = {}
    known = {field.name: field for field in form.fields}
    for name, field in known.items():
        if not field.is_read_only:
            _place(values, field.path, field.key, _value(field, posted.get(name, ())))
    for name, texts in posted.items():
        if name not in known:
            values[name] = list(texts)
    return values


def _value(field: Field, texts: Sequence[str]) -> Any:
    if isinstance(field, Checkbox):
        return bool(texts) and texts[-1] not in {"", "false", "0"}
    if field.type == "checklist":
        return [_option(field, text) for text in texts if text]
    if isinstance(field, FilePicker) and field.is_multiple:
        return [text for text in texts if text]
    text = texts[-1] if texts else ""
    if isinstance(field, Number):
        return _number(text.strip())
    if isinstance(field, DateField):
        return _date(text.strip())
    return _option(field, text)


def _option(field: Field, text: str) -> Any:
    """Give the option that is written so: a browser cannot tell 1 from "1"."""
    if not isinstance(field, Choice):
        return text
    return next((option.value for option in field.fixed if str(option.value) == text), text)


def _number(text: str) -> Any:
    plain = text.replace(".", "").replace(",", ".") if _VIETNAMESE.fullmatch(text) else text
    if not _PLAIN.fullmatch(plain):
        return text
    return float(plain) if "." in plain else int(plain)


def _date(text: str) -> str:
    found = _DAY.fullmatch(text)
    if found is None:
        return text
    day, month, year = map(int, found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text


def _place(values: dict[str, Any], path: tuple[str, ...], key: str, value: Any) -> None:
    for name in path:
        values = values.setdefault(name, {})
    values[key] = value

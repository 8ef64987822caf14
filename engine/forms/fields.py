"""The fields of a form: each knows what it accepts, what it makes of it, and how to say what is wrong."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar

from foundation.clock import BUSINESS_ZONE
from foundation.texts import Text, _

#: figures beyond this lose their last digits in a browser
LARGEST_NUMBER = 10**15
#: characters taken when a form sets no limit of its own
TEXT_LIMIT, AREA_LIMIT = 4_000, 100_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FILE_ID = re.compile(r"[0-9a-f]{32}")
_SHOWN = 40


class WrongValue(Exception):
    """A value does not fit its field."""

    def __init__(self, text: Text) -> None:
        """Say what was expected and what was found."""
        self.text = text
        super().__init__(str(text))


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a validation knows besides the submitted values."""

    #: variables of the process: dynamic options, read-only values, conditions
    variables: Mapping[str, Any]
    #: the moment of the command; None when the caller has none
    now: datetime | None

    def today(self, asker: str) -> date:
        """Give the business day; ValueError when the caller gave no moment."""
        if self.now is None:
            raise ValueError(f"validating {asker} needs the moment of the command (now=)")
        return self.now.astimezone(BUSINESS_ZONE).date()


@dataclass(frozen=True, kw_only=True)
class Field:
    """What all fields have in common."""

    #: form-js type
    type: ClassVar[str]

    #: variable name
    key: str
    #: keys of the groups around it
    path: tuple[str, ...] = ()
    #: label for people; the key where the form has none
    label: str
    #: explanation below the field
    description: str = ""
    #: text before and after the value (“đồng”, “%”)
    prefix: str = ""
    suffix: str = ""
    #: must be filled in
    is_required: bool = False
    #: shown, never taken
    is_read_only: bool = False
    #: value of an empty form; of the type the field gives
    default: Any = None

    @cached_property
    def name(self) -> str:
        """Give the dotted name: `group.key`."""
        return ".".join((*self.path, self.key))

    def clean(self, value: Any, known: Known) -> Any:
        """Give the typed value; None for an empty optional one. Raises WrongValue."""
        if value is None or value in ("", []):
            if self.is_required:
                raise self.missing()
            return None
        return self._typed(value, known)

    def missing(self) -> WrongValue:
        """Give the complaint about a required field without a value."""
        return WrongValue(_("Cần điền “{label}”.", label=self.label))

    def wrong(self, expected: Text, value: Any) -> WrongValue:
        """Give the complaint: what was expected, what was found."""
        return WrongValue(
            _(
                "“{label}” cần {expected}; nhận được {found}.",
                label=self.label,
                expected=expected,
                found=shown(value),
            )
        )

    def json_schema(self) -> dict[str, Any]:
        """Give the JSON Schema (2020-12) of the value."""
        about = {"title": self.label, "description": self.description, "default": self.default}
        told = {name: value for name, value in about.items() if value not in (None, "")}
        schema = {**self._schema(), **told, **({"readOnly": True} if self.is_read_only else {})}
        return schema if self.is_required else _or_null(schema)

    def _typed(self, value: Any, known: Known, /) -> Any:
        raise NotImplementedError

    def _schema(self) -> dict[str, Any]:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class TextField(Field):
    """One line of text, normalised to NFC (R-U1)."""

    type: ClassVar[str] = "textfield"
    is_multiline: ClassVar[bool] = False

    #: characters at least and at most
    min_length: int = 0
    max_length: int = TEXT_LIMIT
    #: RE2 pattern found anywhere in the text, as form-js does
    pattern: str = ""
    #: the compiled pattern
    matcher: Any = None

    def _typed(self, value: Any, _known: Known, /) -> str:
        if not isinstance(value, str):
            raise self.wrong(_("là chữ"), value)
        text = value if value.isascii() else unicodedata.normalize("NFC", value)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if _CONTROL.search(text):
            raise self.wrong(_("không chứa ký tự điều khiển"), value)
        if not self.is_multiline and "\n" in text:
            raise self.wrong(_("nằm trên một dòng"), value)
        if self.is_required and not text.strip():
            raise self.missing()
        self._measure(text)
        return text

    def _measure(self, text: str) -> None:
        length = len(text)
        if length < self.min_length:
            raise self._length(_("có ít nhất {limit} ký tự", limit=self.min_length), length)
        if length > self.max_length:
            raise self._length(_("có nhiều nhất {limit} ký tự", limit=self.max_length), length)
        if self.matcher is not None and self.matcher.search(text) is None:
            raise self.wrong(_("đúng mẫu {pattern}", pattern=self.pattern), text)

    def _length(self, expected: Text, length: int) -> WrongValue:
        return WrongValue(
            _(
                "“{label}” cần {expected}; nhận được {length} ký tự.",
                label=self.label,
                expected=expected,
                length=length,
            )
        )

    def _schema(self) -> dict[str, Any]:
        schema = {"type": "string", "minLength": self.min_length, "maxLength": self.max_length}
        return {**schema, **({"pattern": self.pattern} if self.pattern else {})}


@dataclass(frozen=True, kw_only=True)
class TextArea(TextField):
    """Several lines of text; line ends become single line feeds."""

    type: ClassVar[str] = "textarea"
    is_multiline: ClassVar[bool] = True

    max_length: int = AREA_LIMIT


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number: whole ones come out as int, others as float."""

    type: ClassVar[str] = "number"

    minimum: float | None = None
    maximum: float | None = None
    #: decimals allowed; None = any
    digits: int | None = None

    def _typed(self, value: Any, _known: Known, /) -> int | float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.wrong(_("là số"), value)
        if not abs(value) <= LARGEST_NUMBER:  # NaN is not
            raise self.wrong(_("là số không quá 15 chữ số"), value)
        if self.minimum is not None and value < self.minimum:
            raise self.wrong(_("từ {limit} trở lên", limit=vietnamese_number(self.minimum)), value)
        if self.maximum is not None and value > self.maximum:
            raise self.wrong(_("không quá {limit}", limit=vietnamese_number(self.maximum)), value)
        if self.digits is not None and round(value, self.digits) != value:
            expected = (
                _("có không quá {digits} chữ số thập phân", digits=self.digits)
                if self.digits
                else _("là số nguyên")
            )
            raise self.wrong(expected, value)
        return int(value) if value == int(value) else value

    def _schema(self) -> dict[str, Any]:
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        kind = "integer" if self.digits == 0 else "number"
        return {"type": kind, **{name: limit for name, limit in limits.items() if limit is not None}}


@dataclass(frozen=True, kw_only=True)
class DateField(Field):
    """A day, as `YYYY-MM-DD`."""

    type: ClassVar[str] = "datetime"

    #: days before today are refused
    is_from_today: bool = False

    def _typed(self, value: Any, known: Known, /) -> str:
        expected = _("là ngày có thật dạng năm-tháng-ngày, ví dụ 2026-11-20")
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise self.wrong(expected, value)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise self.wrong(expected, value) from None
        if self.is_from_today:
            today = known.today(self.name)
            if day < today:
                raise self.wrong(_("không trước ngày {today}", today=today.strftime("%d/%m/%Y")), value)
        return value

    def _schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, kw_only=True)
class Checkbox(Field):
    """Yes or no; a required one must be yes."""

    type: ClassVar[str] = "checkbox"

    def _typed(self, value: Any, _known: Known, /) -> bool:
        if not isinstance(value, bool):
            raise self.wrong(_("là đúng hoặc sai (true/false)"), value)
        if self.is_required and not value:
            raise WrongValue(_("Cần đánh dấu “{label}”.", label=self.label))
        return value

    def _schema(self) -> dict[str, Any]:
        return {"type": "boolean", **({"const": True} if self.is_required else {})}


@dataclass(frozen=True, kw_only=True)
class FilePicker(Field):
    """Files by their ids: one id, or a list of them; the bytes are uploaded elsewhere before."""

    type: ClassVar[str] = "filepicker"
    most: ClassVar[int] = 50

    #: several files allowed
    is_multiple: bool = False
    #: file types for the browser's dialogue (`.pdf,.docx`)
    accept: str = ""

    def _typed(self, value: Any, _known: Known, /) -> str | list[str]:
        ids = value if self.is_multiple else [value]
        if not isinstance(ids, list) or not all(
            isinstance(one, str) and _FILE_ID.fullmatch(one) for one in ids
        ):
            expected = (
                _("là danh sách mã tệp đã tải lên") if self.is_multiple else _("là mã của tệp đã tải lên")
            )
            raise self.wrong(expected, value)
        if len(ids) > self.most:
            raise self.wrong(_("có nhiều nhất {most} tệp", most=self.most), value)
        return list(dict.fromkeys(ids)) if self.is_multiple else ids[0]

    def _schema(self) -> dict[str, Any]:
        one = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
        return {"type": "array", "items": one, "maxItems": self.most} if self.is_multiple else one


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """An optional value may be submitted empty."""
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*kinds, "null"]}


def shown(value: Any) -> Text | str:
    """Give a found value as people may read it in a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return vietnamese_number(value) if abs(value) <= LARGEST_NUMBER else _("số quá lớn")
    if isinstance(value, str) and value:
        return f"“{value[:_SHOWN]}…”" if len(value) > _SHOWN else f"“{value}”"
    if isinstance(value, Mapping):
        return _("một nhóm giá trị")
    return _("danh sách {count} giá trị", count=len(value)) if isinstance(value, list) else _("giá trị trống")


def vietnamese_number(value: float) -> str:
    """Write a number with comma and dots: 21.914,5 (R-U1)."""
    whole = value if isinstance(value, int) else (int(value) if value.is_integer() else value)
    return f"{whole:,}".replace(",", " ").replace(".", ",").replace(" ", ".")

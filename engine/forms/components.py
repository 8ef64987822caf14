"""One component of a form-js schema becomes one field; what would not be applied is refused by name."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import re2

from engine.forms import choices, fields
from engine.forms.conditions import Condition, compiled
from engine.forms.fields import Field
from foundation.errors import Invalid
from foundation.texts import Text, _

#: form-js type → field
FIELDS: Mapping[str, type[Field]] = {
    kind.type: kind
    for kind in (
        fields.TextField,
        fields.TextArea,
        fields.Number,
        fields.DateField,
        fields.Checkbox,
        fields.FilePicker,
        choices.Select,
        choices.Radio,
        choices.Checklist,
    )
}
#: types that are only shown
STATIC = frozenset({"text", "separator", "spacer", "button"})
#: component types that are taken
SUPPORTED = frozenset({*FIELDS, *STATIC, "group"})

#: rules of `validate` by type; any other is refused, because it would not be applied
_RULES: Mapping[str, frozenset[str]] = {
    "textfield": frozenset({"minLength", "maxLength", "pattern"}),
    "textarea": frozenset({"minLength", "maxLength"}),
    "number": frozenset({"min", "max"}),
}
#: names that mean something to the machinery that keeps variables
_RESERVED = frozenset({"typename"})
_KEY = re.compile(r"[^\W\d]\w{0,63}")


class Refused(Exception):
    """A component cannot be taken."""

    def __init__(self, rule: str, text: Text, **facts: Any) -> None:
        """Name the rule, say what is wrong and what to do, add facts for machines."""
        self.rule, self.text, self.facts = rule, text, facts
        super().__init__(str(text))


def field_of(kind: str, component: Mapping[str, Any], key: str, path: tuple[str, ...]) -> Field:
    """Give the field of a component. Raises Refused."""
    rules = _rules(kind, component)
    appearance = _object(component, "appearance")
    common: dict[str, Any] = {
        "key": key,
        "path": path,
        "label": literal_of(component, "label") or literal_of(component, "dateLabel") or key,
        "description": literal_of(component, "description"),
        "prefix": literal_of(appearance, "prefixAdorner"),
        "suffix": literal_of(appearance, "suffixAdorner"),
        "is_required": _flag(rules, "required"),
        "is_read_only": _flag(component, "readonly") or _flag(component, "disabled"),
    }
    made = FIELDS[kind](**common, **_special(kind, component, rules))
    return _with_default(made, component.get("defaultValue"))


def _special(kind: str, component: Mapping[str, Any], rules: Mapping[str, Any]) -> dict[str, Any]:
    if kind in {"textfield", "textarea"}:
        return _text_rules(rules)
    if kind == "number":
        return _number_rules(component, rules)
    if kind == "datetime":
        if component.get("subtype", "date") != "date":
            text = _(
                "Chỉ hỗ trợ chọn ngày (subtype “date”); nhận được “{found}”.", found=str(component["subtype"])
            )
            raise Refused("form.component-unsupported", text)
        return {"is_from_today": _flag(component, "disallowPassedDates")}
    if kind == "filepicker":
        return {"is_multiple": _flag(component, "multiple"), "accept": literal_of(component, "accept")}
    return _options(component) if kind != "checkbox" else {}


def _text_rules(rules: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for rule, name in (("minLength", "min_length"), ("maxLength", "max_length")):
        limit = _number(rules, rule)
        if limit is not None:
            found[name] = int(limit)
    pattern = rules.get("pattern")
    if pattern:
        found |= {"pattern": pattern, "matcher": _matcher(pattern)}
    return found


def _number_rules(component: Mapping[str, Any], rules: Mapping[str, Any]) -> dict[str, Any]:
    if component.get("serializeToString"):
        raise Refused("form.rule-unsupported", _("Chưa hỗ trợ lưu số dưới dạng chữ (serializeToString)."))
    digits = _number(component, "decimalDigits")
    return {
        "minimum": _number(rules, "min"),
        "maximum": _number(rules, "max"),
        "digits": None if digits is None else int(digits),
    }


def _options(component: Mapping[str, Any]) -> dict[str, Any]:
    if component.get("valuesExpression"):
        text = _("Chưa hỗ trợ danh sách tính bằng biểu thức; hãy dùng “values” hoặc “valuesKey”.")
        raise Refused("form.rule-unsupported", text)
    key = component.get("valuesKey")
    if key:
        return {"values_key": key_of(key)}
    given = component.get("values")
    fixed = choices.options_from(given)
    is_whole = isinstance(given, list) and len(fixed) == len(given)
    if not fixed or not is_whole or len({option.value for option in fixed}) != len(fixed):
        text = _(
            "Danh sách “values” cần ít nhất một lựa chọn; "
            "mỗi lựa chọn có “value” là chữ hoặc số, không trùng nhau."
        )
        raise Refused("form.options", text)
    return {"fixed": fixed}


def _rules(kind: str, component: Mapping[str, Any]) -> Mapping[str, Any]:
    rules = _object(component, "validate")
    allowed = _RULES.get(kind, frozenset())
    for name, value in rules.items():
        is_idle = value in (None, "", False) or (name == "validationType" and value == "custom")
        if name != "required" and name not in allowed and not is_idle:
            text = _("Quy tắc “{rule}” chưa được hỗ trợ cho loại “{kind}”.", rule=str(name), kind=kind)
            raise Refused("form.rule-unsupported", text, found=name)
    return rules


def _with_default(made: Field, default: Any) -> Field:
    if default is None or default == "":
        return made
    if isinstance(made, choices.Choice) and made.values_key:
        return replace(made, default=default)
    try:
        made.clean(default, fields.Known(variables={}, now=None))
    except (fields.WrongValue, ValueError) as error:
        raise Refused(
            "form.default", _("Giá trị mặc định không hợp lệ: {reason}", reason=str(error))
        ) from error
    return replace(made, default=default)


def condition_of(component: Mapping[str, Any]) -> Condition | None:
    """Give the compiled `conditional.hide`, if any. Raises Refused."""
    text = _object(component, "conditional").get("hide")
    if not text:
        return None
    if not isinstance(text, str) or not text.strip().startswith("="):
        raise Refused("form.condition", _("“conditional.hide” phải là biểu thức FEEL bắt đầu bằng “=”."))
    try:
        return compiled(text)
    except Invalid as error:
        text_ = _("Biểu thức ẩn/hiện sai cú pháp. {reason}", reason=error.text)
        raise Refused("form.condition", text_, expression=text, **error.facts) from error


def _matcher(pattern: Any) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except (re2.error, TypeError) as error:
        reason = (
            error.args[0].decode("utf-8", "replace")
            if error.args and isinstance(error.args[0], bytes)
            else str(error)
        )
        text = _("Mẫu “{pattern}” không dùng được: {reason}", pattern=str(pattern)[:80], reason=reason)
        raise Refused("form.pattern", text) from error


def key_of(value: Any) -> str:
    """Give a variable name that nothing in the house can mistake for something else. Raises Refused."""
    if (
        not isinstance(value, str)
        or not _KEY.fullmatch(value)
        or value.startswith("__")
        or value in _RESERVED
    ):
        text = _(
            "Khóa “{found}” không dùng được: cần chữ, số hoặc gạch dưới, bắt đầu bằng chữ, tối đa 64 ký tự, "
            "không phải “typename” và không bắt đầu bằng “__”.",
            found=str(value)[:80],
        )
        raise Refused("form.key", text)
    return value


def literal_of(component: Mapping[str, Any], name: str) -> str:
    """Give a fixed text, empty when absent; an expression or template is refused."""
    value = component.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or value.lstrip().startswith("=") or "{{" in value:
        raise Refused(
            "form.expression-unsupported", _("“{name}” phải là chữ cố định, không phải biểu thức.", name=name)
        )
    return value


def _object(component: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = component.get(name) or {}
    if not isinstance(value, Mapping):
        raise Refused("form.structure", _("“{name}” phải là đối tượng.", name=name))
    return value


def _flag(holder: Mapping[str, Any], name: str) -> bool:
    value = holder.get(name) or False
    if not isinstance(value, bool):
        text = _("“{name}” phải là true hoặc false, không phải biểu thức.", name=name)
        raise Refused("form.expression-unsupported", text)
    return value


def _number(holder: Mapping[str, Any], name: str) -> float | None:
    value = holder.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = float(value) if "." in value else int(value)
        except ValueError:
            value = None
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not abs(value) <= fields.LARGEST_NUMBER
    ):
        raise Refused(
            "form.expression-unsupported", _("“{name}” phải là một số, không phải biểu thức.", name=name)
        )
    return value

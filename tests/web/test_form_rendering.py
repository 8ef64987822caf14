"""A deployed form becomes native HTML, with what was typed, what is wrong, and nothing unescaped."""

from typing import Any

import pytest
from jinja2 import Environment, PackageLoader
from lxml import html

from engine.forms import load
from web import templating


def render(components: list[dict[str, Any]], **given: Any) -> Any:
    environment = Environment(loader=PackageLoader("web"), autoescape=True)
    templating.prepare(environment)
    environment.globals.update(_=lambda text, **_values: text, asset=lambda name: name, csrf_token="")
    page = "{% import 'form.html' as form with context %}{{ form.fields(shown, **given) }}"
    return html.fromstring(
        environment.from_string(page).render(shown=load({"components": components}), given=given)
    )


def test_rules_become_native_constraints() -> None:
    rules = {"required": True, "minLength": 2, "maxLength": 9}
    (field,) = render([{"type": "textfield", "key": "number", "label": "Số", "validate": rules}]).xpath(
        "//input"
    )
    assert field.get("required") is not None
    assert (field.get("minlength"), field.get("maxlength")) == ("2", "9")


def test_what_was_typed_is_kept_and_the_error_stands_at_the_field() -> None:
    shown = render(
        [{"type": "textfield", "key": "number", "label": "Số"}],
        values={"number": "13<b>94"},
        errors={"number": "“Số” cần một số."},
    )
    (field,) = shown.xpath("//input")
    assert field.get("value") == "13<b>94"
    assert field.get("aria-invalid") == "true"
    assert shown.xpath("string(//*[@id='e-number'])") == "“Số” cần một số."
    assert "e-number" in field.get("aria-describedby")


def test_fields_of_a_named_group_post_as_group_and_key() -> None:
    inner = [{"type": "datetime", "subtype": "date", "key": "due", "dateLabel": "Hạn"}]
    group = {"type": "group", "label": "Giao việc", "path": "work", "components": inner}
    shown = render([group], values={"work": {"due": "2024-11-15"}})
    (field,) = shown.xpath("//fieldset//input[@type='date']")
    assert (field.get("name"), field.get("value")) == ("work.due", "2024-11-15")
    assert shown.xpath("string(//label[@for='f-work-due'])").strip() == "Hạn"


def test_a_list_named_by_a_variable_is_offered() -> None:
    shown = render(
        [{"type": "select", "key": "lead", "label": "Chủ trì", "valuesKey": "units"}],
        variables={
            "units": [{"label": "Sở Nội vụ", "value": "snv"}, {"label": "Sở Tài chính", "value": "stc"}]
        },
        values={"lead": "stc"},
    )
    assert shown.xpath("//option[@selected]/text()") == ["Sở Tài chính"]
    assert len(shown.xpath("//option")) == 3


def test_hidden_fields_are_left_out_and_an_empty_group_with_them() -> None:
    inner = [{"type": "textfield", "key": "reason", "label": "Lý do"}]
    group = {"type": "group", "label": "Trả lại", "components": inner}
    shown = render([group, {"type": "text", "text": "Ghi chú"}], hidden={"reason"})
    assert not shown.xpath("//input | //fieldset")
    assert "Ghi chú" in shown.text_content()


@pytest.mark.parametrize(("kind", "chosen"), [("radio", "b"), ("checklist", ["b"])])
def test_choices_are_grouped_and_ticked(kind: str, chosen: Any) -> None:
    values = [{"label": "Một", "value": "a"}, {"label": "Hai", "value": "b"}]
    shown = render(
        [{"type": kind, "key": "pick", "label": "Chọn", "values": values}], values={"pick": chosen}
    )
    assert shown.xpath("//fieldset[@id='f-pick']//input[@checked]/@value") == ["b"]
    assert shown.xpath("string(//fieldset/legend)").strip() == "Chọn"


def test_text_of_the_author_is_shown_as_text() -> None:
    shown = render([{"type": "text", "text": "# Lưu ý\n\n- một\n- <script>hai</script>"}])
    assert shown.xpath("//li/text()") == ["một", "<script>hai</script>"]
    assert not shown.xpath("//script")

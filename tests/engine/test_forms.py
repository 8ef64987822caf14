"""Forms as their authors deploy them and as people fill them in."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import forms
from engine.findings import DefinitionRefused
from engine.forms import Form
from foundation.errors import Invalid

NOW = datetime(2024, 2, 5, 1, 0, tzinfo=UTC)
FILE_ID = "0123456789abcdef0123456789abcdef"


def _form(*components: dict[str, Any]) -> Form:
    return forms.load({"type": "default", "id": "bao-cao", "components": list(components)})


def _field(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": "x", "label": "Kết quả", **more}


def _problem(form: Form, value: Any, **known: Any) -> str:
    with pytest.raises(Invalid) as refused:
        form.validate({"x": value}, **known)
    assert list(refused.value.fields) == ["x"]
    return refused.value.fields["x"].render()


OPTIONS = [
    {"label": "Đồng ý", "value": "dong_y"},
    {"label": "Không", "value": "khong"},
    {"label": "Ba", "value": 3},
]


@pytest.mark.parametrize(
    ("component", "given_", "clean"),
    [
        (_field("textfield"), "Báo cáo", "Báo cáo"),
        (_field("textfield"), "Ba\u0301o ca\u0301o", "Báo cáo"),
        (_field("textfield", validate={"pattern": r"^\d+/UBND$"}), "1394/UBND", "1394/UBND"),
        (_field("textarea"), "một\r\nhai\rba", "một\nhai\nba"),
        (_field("number"), 5, 5),
        (_field("number"), 5.0, 5),
        (_field("number", decimalDigits=2), 95.22, 95.22),
        (_field("number", validate={"min": "0", "max": 100}), 100, 100),
        (_field("datetime", subtype="date"), "2024-02-29", "2024-02-29"),
        (_field("datetime", disallowPassedDates=True), "2024-02-05", "2024-02-05"),
        (_field("checkbox"), False, False),
        (_field("checkbox", validate={"required": True}), True, True),
        (_field("select", values=OPTIONS), "khong", "khong"),
        (_field("radio", values=OPTIONS), 3, 3),
        (_field("checklist", values=OPTIONS), ["khong", "dong_y"], ["khong", "dong_y"]),
        (_field("filepicker"), FILE_ID, FILE_ID),
        (_field("filepicker", multiple=True), [FILE_ID], [FILE_ID]),
        (_field("textfield"), "", None),
        (_field("number"), None, None),
        (_field("checklist", values=OPTIONS), [], None),
    ],
)
def test_a_fitting_value_comes_out_clean(component: dict[str, Any], given_: Any, clean: Any) -> None:
    result = _form(component).validate({"x": given_}, now=NOW)

    assert result == {"x": clean}
    assert type(result["x"]) is type(clean)


REQUIRED = {"validate": {"required": True}}


@pytest.mark.parametrize(
    ("component", "given_", "message"),
    [
        (_field("textfield"), 7, "“Kết quả” cần là chữ; nhận được 7."),
        (_field("textfield"), "một\nhai", "một dòng"),
        (_field("textfield"), "a\x00b", "ký tự điều khiển"),
        (_field("textfield"), "\ud800", "ký tự điều khiển"),
        (_field("textfield", **REQUIRED), "  ", "Cần điền “Kết quả”."),
        (_field("textfield", **REQUIRED), None, "Cần điền “Kết quả”."),
        (_field("textfield", validate={"minLength": 3}), "ab", "ít nhất 3 ký tự; nhận được 2"),
        (_field("textfield", validate={"maxLength": 3}), "abcd", "nhiều nhất 3 ký tự; nhận được 4"),
        (_field("textfield"), "x" * 4001, "nhiều nhất 4000 ký tự"),
        (_field("textfield", validate={"pattern": "^[0-9]+$"}), "abc", "đúng mẫu ^[0-9]+$; nhận được “abc”"),
        (_field("number"), "12", "“Kết quả” cần là số; nhận được “12”."),
        (_field("number"), True, "cần là số; nhận được true"),
        (_field("number"), float("nan"), "15 chữ số"),
        pytest.param(_field("number"), 10**5000, "số quá lớn", id="huge"),
        (_field("number", validate={"min": 0}), -1, "từ 0 trở lên; nhận được -1"),
        (_field("number", validate={"max": 1000}), 21914.5, "không quá 1.000; nhận được 21.914,5"),
        (_field("number", decimalDigits=0), 1.5, "số nguyên; nhận được 1,5"),
        (_field("number", decimalDigits=1), 1.25, "1 chữ số thập phân"),
        (_field("datetime"), "29/02/2024", "năm-tháng-ngày"),
        (_field("datetime"), "2023-02-29", "ngày có thật"),
        (_field("datetime"), "٢٠٢٤-٠٢-٠١", "năm-tháng-ngày"),
        (_field("datetime", disallowPassedDates=True), "2024-02-04", "không trước ngày 05/02/2024"),
        (_field("checkbox"), "true", "true/false"),
        (_field("checkbox", **REQUIRED), False, "Cần đánh dấu “Kết quả”."),
        (_field("select", values=OPTIONS), "khac", "một trong: dong_y, khong, 3; nhận được “khac”"),
        (_field("select", values=OPTIONS), ["khong"], "danh sách 1 giá trị"),
        (_field("select", values=OPTIONS), "3", "một trong"),
        (_field("radio", values=[{"value": 1, "label": "Một"}]), True, "một trong: 1"),
        (_field("checklist", values=OPTIONS), "khong", "danh sách các lựa chọn"),
        (_field("checklist", values=OPTIONS), ["khong", "khac"], "một trong"),
        (_field("checklist", values=OPTIONS), ["khong"] * 4, "lặp lại"),
        (_field("checklist", values=OPTIONS, **REQUIRED), [], "Cần điền"),
        (_field("filepicker"), "../../etc/passwd", "mã của tệp"),
        (_field("filepicker", multiple=True), FILE_ID, "danh sách mã tệp"),
        (_field("filepicker", multiple=True), [FILE_ID, {}], "danh sách mã tệp"),
        (_field("textfield"), {"a": 1}, "một nhóm giá trị"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_expected_and_found(
    component: dict[str, Any], given_: Any, message: str
) -> None:
    assert message in _problem(_form(component), given_, now=NOW)


@pytest.mark.parametrize(
    ("schema", "title"),
    [
        ({"title": " Quyết định gia hạn "}, "Quyết định gia hạn"),
        ({"components": [{"type": "text", "text": "Lời dẫn\n## Kết quả kiểm tra"}]}, "Kết quả kiểm tra"),
        ({"title": 7}, ""),
        ({}, ""),
    ],
)
def test_a_form_is_called_by_its_title_or_its_first_heading(schema: dict[str, Any], title: str) -> None:
    assert forms.load({"type": "default", "id": "f", "components": [], **schema}).title == title


def test_a_required_field_that_is_not_submitted_is_asked_for() -> None:
    form = _form(_field("textfield", **REQUIRED), _field("number", key="y"))

    with pytest.raises(Invalid) as refused:
        form.validate({})

    assert list(refused.value.fields) == ["x"]
    assert form.validate({"x": "a"}) == {"x": "a"}


@pytest.mark.parametrize("key", ["la", "typename", "__class__", "x.y", ""])
def test_a_value_for_no_field_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as refused:
        _form(_field("textfield")).validate({"x": "a", key: 1})

    assert "không có mục" in refused.value.fields[key].render()


def test_all_problems_are_told_at_once() -> None:
    form = _form(_field("number"), _field("datetime", key="han"), _field("textfield", key="ten", **REQUIRED))

    with pytest.raises(Invalid, match="3 mục") as refused:
        form.validate({"x": "a", "han": "mai"})

    assert set(refused.value.fields) == {"x", "han", "ten"}


GROUP = {
    "type": "group",
    "label": "Liên hệ",
    "path": "lien_he",
    "components": [
        {"type": "textfield", "key": "ten", "label": "Họ tên", "validate": {"required": True}},
        {
            "type": "group",
            "label": "Thêm",
            "components": [{"type": "number", "key": "tuoi", "label": "Tuổi"}],
        },
    ],
}


def test_a_group_with_a_path_is_an_object_and_one_without_is_not() -> None:
    form = _form(GROUP)

    assert [field.name for field in form.fields] == ["lien_he.ten", "lien_he.tuoi"]
    values = {"lien_he": {"ten": "Lan", "tuoi": 30}}
    assert form.validate(values) == values


def test_problems_within_a_group_carry_its_name() -> None:
    with pytest.raises(Invalid) as refused:
        _form(GROUP).validate({"lien_he": {"tuoi": "ba mươi", "la": 1}})
    assert set(refused.value.fields) == {"lien_he.ten", "lien_he.tuoi", "lien_he.la"}

    with pytest.raises(Invalid) as refused:
        _form(GROUP).validate({"lien_he": 7})
    assert "nhóm giá trị" in refused.value.fields["lien_he"].render()


def test_a_read_only_field_cannot_be_changed() -> None:
    form = _form(_field("textfield", readonly=True), _field("number", key="y"))
    variables = {"x": "1394/UBND"}

    assert form.validate({"x": "1394/UBND", "y": 1}, variables=variables) == {"y": 1}
    assert "chỉ để xem" in _problem(form, "9999/UBND", variables=variables)


def test_a_hidden_field_is_neither_asked_for_nor_taken() -> None:
    form = _form(
        _field("checkbox", key="gia_han", label="Đề nghị gia hạn"),
        _field("textfield", conditional={"hide": "=not(gia_han = true)"}, **REQUIRED),
    )

    assert form.validate({"gia_han": False}, now=NOW) == {"gia_han": False}
    assert form.validate({"gia_han": False, "x": "lý do"}, now=NOW) == {"gia_han": False}
    assert form.validate({"gia_han": True, "x": "lý do"}, now=NOW) == {"gia_han": True, "x": "lý do"}
    with pytest.raises(Invalid) as refused:
        form.validate({"gia_han": True}, now=NOW)
    assert set(refused.value.fields) == {"x"}
    assert form.hidden({"gia_han": False}, now=NOW) == {"x"}


def test_a_condition_sees_the_variables_of_the_process_and_hides_whole_groups() -> None:
    form = _form({**GROUP, "conditional": {"hide": '=muc_do = "thường"'}})

    assert form.validate({}, variables={"muc_do": "thường"}, now=NOW) == {"lien_he": {}}
    with pytest.raises(Invalid):
        form.validate({}, variables={"muc_do": "hỏa tốc"}, now=NOW)


def test_what_a_hidden_field_would_decide_stays_undecided() -> None:
    form = _form(
        _field("number", key="a"),
        _field("number", key="b", conditional={"hide": "=a > 10"}),
        _field("number", key="c", conditional={"hide": "=b > 10"}),
    )

    assert form.validate({"a": 11, "b": 11, "c": 1}, now=NOW) == {"a": 11, "c": 1}
    assert form.validate({"a": 1, "b": 11, "c": 1}, now=NOW) == {"a": 1, "b": 11}


def test_options_may_come_from_a_variable() -> None:
    form = _form(_field("select", valuesKey="don_vi"))
    variables = {"don_vi": [{"label": "Sở Tài chính", "value": "so-tc"}, "so-khcn", {"label": "hỏng"}, None]}

    (field,) = form.fields
    assert isinstance(field, forms.Select)
    assert [option.label for option in field.options(variables)] == ["Sở Tài chính", "so-khcn"]
    assert form.validate({"x": "so-tc"}, variables=variables) == {"x": "so-tc"}
    assert "một trong: so-tc, so-khcn" in _problem(form, "so-xd", variables=variables)
    assert "“don_vi” đang trống" in _problem(form, "so-tc")


def test_the_form_begins_with_the_variables_and_its_own_defaults() -> None:
    form = _form(
        _field("textfield", defaultValue="Kính gửi"),
        _field("number", key="y", defaultValue=1),
        _field("datetime", key="han"),
        GROUP,
    )

    begun = form.defaults({"y": 7, "lien_he": {"ten": "Lan"}, "khac": 1})

    assert begun == {"x": "Kính gửi", "y": 7, "han": None, "lien_he": {"ten": "Lan", "tuoi": None}}


def test_conditions_and_dates_from_today_need_the_moment() -> None:
    with pytest.raises(ValueError, match="now="):
        _form(_field("datetime", disallowPassedDates=True)).validate({"x": "2024-02-05"})
    with pytest.raises(ValueError, match="now="):
        _form(_field("number", conditional={"hide": "=true"})).validate({})


def test_today_is_the_business_day_not_the_day_in_greenwich() -> None:
    form = _form(_field("datetime", disallowPassedDates=True))
    evening_in_greenwich = datetime(2024, 2, 5, 17, 0, tzinfo=UTC)

    assert "06/02/2024" in _problem(form, "2024-02-05", now=evening_in_greenwich)


@pytest.mark.parametrize(
    ("component", "rule", "element"),
    [
        ({"type": "dynamiclist", "key": "x"}, "form.component-unsupported", "x"),
        ({"type": "iframe", "id": "Field_1"}, "form.component-unsupported", "Field_1"),
        ({"key": "x"}, "form.component-unsupported", "x"),
        ({"type": ["textfield"], "key": "x"}, "form.component-unsupported", "x"),
        ("textfield", "form.component-unsupported", ""),
        (_field("datetime", subtype="time"), "form.component-unsupported", "x"),
        (_field("textfield", key="typename"), "form.key", "typename"),
        (_field("textfield", key="__init__"), "form.key", "__init__"),
        (_field("textfield", key="a.b"), "form.key", "a.b"),
        (_field("textfield", key=""), "form.key", ""),
        (_field("textfield", key=7), "form.key", "7"),
        (_field("textfield", key="x" * 65), "form.key", "x" * 65),
        ({**GROUP, "path": "__dict__"}, "form.key", "__dict__"),
        (_field("textfield", validate={"validationType": "email"}), "form.rule-unsupported", "x"),
        (_field("checkbox", validate={"min": 1}), "form.rule-unsupported", "x"),
        (_field("number", serializeToString=True), "form.rule-unsupported", "x"),
        (_field("select", valuesExpression="=don_vi"), "form.rule-unsupported", "x"),
        (_field("select"), "form.options", "x"),
        (_field("select", values=[{"label": "a"}]), "form.options", "x"),
        (_field("select", values=[{"label": "a", "value": 1}] * 2), "form.options", "x"),
        (_field("textfield", validate={"pattern": "(?=a)b"}), "form.pattern", "x"),
        (_field("textfield", validate={"pattern": 7}), "form.pattern", "x"),
        (_field("textfield", validate={"maxLength": "=n"}), "form.expression-unsupported", "x"),
        (_field("textfield", validate={"required": "=a"}), "form.expression-unsupported", "x"),
        (_field("textfield", label="=ten"), "form.expression-unsupported", "x"),
        (_field("textfield", readonly="=a"), "form.expression-unsupported", "x"),
        ({"type": "text", "text": "Kính gửi {{ten}}"}, "form.expression-unsupported", ""),
        (_field("textfield", conditional={"hide": "=a >"}), "form.condition", "x"),
        (_field("textfield", conditional={"hide": "a > 1"}), "form.condition", "x"),
        (_field("textfield", conditional="a"), "form.structure", "x"),
        (_field("textfield", validate=[1]), "form.structure", "x"),
        (_field("number", defaultValue="nhiều"), "form.default", "x"),
        ({**GROUP, "components": 7}, "form.structure", ""),
    ],
)
def test_what_would_not_work_is_refused_by_name(component: Any, rule: str, element: str) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        _form(component)

    assert [(finding.rule, finding.element) for finding in refused.value.findings] == [(rule, element)]


def test_an_unsupported_component_is_named_with_what_can_be_used() -> None:
    with pytest.raises(DefinitionRefused) as refused:
        forms.load({"components": [{"type": "table", "key": "bang"}]}, file="bao-cao.form")

    (finding,) = refused.value.findings
    assert finding.file == "bao-cao.form"
    assert "“table” chưa được hỗ trợ" in finding.message.render()
    assert "textfield" in finding.message.render()


def test_every_problem_of_a_form_is_found_in_one_go() -> None:
    schema = {"components": [{"type": "table"}, _field("textfield"), _field("number"), {"type": "html"}]}

    rules = [finding.rule for finding in forms.check(schema)]

    assert rules == ["form.component-unsupported", "form.key-repeated", "form.component-unsupported"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"[]", b"{}", b'"x"', b"[" * 100_000, b" " * 600_000])
def test_a_file_that_is_no_form_is_refused(content: bytes) -> None:
    with pytest.raises(DefinitionRefused):
        forms.load(content)


def test_a_form_that_is_too_large_is_refused() -> None:
    nested: dict[str, Any] = _field("textfield")
    for _ in range(9):
        nested = {"type": "group", "components": [nested]}

    assert [finding.rule for finding in forms.check({"components": [nested]})] == ["form.size"]
    many = [{"type": "spacer"}] * 501
    assert [finding.rule for finding in forms.check({"components": many})] == ["form.size"]


def test_a_form_made_with_the_form_js_editor_is_read() -> None:
    schema = orjson.dumps(
        {
            "components": [
                {
                    "text": "# Báo cáo",
                    "type": "text",
                    "layout": {"row": "Row_1", "columns": None},
                    "id": "Field_0",
                },
                {
                    "label": "Số tiền",
                    "type": "number",
                    "layout": {"row": "Row_2", "columns": 8},
                    "id": "Field_1",
                    "key": "so_tien",
                    "decimalDigits": 0,
                    "increment": "1",
                    "appearance": {"suffixAdorner": "đồng"},
                    "validate": {"required": True, "min": 0},
                    "properties": {"a": "b"},
                },
                {"action": "submit", "label": "Gửi", "type": "button", "key": "gui", "id": "Field_2"},
            ],
            "type": "default",
            "id": "Form_1",
            "schemaVersion": 19,
            "executionPlatform": "Camunda Platform",
        }
    )

    form = forms.load(schema)

    assert (form.id, len(form.parts)) == ("Form_1", 3)
    assert form.fields[0].suffix == "đồng"
    assert form.validate({"so_tien": 21914}) == {"so_tien": 21914}


def test_what_a_browser_posts_becomes_typed_values() -> None:
    form = _form(
        _field("number"),
        _field("datetime", key="han"),
        _field("checkbox", key="dong_y"),
        _field("checklist", key="don_vi", values=OPTIONS),
        _field("textfield", key="so_van_ban", readonly=True),
        GROUP,
    )

    posted = {
        "x": ["21.914,5"],
        "han": ["29/02/2024"],
        "don_vi": ["3", "khong"],
        "lien_he.ten": ["Lan"],
        "so_van_ban": ["1"],
    }
    values = forms.from_post(form, posted)

    assert form.validate(values | {"so_van_ban": None}) == {
        "x": 21914.5,
        "han": "2024-02-29",
        "dong_y": False,
        "don_vi": [3, "khong"],
        "lien_he": {"ten": "Lan", "tuoi": None},
    }


def test_a_posted_text_that_is_no_number_is_named_in_the_message() -> None:
    form = _form(_field("number"))

    assert "nhận được “nhiều”" in _problem(form, forms.from_post(form, {"x": ["nhiều"]})["x"])
    assert forms.from_post(form, {"x": ["1234.5"]}) == {"x": 1234.5}
    with pytest.raises(Invalid) as refused:
        form.validate(forms.from_post(form, {"x": ["1"], "la": ["2"]}))
    assert set(refused.value.fields) == {"la"}


def test_the_json_schema_says_the_same() -> None:
    form = _form(
        _field("number", validate={"required": True, "min": 0}, decimalDigits=0),
        _field("select", key="y", values=OPTIONS),
        GROUP,
    )

    schema = form.json_schema()

    assert schema["required"] == ["x"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["x"] == {"type": "integer", "minimum": 0, "title": "Kết quả"}
    assert schema["properties"]["y"]["enum"] == ["dong_y", "khong", 3, None]
    assert schema["properties"]["lien_he"]["required"] == ["ten"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["type", "key", "label", "validate", "values", "valuesKey", "conditional", "appearance", "components",
     "path", "defaultValue", "readonly", "subtype", "decimalDigits", "accept", "multiple"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(sorted(forms.SUPPORTED)),
    more=st.dictionaries(NAMES, JSON, max_size=4),
    submitted=JSON,
)
def test_no_schema_and_no_value_breaks_the_reader(kind: str, more: dict[str, Any], submitted: Any) -> None:
    component = {"type": kind, "key": "x", "values": [1], **more}
    if forms.check({"components": [component]}):
        return
    form = forms.load({"components": [component]})
    with contextlib.suppress(Invalid):
        orjson.dumps(form.validate({"x": submitted}, now=NOW))
    orjson.dumps([form.defaults(), form.json_schema()])

"""Messages as a new user meets them: what was expected, what was found, and where."""

from datetime import UTC, datetime

import pytest

from engine import feel

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("sum([1, 2)", "Dòng 1, cột 10: "),
        ("(a + 1", "Dòng 1, cột 7: "),
        ("do_khan == 2", "So sánh bằng chỉ viết một dấu “=”."),
        ("do_khan = 'khẩn'", "Chuỗi đặt trong dấu nháy kép."),
    ],
)
def test_a_mistake_says_what_was_expected_and_found_and_where(source: str, said: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as refused:
        feel.compile(source)
    words = str(refused.value.text)
    assert said in words
    assert "cần " in words
    assert "nhưng gặp " in words


@pytest.mark.parametrize(
    ("source", "scope", "said"),
    [
        ("do_kan", {"do_khan": 1}, "không có biến nào tên “do_kan”; có phải ý bạn là “do_khan”?"),
        ("độ khẩn", {"do khan": 1}, "không có biến nào tên “độ khẩn”; có phải ý bạn là “do khan”?"),
        ("so_tien", {"ten": 1}, "không có biến nào tên “so_tien”."),
        ("cout([1])", {}, "không có hàm nào tên “cout”; có phải ý bạn là “count”?"),
    ],
)
def test_a_name_that_is_not_there_is_said_with_the_one_meant(
    source: str, scope: dict[str, object], said: str
) -> None:
    warnings = feel.compile(source).evaluate(scope, now=NOW).warnings
    assert said in [str(one.message) for one in warnings]


def test_a_comparison_of_a_date_with_a_string_names_both_types_and_the_place() -> None:
    found = feel.compile('date("2024-02-05") < "2024-03-01"').evaluate({}, now=NOW)
    assert found.value is None
    (warning,) = found.warnings
    assert "ngày" in str(warning.message)
    assert "chuỗi" in str(warning.message)
    assert warning.position == 19

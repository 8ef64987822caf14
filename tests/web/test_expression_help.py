"""The expression help: found by words without diacritics; the box says value, warnings and mistakes."""

import pytest

from tests.web.office import Browser, Office, office

__all__ = ["office"]


@pytest.fixture
def admin(office: Office) -> Browser:
    return office.browser("admin")


def attempt(admin: Browser, source: str, variables: str = "") -> str:
    return str(admin.post("/help/feel/try", {"source": source, "variables": variables}).text)


def test_the_help_has_functions_operators_cells_and_mistakes(admin: Browser) -> None:
    text = admin.read("/help/feel")
    assert "add working days(date: date or date and time, days: number)" in text
    assert "So sánh bằng chỉ viết một dấu" in text
    assert "giá trị nào cũng được" in text
    assert "Lỗi hay gặp" in text


def test_the_help_is_searched_without_diacritics(admin: Browser) -> None:
    text = admin.read("/help/feel?q=ngay+lam+viec")
    assert "next working day" in text
    assert "string length" not in text
    assert "Không tìm thấy gì" in admin.read("/help/feel?q=xyzzy")


def test_the_box_computes_with_variables(admin: Browser) -> None:
    assert "<output><code>true</code></output>" in attempt(admin, "so_ngay < 3", '{"so_ngay": 2}')


def test_the_box_proposes_values_by_what_a_variable_is_compared_with(admin: Browser) -> None:
    text = attempt(admin, 'do_khan = "khẩn" and so_ngay < 3')
    assert "&#34;do_khan&#34;: &#34;khẩn&#34;" in text
    assert "&#34;so_ngay&#34;: 3" in text


def test_the_box_marks_where_an_expression_is_mistaken(admin: Browser) -> None:
    text = attempt(admin, "sum([1, 2)")
    assert "Biểu thức viết sai" in text
    assert "sum([1, 2<mark>)</mark>" in text


def test_variables_that_are_no_json_are_said_with_line_and_column(admin: Browser) -> None:
    assert "dòng 1, cột" in attempt(admin, "a", "{a: 1}")


def test_an_expression_without_end_is_stopped(admin: Browser) -> None:
    text = attempt(admin, "count(for a in 1..1000, b in 1..1000, c in 1..1000 return a)")
    assert "bị dừng" in text or "vượt giới hạn" in text

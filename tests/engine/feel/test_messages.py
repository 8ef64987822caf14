"""What is said when something is wrong: what was expected, what was found, where."""

from collections.abc import Callable

import pytest

from engine import feel

Evaluate = Callable[..., feel.Evaluation]


@pytest.mark.parametrize(
    ("source", "position", "said"),
    [
        ("(1 + 2", 6, "cần “)”, nhưng gặp hết biểu thức"),
        ("1 +", 3, "một giá trị, tên biến"),
        ("", 0, "cần một biểu thức"),
        ("if a then b", 11, "“else”"),
        ("[1, 2", 5, "“]”"),
        ("{a: 1, a: 2}", 7, "hai lần"),
        ('"chưa đóng', 0, "không được đóng lại"),
        ("a ! b", 2, "!"),
        ("a == b", 3, "chỉ viết một dấu “=”"),
        ("a = 'x'", 4, "dấu nháy kép"),
        ("a && b", 2, "Viết “and”"),
        ("a || b", 2, "Viết “or”"),
        ("!a", 0, "Viết “not(…)”"),
        ("a <> b", 3, "“!=”"),
        ('@"31/12/2024"', 0, "ISO 8601"),
        ("x instance of chuỗi", 14, "tên kiểu dữ liệu"),
        ("for i in [1] i", 13, "“return”"),
        ("/* hở", 0, "chú thích"),
        ('substring("abc", start position: 2)', 34, "tên cho mọi tham số"),
    ],
)
def test_a_syntax_error_names_its_place(source: str, position: int, said: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(source)

    assert caught.value.facts["position"] == position
    assert said in str(caught.value)


def test_a_syntax_error_counts_lines_and_columns() -> None:
    with pytest.raises(feel.FeelSyntaxError, match="Dòng 2, cột 5") as caught:
        feel.compile("1 +\n  2 )")

    assert caught.value.facts["line"] == 2
    assert caught.value.facts["found"] == ")"


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        ("số_tiền > 5", "unknown_name", "không có biến nào tên “số_tiền”"),
        ('due > "2024-01-01"', "type", "không so sánh được ngày với chuỗi"),
        ("1 / 0", "arithmetic", "không chia được cho 0"),
        ('"a" * 2', "type", "phép “*” không dùng được giữa chuỗi và số"),
        ("[1, 2][3]", "range", "danh sách có 2 phần tử"),
        ("{a: 1}.b", "missing", "ngữ cảnh không có mục “b”"),
        ('date("hôm nay")', "value", "hàm date"),
        ("substring(1, 2)", "argument", "tham số “string” cần chuỗi nhưng nhận số"),
        ("abs()", "argument", "cần 1 tham số nhưng nhận 0"),
        ("không có(1)", "unknown_name", "không có"),
        ('matches("a", "(")', "argument", "biểu thức chính quy sai"),
    ],
)
def test_null_comes_with_the_reason(evaluate: Evaluate, source: str, code: str, said: str) -> None:
    from datetime import date

    found = evaluate(source, due=date(2024, 1, 1))

    assert found.value is None
    assert found.warnings[0].code == code
    assert said in str(found.warnings[0].message)


def test_a_warning_points_at_the_part_that_failed(evaluate: Evaluate) -> None:
    found = evaluate('if a = 1 then b + "x" else 0', a=1, b=2)

    assert [warning.position for warning in found.warnings] == [16]


def test_an_expression_without_trouble_has_no_warnings(evaluate: Evaluate) -> None:
    assert evaluate("a > 1 and b", a=2, b=True).warnings == ()

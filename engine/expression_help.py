"""The expression help: functions by family, operators, cells of decision tables, common mistakes.

Functions come from the registry of the built-ins with their descriptions; a test runs every example.
"""

from collections.abc import Sequence
from typing import NamedTuple

from engine.feel.builtins import BUILTINS
from engine.feel.builtins.descriptions import FAMILIES
from engine.feel.builtins.registry import Builtin
from foundation.texts import Text, _

#: families that officials need first
_FIRST = ("working_days", "dates")


class Operator(NamedTuple):
    """One way to write, with an example."""

    words: Text
    #: a FEEL expression
    expression: str
    #: its value as FEEL writes it
    gives: str


def families() -> Sequence[tuple[str, Text, Sequence[Builtin]]]:
    """Give every built-in: key and title of the family, functions by name; working days come first."""
    order = [*_FIRST, *(key for key in FAMILIES if key not in _FIRST)]
    every = sorted(BUILTINS.values(), key=lambda one: one.name)
    return [(key, FAMILIES[key], [one for one in every if one.family == key]) for key in order]


OPERATORS: tuple[Operator, ...] = (
    Operator(_("So sánh: = != < <= > >=. So sánh bằng chỉ viết một dấu “=”."), "3 = 3.0", "true"),
    Operator(_("Và, hoặc, phủ định: and, or, not(…)."), "1 < 2 and not(2 < 1)", "true"),
    Operator(_("Nằm giữa, kể cả hai đầu."), "5 between 1 and 10", "true"),
    Operator(
        _("Nằm trong một khoảng hay một danh sách; dấu ngoặc tròn là không kể đầu đó."),
        "5 in [1..5)",
        "false",
    ),
    Operator(_("Cộng, trừ, nhân, chia, lũy thừa. Số là số thập phân chính xác."), "0.1 + 0.2", "0.3"),
    Operator(_("Nối chuỗi bằng dấu cộng."), '"Sở " + "Nội vụ"', '"Sở Nội vụ"'),
    Operator(
        _("Ngày cộng khoảng thời gian; ngày trừ ngày."), 'date("2024-02-08") - date("2024-02-05")', "P3D"
    ),
    Operator(_("Nếu, thì, còn không."), 'if 2 > 1 then "khẩn" else "thường"', '"khẩn"'),
    Operator(_("Mỗi phần tử cho một kết quả."), "for x in [1, 2] return x * 10", "[10, 20]"),
    Operator(_("Có một phần tử thỏa mãn."), "some x in [1, 5] satisfies x > 3", "true"),
    Operator(_("Mọi phần tử thỏa mãn."), "every x in [1, 5] satisfies x > 3", "false"),
    Operator(_("Lọc danh sách; item là phần tử đang xét."), "[1, 5, 9][item > 3]", "[5, 9]"),
    Operator(_("Lấy theo vị trí, đếm từ 1; -1 là cuối cùng."), '["a", "b", "c"][-1]', '"c"'),
    Operator(_("Lấy một mục của nhóm giá trị bằng dấu chấm."), '{ten: "Sở Nội vụ"}.ten', '"Sở Nội vụ"'),
)

#: what a cell of conditions in a decision table may say
CELLS: tuple[tuple[str, Text], ...] = (
    ("-", _("giá trị nào cũng được")),
    ('"khẩn"', _("đúng giá trị này; chữ đặt trong dấu nháy kép")),
    ('"khẩn", "hỏa tốc"', _("một trong các giá trị")),
    ('not("thường")', _("bất cứ giá trị nào khác")),
    ("< 5", _("nhỏ hơn 5")),
    ("[1..5]", _("từ 1 đến 5, kể cả 1 và 5")),
    ("(1..5)", _("giữa 1 và 5, không kể 1 và 5")),
    ('< date("2024-02-05")', _("trước ngày 05/02/2024")),
    ("null", _("không có giá trị")),
)


class Mistake(NamedTuple):
    """Something people write who come from elsewhere, and what to write instead."""

    wrong: str
    right: str
    words: Text


MISTAKES: tuple[Mistake, ...] = (
    Mistake('do_khan == "khẩn"', 'do_khan = "khẩn"', _("So sánh bằng chỉ viết một dấu “=”.")),
    Mistake("do_khan = 'khẩn'", 'do_khan = "khẩn"', _("Chuỗi đặt trong dấu nháy kép thẳng.")),
    Mistake("a > 1 && b > 1", "a > 1 and b > 1", _("Viết and, or thay cho &&, ||.")),
    Mistake("!xong", "not(xong)", _("Phủ định viết not(…).")),
    Mistake(
        'han < "2024-02-05"',
        'date(han) < date("2024-02-05")',
        _("Ngày trong biến là chữ: đổi bằng date(…) rồi mới so; so ngày với chuỗi thì không có kết quả."),
    ),
    Mistake("don_vi[0]", "don_vi[1]", _("Danh sách đếm từ 1.")),
    Mistake("1,5 + 2", "1.5 + 2", _("Trong biểu thức, dấu thập phân là dấu chấm.")),
    Mistake("sum(a, b", "sum(a, b)", _("Thiếu dấu đóng ngoặc: thông báo nói cần “)” ở đâu.")),
)

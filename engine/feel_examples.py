"""What each built-in of FEEL does, in Vietnamese, with an example that runs: the text of the expression help.

One table for the help page, the help inside the editors and the reference. Signatures are not repeated here:
they come from the registry of the built-ins. A test runs every example and compares what it gives.
"""

from collections.abc import Mapping
from typing import NamedTuple

from foundation.texts import Text, _


class Example(NamedTuple):
    """One function of the help."""

    #: what it does
    words: Text
    #: an expression that uses it
    expression: str
    #: its value as FEEL writes it
    gives: str


FUNCTIONS: Mapping[str, Example] = {
    # numbers
    "abs": Example(_("Giá trị tuyệt đối."), "abs(-3)", "3"),
    "ceiling": Example(_("Làm tròn lên."), "ceiling(2.1)", "3"),
    "floor": Example(_("Làm tròn xuống."), "floor(2.9)", "2"),
    "decimal": Example(
        _("Làm tròn đến số chữ số thập phân; nửa làm tròn về số chẵn."), "decimal(2.345, 2)", "2.34"
    ),
    "round up": Example(_("Làm tròn ra xa số 0."), "round up(2.31, 1)", "2.4"),
    "round down": Example(_("Làm tròn về phía số 0."), "round down(2.39, 1)", "2.3"),
    "round half up": Example(_("Làm tròn thường dùng: nửa làm tròn lên."), "round half up(2.345, 2)", "2.35"),
    "round half down": Example(_("Làm tròn, nửa làm tròn xuống."), "round half down(2.345, 2)", "2.34"),
    "modulo": Example(_("Số dư của phép chia."), "modulo(10, 3)", "1"),
    "sqrt": Example(_("Căn bậc hai."), "sqrt(16)", "4"),
    "log": Example(_("Lô-ga-rít tự nhiên."), "log(1)", "0"),
    "exp": Example(_("Lũy thừa của e."), "exp(0)", "1"),
    "odd": Example(_("Có phải số lẻ không."), "odd(5)", "true"),
    "even": Example(_("Có phải số chẵn không."), "even(5)", "false"),
    # strings
    "substring": Example(
        _("Một phần của chuỗi; vị trí 1 là ký tự đầu, -1 là ký tự cuối."),
        'substring("UBND tỉnh", 1, 4)',
        '"UBND"',
    ),
    "string length": Example(_("Số ký tự."), 'string length("khẩn")', "4"),
    "upper case": Example(_("Chữ hoa."), 'upper case("sở")', '"SỞ"'),
    "lower case": Example(_("Chữ thường."), 'lower case("SỞ")', '"sở"'),
    "substring before": Example(
        _("Phần đứng trước chuỗi tìm thấy."), 'substring before("1394/UBND", "/")', '"1394"'
    ),
    "substring after": Example(
        _("Phần đứng sau chuỗi tìm thấy."), 'substring after("1394/UBND", "/")', '"UBND"'
    ),
    "contains": Example(_("Chuỗi có chứa chuỗi kia không."), 'contains("hỏa tốc", "tốc")', "true"),
    "starts with": Example(
        _("Chuỗi có bắt đầu bằng chuỗi kia không."), 'starts with("Sở Nội vụ", "Sở")', "true"
    ),
    "ends with": Example(_("Chuỗi có kết thúc bằng chuỗi kia không."), 'ends with("a.pdf", ".pdf")', "true"),
    "matches": Example(_("Chuỗi có khớp biểu thức chính quy không."), 'matches("1394", "^[0-9]+$")', "true"),
    "replace": Example(_("Thay mọi chỗ khớp biểu thức chính quy."), 'replace("a-b-c", "-", "/")', '"a/b/c"'),
    "split": Example(_("Cắt chuỗi theo biểu thức chính quy."), 'split("a;b;c", ";")', '["a", "b", "c"]'),
    "string join": Example(_("Nối các chuỗi, có dấu ngăn cách."), 'string join(["a", "b"], ", ")', '"a, b"'),
    # dates
    "date": Example(
        _("Ngày, viết năm-tháng-ngày; hoặc lấy ngày từ thời điểm."), 'date("2024-02-05")', "2024-02-05"
    ),
    "time": Example(_("Giờ trong ngày."), 'time("08:30:00")', "08:30:00"),
    "date and time": Example(
        _("Ngày kèm giờ; không ghi múi giờ thì là giờ Việt Nam."),
        'date and time("2024-02-05T08:30:00")',
        "2024-02-05T08:30:00",
    ),
    "duration": Example(
        _("Khoảng thời gian: P3D là 3 ngày, PT4H là 4 giờ, P1M là 1 tháng."),
        'date("2024-02-05") + duration("P3D")',
        "2024-02-08",
    ),
    "years and months duration": Example(
        _("Số tháng tròn giữa hai ngày."),
        'years and months duration(date("2024-01-15"), date("2024-04-20"))',
        "P3M",
    ),
    "today": Example(
        _("Ngày hôm nay ở Việt Nam, lúc biểu thức được tính."), 'today() >= date("2020-01-01")', "true"
    ),
    "now": Example(_("Thời điểm biểu thức được tính."), "date(now()) = today()", "true"),
    "day of week": Example(
        _("Tên thứ bằng tiếng Anh, theo chuẩn."), 'day of week(date("2024-02-05"))', '"Monday"'
    ),
    "day of year": Example(_("Ngày thứ mấy trong năm."), 'day of year(date("2024-02-05"))', "36"),
    "week of year": Example(_("Tuần thứ mấy trong năm (ISO 8601)."), 'week of year(date("2024-02-05"))', "6"),
    "month of year": Example(
        _("Tên tháng bằng tiếng Anh, theo chuẩn."), 'month of year(date("2024-02-05"))', '"February"'
    ),
    # working days
    "add working days": Example(
        _("Ngày sau (hoặc trước, khi là số âm) bấy nhiêu ngày làm việc, theo lịch làm việc của Việt Nam."),
        'add working days(date("2024-02-07"), 1)',
        "2024-02-15",
    ),
    "working days between": Example(
        _("Số ngày làm việc sau ngày đầu đến hết ngày cuối."),
        'working days between(date("2024-02-05"), date("2024-02-16"))',
        "4",
    ),
    "next working day": Example(
        _("Chính ngày đó nếu là ngày làm việc, nếu không thì ngày làm việc kế tiếp."),
        'next working day(date("2024-02-10"))',
        "2024-02-15",
    ),
    "add working time": Example(
        _("Thời điểm sau bấy nhiêu thời gian, không tính ngày nghỉ; mỗi ngày làm việc tính đủ 24 giờ."),
        'add working time(date and time("2024-02-05T08:00:00"), duration("PT4H"))',
        "2024-02-05T12:00:00+07:00",
    ),
    # lists
    "count": Example(_("Số phần tử."), "count([5, 7, 9])", "3"),
    "list contains": Example(_("Danh sách có phần tử này không."), "list contains([1, 2], 2)", "true"),
    "min": Example(_("Nhỏ nhất."), "min(4, 2, 9)", "2"),
    "max": Example(_("Lớn nhất."), "max(4, 2, 9)", "9"),
    "append": Example(_("Thêm vào cuối."), "append([1], 2)", "[1, 2]"),
    "concatenate": Example(_("Nối các danh sách."), "concatenate([1], [2, 3])", "[1, 2, 3]"),
    "union": Example(_("Gộp các danh sách, bỏ phần tử trùng."), "union([1, 2], [2, 3])", "[1, 2, 3]"),
    "distinct values": Example(_("Bỏ phần tử trùng."), "distinct values([1, 1, 2])", "[1, 2]"),
    "flatten": Example(_("Trải danh sách lồng nhau."), "flatten([1, [2, [3]]])", "[1, 2, 3]"),
    "index of": Example(_("Các vị trí của phần tử; đếm từ 1."), 'index of(["a", "b", "a"], "a")', "[1, 3]"),
    "insert before": Example(_("Chèn trước một vị trí."), "insert before([1, 3], 2, 2)", "[1, 2, 3]"),
    "list replace": Example(_("Thay phần tử ở một vị trí."), "list replace([1, 5, 3], 2, 2)", "[1, 2, 3]"),
    "remove": Example(_("Bỏ phần tử ở một vị trí."), "remove([1, 2, 3], 2)", "[1, 3]"),
    "reverse": Example(_("Đảo thứ tự."), "reverse([1, 2])", "[2, 1]"),
    "sort": Example(
        _("Sắp xếp; có thể kèm hàm nói phần tử nào đứng trước."),
        "sort([3, 1, 2], function(x, y) x > y)",
        "[3, 2, 1]",
    ),
    "sublist": Example(_("Một phần của danh sách."), "sublist([1, 2, 3], 2)", "[2, 3]"),
    "all": Example(_("Tất cả đều đúng."), "all([true, 1 < 2])", "true"),
    "any": Example(_("Có ít nhất một cái đúng."), "any([false, 1 < 2])", "true"),
    # statistics
    "sum": Example(_("Tổng."), "sum([10, 20])", "30"),
    "mean": Example(_("Trung bình cộng."), "mean([10, 20])", "15"),
    "median": Example(_("Trung vị."), "median([1, 5, 9])", "5"),
    "mode": Example(_("Giá trị gặp nhiều nhất."), "mode([1, 2, 2])", "[2]"),
    "product": Example(_("Tích."), "product([2, 3, 4])", "24"),
    "stddev": Example(_("Độ lệch chuẩn của mẫu."), "stddev([2, 4, 6])", "2"),
    # conversion
    "number": Example(
        _("Đọc số từ chuỗi; nói rõ dấu phân nhóm và dấu thập phân."), 'number("1.250,5", ".", ",")', "1250.5"
    ),
    "string": Example(_("Viết giá trị thành chuỗi."), "string(12.50)", '"12.5"'),
    "not": Example(_("Phủ định."), "not(1 > 2)", "true"),
    "is": Example(_("Hai giá trị có như nhau, cả kiểu và múi giờ, không."), 'is(1, "1")', "false"),
    # contexts
    "get value": Example(_("Lấy một mục của nhóm giá trị theo tên."), 'get value({a: 1}, "a")', "1"),
    "get entries": Example(
        _("Các mục của nhóm giá trị, mỗi mục có key và value."),
        "get entries({a: 1})",
        '[{key: "a", value: 1}]',
    ),
    "context": Example(
        _("Lập nhóm giá trị từ các mục có key và value."), 'context([{key: "a", value: 1}])', "{a: 1}"
    ),
    "context put": Example(_("Đặt một mục của nhóm giá trị."), 'context put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
    "context merge": Example(
        _("Gộp các nhóm giá trị; nhóm sau thắng."), "context merge([{a: 1}, {a: 2}])", "{a: 2}"
    ),
    # ranges
    "range": Example(_("Đọc một khoảng từ chuỗi."), 'includes(range("[1..5)"), 5)', "false"),
    "before": Example(_("Cái đầu nằm hẳn trước cái sau."), "before(1, [2..5])", "true"),
    "after": Example(_("Cái đầu nằm hẳn sau cái sau."), "after(9, [2..5])", "true"),
    "meets": Example(_("Khoảng đầu kết thúc đúng nơi khoảng sau bắt đầu."), "meets([1..3], [3..5])", "true"),
    "met by": Example(
        _("Khoảng đầu bắt đầu đúng nơi khoảng sau kết thúc."), "met by([3..5], [1..3])", "true"
    ),
    "overlaps": Example(_("Hai khoảng có phần chung."), "overlaps([1..3], [2..5])", "true"),
    "overlaps before": Example(
        _("Khoảng đầu bắt đầu trước và kết thúc bên trong khoảng sau."),
        "overlaps before([1..3], [2..5])",
        "true",
    ),
    "overlaps after": Example(
        _("Khoảng đầu bắt đầu bên trong và kết thúc sau khoảng sau."),
        "overlaps after([2..5], [1..3])",
        "true",
    ),
    "finishes": Example(_("Khoảng đầu kết thúc cùng khoảng sau."), "finishes([3..5], [1..5])", "true"),
    "finished by": Example(_("Khoảng sau kết thúc cùng khoảng đầu."), "finished by([1..5], [3..5])", "true"),
    "starts": Example(_("Khoảng đầu bắt đầu cùng khoảng sau."), "starts([1..3], [1..5])", "true"),
    "started by": Example(_("Khoảng sau bắt đầu cùng khoảng đầu."), "started by([1..5], [1..3])", "true"),
    "includes": Example(_("Cái sau nằm trong khoảng đầu."), "includes([1..5], 3)", "true"),
    "during": Example(_("Cái đầu nằm trong khoảng sau."), "during(3, [1..5])", "true"),
    "coincides": Example(_("Hai cái như nhau."), "coincides([1..5], [1..5])", "true"),
}

#: module of a built-in → heading, in the order of the page
FAMILIES: Mapping[str, Text] = {
    "working_days": _("Ngày làm việc"),
    "dates": _("Ngày và giờ"),
    "strings": _("Chuỗi"),
    "regular": _("Biểu thức chính quy"),
    "numbers": _("Số"),
    "lists": _("Danh sách"),
    "statistics": _("Thống kê"),
    "conversion": _("Đổi kiểu"),
    "contexts": _("Nhóm giá trị"),
    "ranges": _("Khoảng"),
}

OPERATORS: tuple[Example, ...] = (
    Example(_("So sánh: = != < <= > >=. So sánh bằng chỉ viết một dấu “=”."), "3 = 3.0", "true"),
    Example(_("Và, hoặc, phủ định: and, or, not(…)."), "1 < 2 and not(2 < 1)", "true"),
    Example(_("Nằm giữa, kể cả hai đầu."), "5 between 1 and 10", "true"),
    Example(
        _("Nằm trong một khoảng hay một danh sách; dấu ngoặc tròn là không kể đầu đó."),
        "5 in [1..5)",
        "false",
    ),
    Example(_("Cộng, trừ, nhân, chia, lũy thừa. Số là số thập phân chính xác."), "0.1 + 0.2", "0.3"),
    Example(_("Nối chuỗi bằng dấu cộng."), '"Sở " + "Nội vụ"', '"Sở Nội vụ"'),
    Example(
        _("Ngày cộng khoảng thời gian; ngày trừ ngày."), 'date("2024-02-08") - date("2024-02-05")', "P3D"
    ),
    Example(_("Nếu, thì, còn không."), 'if 2 > 1 then "khẩn" else "thường"', '"khẩn"'),
    Example(_("Mỗi phần tử cho một kết quả."), "for x in [1, 2] return x * 10", "[10, 20]"),
    Example(_("Có một phần tử thỏa mãn."), "some x in [1, 5] satisfies x > 3", "true"),
    Example(_("Mọi phần tử thỏa mãn."), "every x in [1, 5] satisfies x > 3", "false"),
    Example(_("Lọc danh sách; item là phần tử đang xét."), "[1, 5, 9][item > 3]", "[5, 9]"),
    Example(_("Lấy theo vị trí, đếm từ 1; -1 là cuối cùng."), '["a", "b", "c"][-1]', '"c"'),
    Example(_("Lấy một mục của nhóm giá trị bằng dấu chấm."), '{ten: "Sở Nội vụ"}.ten', '"Sở Nội vụ"'),
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
        _(
            "Ngày trong biến là chữ: đổi bằng date(…) rồi mới so sánh; so ngày với chuỗi thì không có kết quả."
        ),
    ),
    Mistake("don_vi[0]", "don_vi[1]", _("Danh sách đếm từ 1.")),
    Mistake("1,5 + 2", "1.5 + 2", _("Trong biểu thức, dấu thập phân là dấu chấm.")),
    Mistake("sum(a, b", "sum(a, b)", _("Thiếu dấu đóng ngoặc: thông báo nói cần “)” ở đâu.")),
)

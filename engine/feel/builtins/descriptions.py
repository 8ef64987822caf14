"""What each built-in is for, said for administrators, with an example that a test computes.

The help beside the editors and the page docs/reference/feel.md are made from it.
"""

from typing import NamedTuple

from foundation.texts import Text, _


class Description(NamedTuple):
    """What a function does, and one call of it."""

    text: Text
    #: a FEEL expression
    example: str
    #: the value of the example, written in FEEL
    result: str


#: titles of the families, by module
FAMILIES: dict[str, Text] = {
    "conversion": _("Chuyển đổi"),
    "strings": _("Chuỗi"),
    "numbers": _("Số"),
    "dates": _("Ngày và giờ"),
    "working_days": _("Ngày làm việc"),
    "lists": _("Danh sách"),
    "statistics": _("Thống kê"),
    "contexts": _("Ngữ cảnh"),
    "ranges": _("Khoảng giá trị"),
}

_D = Description

_VALUES = {
    "string": _D(_("Viết một giá trị thành chuỗi; null vẫn là null."), "string(1.50)", '"1.5"'),
    "number": _D(
        _("Đọc số từ chuỗi, với dấu phân cách hàng nghìn và dấu thập phân cho trước."),
        'number("1.234,5", ".", ",")',
        "1234.5",
    ),
    "not": _D(_("Phủ định đúng/sai; giá trị khác cho null."), "not(true)", "false"),
    "is": _D(_("Hai giá trị có giống hệt nhau không, kể cả kiểu và múi giờ."), "is(1, 1.0)", "true"),
    "get value": _D(
        _("Lấy một mục của ngữ cảnh theo khóa, hoặc theo dãy khóa đi từ ngoài vào trong."),
        'get value({a: {b: 1}}, ["a", "b"])',
        "1",
    ),
    "get entries": _D(
        _("Liệt kê các mục của ngữ cảnh, mỗi mục gồm key và value."),
        "get entries({a: 1})",
        '[{key: "a", value: 1}]',
    ),
    "context": _D(
        _("Lập ngữ cảnh từ các mục có key và value; khóa trùng nhau bị từ chối."),
        'context([{key: "a", value: 1}])',
        "{a: 1}",
    ),
    "context put": _D(
        _("Cho ngữ cảnh với một mục được đặt lại; dãy khóa đặt mục ở bên trong."),
        'context put({a: 1}, "b", 2)',
        "{a: 1, b: 2}",
    ),
    "context merge": _D(
        _("Gộp nhiều ngữ cảnh thành một; mục đứng sau thay mục đứng trước."),
        "context merge([{a: 1, b: 1}, {a: 2}])",
        "{a: 2, b: 1}",
    ),
}
_STRINGS = {
    "substring": _D(
        _("Lấy một phần của chuỗi; vị trí 1 là ký tự đầu, −1 là ký tự cuối."),
        'substring("Đồng Nai", -3)',
        '"Nai"',
    ),
    "string length": _D(_("Đếm số ký tự."), 'string length("Huế")', "3"),
    "upper case": _D(_("Viết hoa toàn bộ."), 'upper case("ubnd")', '"UBND"'),
    "lower case": _D(_("Viết thường toàn bộ."), 'lower case("SỞ")', '"sở"'),
    "substring before": _D(
        _("Phần đứng trước chỗ khớp đầu tiên; không khớp thì là chuỗi rỗng."),
        'substring before("1394/UBND", "/")',
        '"1394"',
    ),
    "substring after": _D(
        _("Phần đứng sau chỗ khớp đầu tiên; không khớp thì là chuỗi rỗng."),
        'substring after("1394/UBND", "/")',
        '"UBND"',
    ),
    "contains": _D(_("Chuỗi có chứa đoạn này không."), 'contains("hỏa tốc", "tốc")', "true"),
    "starts with": _D(_("Chuỗi có bắt đầu bằng đoạn này không."), 'starts with("KH-12", "KH")', "true"),
    "ends with": _D(_("Chuỗi có kết thúc bằng đoạn này không."), 'ends with("a.pdf", ".pdf")', "true"),
    "matches": _D(
        _("Một phần của chuỗi có khớp biểu thức chính quy không; cờ i: không phân biệt hoa thường."),
        'matches("Sở Y tế", "^sở", "i")',
        "true",
    ),
    "replace": _D(
        _("Thay mọi chỗ khớp biểu thức chính quy; $1 trong phần thay là nhóm thứ nhất."),
        'replace("31-12", "(\\d+)-(\\d+)", "$2/$1")',
        '"12/31"',
    ),
    "split": _D(
        _("Cắt chuỗi tại mọi chỗ khớp biểu thức chính quy."), 'split("a;b;c", ";")', '["a", "b", "c"]'
    ),
    "string join": _D(
        _("Nối các chuỗi của danh sách, bỏ qua null."), 'string join(["a", null, "b"], ", ")', '"a, b"'
    ),
}
_NUMBERS = {
    "decimal": _D(
        _("Làm tròn đến số chữ số thập phân; đúng một nửa thì về số chẵn."), "decimal(2.5, 0)", "2"
    ),
    "floor": _D(_("Làm tròn xuống, về phía âm vô cùng."), "floor(-1.5)", "-2"),
    "ceiling": _D(_("Làm tròn lên, về phía dương vô cùng."), "ceiling(-1.5)", "-1"),
    "round up": _D(_("Làm tròn ra xa số 0."), "round up(1.21, 1)", "1.3"),
    "round down": _D(_("Làm tròn về phía số 0."), "round down(1.29, 1)", "1.2"),
    "round half up": _D(
        _("Làm tròn đến số gần nhất; đúng một nửa thì ra xa số 0."), "round half up(2.5, 0)", "3"
    ),
    "round half down": _D(
        _("Làm tròn đến số gần nhất; đúng một nửa thì về phía số 0."), "round half down(2.5, 0)", "2"
    ),
    "abs": _D(_("Giá trị tuyệt đối của số hoặc khoảng thời gian."), "abs(-10)", "10"),
    "modulo": _D(_("Số dư của phép chia, cùng dấu với số chia."), "modulo(-12, 5)", "3"),
    "sqrt": _D(_("Căn bậc hai."), "sqrt(16)", "4"),
    "log": _D(_("Lô-ga-rít tự nhiên."), "log(1)", "0"),
    "exp": _D(_("Lũy thừa của số e."), "exp(0)", "1"),
    "odd": _D(_("Số nguyên có lẻ không."), "odd(5)", "true"),
    "even": _D(_("Số nguyên có chẵn không."), "even(5)", "false"),
    "sum": _D(
        _("Cộng các số, hoặc các khoảng thời gian cùng loại; danh sách rỗng cho null."),
        "sum([1, 2.5])",
        "3.5",
    ),
    "product": _D(_("Nhân các số; danh sách rỗng cho null."), "product([2, 3, 4])", "24"),
    "mean": _D(_("Trung bình cộng; danh sách rỗng cho null."), "mean([1, 2])", "1.5"),
    "median": _D(
        _("Số đứng giữa khi xếp thứ tự; số lượng chẵn thì là trung bình của hai số giữa."),
        "median([1, 4, 2, 3])",
        "2.5",
    ),
    "stddev": _D(_("Độ lệch chuẩn của mẫu; cần ít nhất hai số."), "stddev([2, 4, 4, 6])", "sqrt(8 / 3)"),
    "mode": _D(_("Các giá trị gặp nhiều nhất, theo thứ tự tăng."), "mode([1, 2, 2, 1, 3])", "[1, 2]"),
}
_DATES = {
    "date": _D(
        _("Đọc ngày từ chuỗi năm-tháng-ngày, từ ngày giờ, hoặc từ ba số."),
        'date("2024-01-31")',
        "date(2024, 1, 31)",
    ),
    "time": _D(_("Đọc giờ từ chuỗi, hoặc từ giờ, phút, giây."), 'time("10:30:00")', "time(10, 30, 0)"),
    "date and time": _D(
        _("Đọc ngày giờ từ chuỗi, hoặc ghép ngày với giờ; không có múi giờ là giờ Việt Nam."),
        'date and time(date("2024-01-31"), time("17:00:00"))',
        '@"2024-01-31T17:00:00"',
    ),
    "duration": _D(
        _("Đọc khoảng thời gian: P3D là 3 ngày, PT2H là 2 giờ, P1Y6M là 1 năm 6 tháng."),
        'date("2024-01-31") + duration("P1M")',
        'date("2024-02-29")',
    ),
    "years and months duration": _D(
        _("Số năm tháng trọn vẹn giữa hai ngày."),
        'years and months duration(date("2023-05-31"), date("2024-05-30"))',
        'duration("P11M")',
    ),
    "now": _D(_("Thời điểm tính, theo giờ Việt Nam."), "now() instance of date and time", "true"),
    "today": _D(_("Ngày tính, theo giờ Việt Nam."), "today() = date(now())", "true"),
    "day of week": _D(
        _("Tên tiếng Anh của thứ trong tuần, như chuẩn quy định."),
        'day of week(date("2024-02-29"))',
        '"Thursday"',
    ),
    "day of year": _D(_("Ngày thứ mấy trong năm."), 'day of year(date("2024-02-01"))', "32"),
    "month of year": _D(
        _("Tên tiếng Anh của tháng, như chuẩn quy định."), 'month of year(date("2024-02-01"))', '"February"'
    ),
    "week of year": _D(_("Tuần thứ mấy trong năm theo ISO 8601."), 'week of year(date("2026-01-01"))', "1"),
    "add working days": _D(
        _("Ngày sau (hoặc trước, nếu số âm) chừng ấy ngày làm việc, theo lịch làm việc."),
        'add working days(date("2026-01-09"), 1)',
        'date("2026-01-12")',
    ),
    "working days between": _D(
        _("Số ngày làm việc sau ngày đầu cho đến hết ngày cuối."),
        'working days between(date("2026-01-09"), date("2026-01-16"))',
        "5",
    ),
    "next working day": _D(
        _("Chính ngày đó nếu là ngày làm việc, nếu không là ngày làm việc kế tiếp."),
        'next working day(date("2026-01-10"))',
        'date("2026-01-12")',
    ),
    "add working time": _D(
        _(
            "Thời điểm sau chừng ấy thời gian làm việc; mỗi ngày làm việc tính đủ 24 giờ, ngày nghỉ "
            "không tính."
        ),
        'add working time(@"2026-01-09T17:00:00+07:00", duration("P1D"))',
        '@"2026-01-12T17:00:00+07:00"',
    ),
}
_LISTS = {
    "list contains": _D(_("Danh sách có phần tử này không."), "list contains([1, 2], 2)", "true"),
    "count": _D(_("Đếm số phần tử."), "count([1, null])", "2"),
    "min": _D(_("Phần tử nhỏ nhất."), "min([3, 1, 2])", "1"),
    "max": _D(_("Phần tử lớn nhất."), "max([3, 1, 2])", "3"),
    "all": _D(_("Mọi phần tử có đúng không; một cái sai là đủ để sai."), "all([true, false])", "false"),
    "any": _D(_("Có phần tử nào đúng không; một cái đúng là đủ để đúng."), "any([null, true])", "true"),
    "sublist": _D(_("Lấy một phần của danh sách, từ một vị trí."), "sublist([1, 2, 3, 4], 2, 2)", "[2, 3]"),
    "append": _D(_("Thêm phần tử vào cuối."), "append([1], 2, 3)", "[1, 2, 3]"),
    "concatenate": _D(_("Nối các danh sách."), "concatenate([1, 2], [2])", "[1, 2, 2]"),
    "insert before": _D(_("Chèn một phần tử trước một vị trí."), "insert before([1, 3], 2, 2)", "[1, 2, 3]"),
    "remove": _D(_("Bỏ phần tử ở một vị trí."), "remove([1, 2, 3], 2)", "[1, 3]"),
    "list replace": _D(
        _("Thay phần tử ở một vị trí, hoặc những phần tử mà hàm chọn cho đúng."),
        "list replace([1, 5, 9], function(item, newItem) item > 4, 0)",
        "[1, 0, 0]",
    ),
    "reverse": _D(_("Đảo thứ tự."), "reverse([1, 2])", "[2, 1]"),
    "index of": _D(_("Mọi vị trí của phần tử."), "index of([1, 2, 1], 1)", "[1, 3]"),
    "union": _D(_("Gộp các danh sách, bỏ phần tử lặp."), "union([1, 2], [2, 3])", "[1, 2, 3]"),
    "distinct values": _D(_("Bỏ các phần tử lặp."), "distinct values([1, 2, 1])", "[1, 2]"),
    "flatten": _D(_("Trải các danh sách lồng nhau thành một."), "flatten([1, [2, [3]]])", "[1, 2, 3]"),
    "sort": _D(
        _("Xếp thứ tự theo hàm cho biết phần tử nào đứng trước; không có hàm thì xếp tăng dần."),
        "sort([1, 3, 2], function(x, y) x > y)",
        "[3, 2, 1]",
    ),
}
_RANGES = {
    "before": _D(_("Cái thứ nhất có nằm hẳn trước cái thứ hai không."), "before(1, [2..3])", "true"),
    "after": _D(_("Cái thứ nhất có nằm hẳn sau cái thứ hai không."), "after([5..6], 4)", "true"),
    "meets": _D(_("Khoảng thứ nhất có kết thúc đúng chỗ khoảng thứ hai bắt đầu không."),
                "meets([1..5], [5..9])", "true"),
    "met by": _D(_("Khoảng thứ nhất có bắt đầu đúng chỗ khoảng thứ hai kết thúc không."),
                 "met by([5..9], [1..5])", "true"),
    "overlaps": _D(_("Hai khoảng có phần chung không."), "overlaps([1..5], (5..6])", "false"),
    "overlaps before": _D(
        _("Khoảng thứ nhất có bắt đầu trước khoảng thứ hai và kết thúc bên trong nó không."),
        "overlaps before([1..5], [3..8])",
        "true",
    ),
    "overlaps after": _D(
        _("Khoảng thứ nhất có bắt đầu bên trong khoảng thứ hai và kết thúc sau nó không."),
        "overlaps after([3..8], [1..5])",
        "true",
    ),
    "finishes": _D(
        _("Cái thứ nhất có nằm trong khoảng thứ hai và cùng kết thúc với nó không."),
        "finishes([3..5], [1..5])",
        "true",
    ),
    "finished by": _D(
        _("Cái thứ hai có nằm trong khoảng thứ nhất và cùng kết thúc với nó không."),
        "finished by([1..5], [3..5])",
        "true",
    ),
    "includes": _D(_("Cái thứ hai có nằm trong khoảng thứ nhất không."), "includes([1..10], 5)", "true"),
    "during": _D(_("Cái thứ nhất có nằm trong khoảng thứ hai không."), "during(5, [1..10])", "true"),
    "starts": _D(
        _("Cái thứ nhất có nằm trong khoảng thứ hai và cùng bắt đầu với nó không."),
        "starts([1..3], [1..5])",
        "true",
    ),
    "started by": _D(
        _("Cái thứ hai có nằm trong khoảng thứ nhất và cùng bắt đầu với nó không."),
        "started by([1..5], [1..3])",
        "true",
    ),
    "coincides": _D(_("Hai cái có trùng nhau không."), "coincides([1..5], [1..5])", "true"),
    "range": _D(_("Đọc khoảng giá trị từ chuỗi."), 'range("[1..3)").end included', "false"),
}  # fmt: skip

DESCRIPTIONS: dict[str, Description] = {
    **_VALUES, **_STRINGS, **_NUMBERS, **_DATES, **_LISTS, **_RANGES,
}  # fmt: skip

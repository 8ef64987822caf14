"""Deadline phrases: the parsing table of the domain notes §4.2, variants, and sentences that hold them."""

from datetime import date

import pytest

from directives.deadline_phrases import find, principal
from directives.deadline_text import KINDS, parse
from foundation.working_time import WorkingCalendar

ISSUED = date(2024, 2, 5)
CALENDAR = WorkingCalendar(version="weekends only")


@pytest.mark.parametrize(
    ("raw", "kind", "due"),
    [
        # the parsing table
        ("hoàn thành trước ngày 31/3/2022", "fixed", "2022-03-31"),
        ("Trước ngày 30/12/2021.", "fixed", "2021-12-30"),
        ("Trước ngày 31/6/2022.", "fixed", "2022-06-30"),
        ("Trước ngày 30/12/2022 (Ngay sau khi Đề án được phê duyệt)", "conditional", "2022-12-30"),
        ("trong quý I/2024", "quarter", "2024-03-31"),
        ("trong quý I năm 2024", "quarter", "2024-03-31"),
        ("Trong quý I/2024", "quarter", "2024-03-31"),
        ("trong tháng 9/2023", "month", "2023-09-30"),
        ("Trong tháng 10/2023", "month", "2023-10-31"),
        ("Trong khoảng thời gian từ tháng 11-12/2023", "month", "2023-12-31"),
        ("chậm nhất vào đầu tháng 12/2023", "month", "2023-12-01"),
        ("trước ngày 15/11 hàng năm", "recurring_annual", "2024-11-15"),
        ("Định kỳ hàng năm (trước ngày 30/11) và khi có yêu cầu", "recurring_annual", "2024-11-30"),
        ("Thường xuyên hàng năm và theo yêu cầu của cơ quan thẩm quyền", "recurring_annual", None),
        ("Duy trì thực hiện hàng năm.", "recurring_annual", None),
        ("Hàng năm", "recurring_annual", None),
        ("Duy trì thực hiện thường xuyên.", "continuous", None),
        ("hàng năm nhân Ngày hội 18/5/2022 và Lễ tôn vinh 18/5/2023", "recurring_annual", "2022-05-18"),
        ("định kỳ 02 năm một lần", "recurring_annual", None),
        ("mỗi năm hoàn thành 2 - 3 lớp tập huấn", "recurring_annual", None),
        ("Trên cơ sở đó", "conditional", None),
        ("định kỳ", "none", None),
        ("kịp thời", "none", None),
        ("ngay", "none", None),
        ("theo quy định", "none", None),
        # days
        ("chậm nhất ngày 20/5/2024", "fixed", "2024-05-20"),
        ("đến hết ngày 31 tháng 12 năm 2024", "fixed", "2024-12-31"),
        ("đến hết ngày 31 tháng 12 năm 2025", "fixed", "2025-12-31"),
        ("trước ngày 05 tháng 02, năm 2026", "fixed", "2026-02-05"),
        ("trước 17h00 ngày 20/5/2024", "fixed", "2024-05-20"),
        ("trước ngày 30.6.2024", "fixed", "2024-06-30"),
        ("ngày 15-3-2024", "fixed", "2024-03-15"),
        ("TRƯỚC NGÀY 30 / 6 / 2024", "fixed", "2024-06-30"),
        ("trước ngày 15/01", "fixed", "2025-01-15"),
        ("trước ngày 20/3", "fixed", "2024-03-20"),
        ("Từ ngày 01/3/2024 đến ngày 30/6/2024", "fixed", "2024-06-30"),
        ("trước ngày 29/02/2023", "fixed", "2023-02-28"),
        # months and quarters
        ("Tháng 5/2024", "month", "2024-05-31"),
        ("giữa tháng 5/2024", "month", "2024-05-15"),
        ("cuối tháng 02/2024", "month", "2024-02-29"),
        ("Từ tháng 3 đến tháng 5/2024", "month", "2024-05-31"),
        ("trước tháng 6/2024", "month", "2024-05-31"),
        ("trong tháng 01", "month", "2025-01-31"),
        ("quý IV/2025", "quarter", "2025-12-31"),
        ("Quý II, III/2024", "quarter", "2024-09-30"),
        ("quí 3 năm 2024", "quarter", "2024-09-30"),
        ("trong quý II", "quarter", "2024-06-30"),
        # years and other named periods are due on their last day
        ("cuối năm", "fixed", "2024-12-31"),
        ("đầu năm 2025", "fixed", "2025-01-01"),
        ("giữa năm 2025", "fixed", "2025-06-30"),
        ("6 tháng đầu năm", "fixed", "2024-06-30"),
        ("6 tháng cuối năm 2025", "fixed", "2025-12-31"),
        ("9 tháng đầu năm 2024", "fixed", "2024-09-30"),
        ("Năm 2024", "fixed", "2024-12-31"),
        ("trong năm 2024", "fixed", "2024-12-31"),
        ("Năm 2024-2025", "fixed", "2025-12-31"),
        ("giai đoạn 2021-2025", "fixed", "2025-12-31"),
        ("đến năm 2030", "fixed", "2030-12-31"),
        # recurrences
        ("hằng năm", "recurring_annual", None),
        ("ngày 20 hàng tháng", "recurring_monthly", "2024-02-20"),
        ("trước ngày 03 hằng tháng", "recurring_monthly", "2024-03-03"),
        ("Trước ngày 05 tháng sau, hằng tháng", "recurring_monthly", "2024-03-05"),
        ("hằng tháng", "recurring_monthly", None),
        ("định kỳ hằng quý trước ngày 25 của tháng cuối quý", "recurring_quarterly", "2024-03-25"),
        ("hàng quý (trước ngày 15 tháng đầu quý sau)", "recurring_quarterly", "2024-04-15"),
        ("định kỳ 6 tháng (trước ngày 15/6) và năm (trước ngày 15/12)", "recurring_annual", "2024-06-15"),
        ("mỗi quý một lần", "recurring_quarterly", None),
        # terms
        ("trong 10 ngày kể từ ngày ký ban hành Kế hoạch này", "relative", "2024-02-15"),
        ("trong vòng 10 ngày kể từ ngày nhận được văn bản", "relative", None),
        ("Trong 5 ngày làm việc kể từ ngày ban hành", "relative", "2024-02-12"),
        ("chậm nhất sau 01 tháng kể từ ngày ban hành", "relative", "2024-03-05"),
        # open ends
        ("Năm 2024 và những năm tiếp theo", "continuous", None),
        ("Khi có yêu cầu", "conditional", None),
        ("", "none", None),
    ],
)
def test_a_phrase_is_read_as_an_official_means_it(raw: str, kind: str, due: str | None) -> None:
    deadline = parse(raw, issued_on=ISSUED, working=CALENDAR)
    assert (deadline.kind, deadline.due.isoformat() if deadline.due else None) == (kind, due)


def test_before_a_day_keeps_the_day_and_says_before() -> None:
    assert parse("trước ngày 31/3/2022").qualifier == "before"
    assert parse("chậm nhất vào đầu tháng 12/2023").qualifier == "by"
    assert parse("trong quý I/2024").qualifier == "in"


def test_an_impossible_date_is_clamped_and_kept_for_a_person_to_confirm() -> None:
    deadline = parse("Trước ngày 31/6/2022.")
    assert (deadline.due, deadline.invalid) == (date(2022, 6, 30), "31/6/2022")


def test_a_condition_is_kept_in_its_own_words() -> None:
    deadline = parse("Trước ngày 30/12/2022 (Ngay sau khi Đề án được phê duyệt)")
    assert deadline.condition == "Ngay sau khi Đề án được phê duyệt"


def test_a_term_in_working_days_has_no_date_without_a_calendar() -> None:
    assert parse("trong 5 ngày làm việc kể từ ngày ban hành", issued_on=ISSUED).due is None


def test_a_window_knows_where_it_begins() -> None:
    assert parse("từ tháng 11-12/2023").window_start == date(2023, 11, 1)
    assert parse("trong tháng 9/2023").window_start is None


def test_a_recurrence_keeps_day_month_and_interval() -> None:
    yearly = parse("trước ngày 15/11 hàng năm", year=2024).recurrence
    assert yearly is not None
    assert yearly.as_json() == {"freq": "yearly", "month": 11, "day": 15}
    biennial = parse("định kỳ 02 năm một lần").recurrence
    assert biennial is not None
    assert biennial.interval == 2


def test_without_a_year_a_day_is_not_guessed() -> None:
    deadline = parse("trước ngày 15/11")
    assert (deadline.kind, deadline.due) == ("fixed", None)


def test_further_dates_of_one_duty_are_kept() -> None:
    deadline = parse("hàng năm nhân Ngày hội 18/5/2022 và Lễ tôn vinh 18/5/2023")
    assert deadline.further == (date(2023, 5, 18),)


def test_a_decomposed_text_reads_the_same() -> None:
    import unicodedata

    raw = unicodedata.normalize("NFD", "Trước ngày 30/12/2022 (sau khi Đề án được duyệt)")
    assert parse(raw).condition == "sau khi Đề án được duyệt"


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("Kết quả tham mưu trình UBND tỉnh trong quý I/2024.", "trong quý I/2024"),
        ("Hàng năm, căn cứ vào tình hình, phối hợp các sở đặt hàng", "Hàng năm"),
        ("gửi về Phòng Kế hoạch trước ngày 15/11 hàng năm để tổng hợp", "trước ngày 15/11 hàng năm"),
        ("Hằng tháng, trước ngày 25 báo cáo UBND tỉnh", "Hằng tháng, trước ngày 25"),
        ("rà soát, hoàn thiện hồ sơ (quý II/2024)", "quý II/2024"),
        ("gửi kết quả trước 17h00 ngày 20/5/2024 để tổng hợp", "trước 17h00 ngày 20/5/2024"),
        ("Đến hết năm 2025, 100% cơ quan ký số", "Đến hết năm 2025"),
        ("Thường xuyên kiểm tra, đôn đốc", "Thường xuyên"),
        ("Sau khi Đề án được duyệt, Sở Tài chính bố trí vốn", "Sau khi Đề án được duyệt"),
        ("trình trong thời hạn 15 ngày kể từ ngày ký", "trong thời hạn 15 ngày kể từ ngày ký"),
        # no deadlines
        ("thực hiện Nghị quyết số 163/2021/NQ-HĐND ngày 09/12/2021 của HĐND tỉnh", None),
        ("phát triển khoa học đến năm 2030, tầm nhìn đến năm 2050", None),
        ("phê duyệt quy hoạch tỉnh thời kỳ 2021 - 2030", None),
        ("Xây dựng kế hoạch hàng năm để triển khai", None),
        ("bố trí vốn đầu tư công trung hạn và hàng năm để thực hiện", None),
        ("số liệu tính đến ngày 14/6/2024", None),
        ("có hiệu lực kể từ ngày 01/7/2024", None),
        ("định kỳ chủ động kiểm tra, đôn đốc", None),
        ("trở thành nhiệm vụ thường xuyên của các ngành", None),
        ("nhà ở xây dựng trước ngày 01/7/2014", None),
    ],
)
def test_a_sentence_gives_its_deadline_and_nothing_else(sentence: str, phrase: str | None) -> None:
    found = principal(find(sentence, year=2024), sentence)
    assert (found.raw if found else None) == phrase


def test_every_kind_is_one_of_the_contract() -> None:
    for raw in ("quý I/2024", "hằng tuần", "thường xuyên", "trong 3 ngày kể từ ngày ký", "abc"):
        assert parse(raw, issued_on=ISSUED).kind in KINDS

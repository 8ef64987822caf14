"""Vietnamese folding, dictionary order, dates and numbers (R-U1 to R-U3)."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.vietnamese import (
    fold,
    format_date,
    format_moment,
    format_number,
    format_percent,
    format_quarter,
    person_sort_key,
    roman_quarter,
    sort_key,
)

ICU_ORDER = [
    *["An", "Ăn", "Ân", "Dương", "Đà Nẵng", "Đắk Nông", "Đồng Nai", "e", "ê"],
    *["Ha", "Hà", "Hả", "Hã", "Há", "Hạ", "o", "ô", "ơ", "Quảng Ngãi", "Quảng Trị", "u", "ư"],
]


def test_names_sort_in_the_order_of_a_vietnamese_dictionary() -> None:
    shuffled = sorted(ICU_ORDER)
    assert shuffled != ICU_ORDER
    assert sorted(shuffled, key=sort_key) == ICU_ORDER


def test_a_tone_counts_only_when_all_letters_are_equal() -> None:
    assert sorted(["Há An", "Ha Tĩnh", "Hà Nội", "Hạ"], key=sort_key) == ["Hạ", "Há An", "Hà Nội", "Ha Tĩnh"]


def test_a_shorter_name_comes_first_and_numbers_come_before_letters() -> None:
    assert sorted(["Phòng B", "Phòng", "Phòng 10", "Phongx"], key=sort_key) == [
        *["Phòng", "Phòng 10", "Phòng B", "Phongx"]
    ]


def test_people_sort_by_given_name_then_surname() -> None:
    people = ["Trần Văn Bình", "Nguyễn Thị Ánh", "Lê An", "Đỗ Thị Bình", "Cao Anh"]
    assert sorted(people, key=person_sort_key) == [
        *["Lê An", "Cao Anh", "Nguyễn Thị Ánh", "Đỗ Thị Bình", "Trần Văn Bình"]
    ]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Đồng Nai", "dong nai"),
        ("hoà bình", "hòa bình"),
        ("Thúy", "thuý"),
        ("Đăk Nông", "Đắk Nông"),
        ("Kỹ thuật", "kĩ thuật"),
        ("Quý III", "quí iii"),
        ("463–KL/TU", "463-kl/tu"),
        (unicodedata.normalize("NFD", "Ủy ban nhân dân"), "uy ban nhan dan"),
    ],
)
def test_search_finds_a_text_however_it_is_typed(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


def test_different_syllables_stay_different() -> None:
    assert fold("tay") != fold("tai")
    assert fold("thủy") != fold("thui")
    assert fold("Ủy ban") != fold("Ui ban")


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyÁàảãạẤƯỢ 0123/-", max_size=30))
def test_a_folded_text_is_as_long_as_the_composed_one(text: str) -> None:
    assert len(fold(text)) == len(unicodedata.normalize("NFC", text))
    assert fold(fold(text)) == fold(text)


def test_dates_and_moments_are_written_the_vietnamese_way() -> None:
    assert format_date(date(2024, 2, 5)) == "05/02/2024"
    assert format_date(datetime(2024, 2, 4, 20, 0, tzinfo=UTC)) == "05/02/2024"
    assert format_moment(datetime(2024, 2, 4, 20, 5, tzinfo=UTC)) == "05/02/2024 03:05"
    assert format_date(None) == ""


@pytest.mark.parametrize(
    ("number", "decimals", "expected"),
    [
        (21914, None, "21.914"),
        (95.22, None, "95,22"),
        (Decimal("1234567.5"), 2, "1.234.567,50"),
        (0.125, 2, "0,13"),
        (-1500, 0, "-1.500"),
        (100.0, None, "100"),
    ],
)
def test_numbers_have_dots_for_thousands_and_a_decimal_comma(
    number: float | Decimal, decimals: int | None, expected: str
) -> None:
    assert format_number(number, decimals) == expected


def test_percentages_and_quarters() -> None:
    assert format_percent(0.9522) == "95,22 %"
    assert format_quarter(date(2024, 3, 31)) == "quý I/2024"
    assert [roman_quarter(n) for n in range(1, 5)] == ["I", "II", "III", "IV"]
    with pytest.raises(ValueError, match="5"):
        roman_quarter(5)

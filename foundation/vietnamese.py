"""Vietnamese text: folding for search, dictionary order, how dates and numbers are written (R-U1 to R-U3)."""

import re
import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from foundation.clock import BUSINESS_ZONE

#: quarters as official documents write them (R-T2)
ROMAN_QUARTERS = ("I", "II", "III", "IV")

# the tone marks in dictionary order; no mark (ngang) comes first
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
# breve, circumflex and horn make letters of their own: ă after a, â after ă, ô after o, ơ after ô, ư after u
_VOWEL_MARKS = {("a", "\u0306"): "a1", ("a", "\u0302"): "a2", ("e", "\u0302"): "e1"}
_VOWEL_MARKS |= {("o", "\u0302"): "o1", ("o", "\u031b"): "o2", ("u", "\u031b"): "u1"}
_PLAIN = str.maketrans({"đ": "d", "Đ": "D", "–": "-", "—": "-", "‑": "-", "\xa0": " "})
# ky/ki, ly/li, quy/qui … are one syllable in two spellings
_FINAL_Y = re.compile(r"\b(qu|[b-df-hj-np-tv-z]{1,2})y\b")
_LEVEL, _SPACE, _OTHER = "00", "01", "02"


def fold(text: str) -> str:
    """Give the form that search compares: lower case, no marks, đ as d, ky/ly/quy … as ki/li/qui (R-U2).

    Tone placement (hòa, hoà) and composed or decomposed input make no difference. The answer is as long as
    the composed (NFC) text, so that positions can be carried over.
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFD", text.translate(_PLAIN))
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _FINAL_Y.sub(r"\1i", text.lower())


@lru_cache(maxsize=20_000)
def sort_key(text: str) -> str:
    """Give a key that sorts texts as a Vietnamese dictionary does: letters first, then tones (R-U3).

    The key holds only digits and small Latin letters, so every database collation orders it alike.
    """
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", text.lower()):
        if char in _TONES:
            tones[-1:] = [_TONES[char]]
        elif unicodedata.combining(char):
            if letters:
                letters[-1] = _VOWEL_MARKS.get((letters[-1][0], char), letters[-1])
        else:
            letters.append(_letter(char))
            tones.append("0")
    return "".join([*letters, _LEVEL, *tones])


def person_sort_key(name: str) -> str:
    """Give a key that sorts people by given name (the last word), then by surname and middle names (R-U3)."""
    words = name.split()
    if not words:
        return ""
    return sort_key(words[-1]) + _LEVEL + sort_key(" ".join(words[:-1]))


def format_date(day: date | datetime | None) -> str:
    """Give a day as dd/mm/yyyy, a moment as its day in the business zone, nothing as an empty text (R-U1)."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = day.astimezone(BUSINESS_ZONE)
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def format_moment(moment: datetime | None) -> str:
    """Give a moment as dd/mm/yyyy hh:mm in the business zone, nothing as an empty text."""
    if moment is None:
        return ""
    return f"{format_date(moment)} {moment.astimezone(BUSINESS_ZONE):%H:%M}"


def format_number(number: float | Decimal, decimals: int | None = None) -> str:
    """Give a number with a dot between thousands and a decimal comma: 21.914 and 95,22 (R-U1).

    Without `decimals` all digits that are there are shown; halves are rounded away from zero.
    """
    value = Decimal(str(number))
    if decimals is not None:
        value = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    elif value == value.to_integral_value():
        value = value.quantize(Decimal(1))
    return f"{value:,f}".translate(str.maketrans(",.", ".,"))


def format_percent(ratio: float | Decimal, decimals: int = 2) -> str:
    """Give a ratio as a percentage: 0.9522 as “95,22 %” (R-U1)."""
    return f"{format_number(Decimal(str(ratio)) * 100, decimals)} %"


def format_quarter(day: date) -> str:
    """Give the quarter of a day: “quý I/2024” (R-T2)."""
    return f"quý {roman_quarter((day.month + 2) // 3)}/{day.year}"


def roman_quarter(quarter: int) -> str:
    """Give the quarter 1 to 4 as I to IV; raises ValueError for another number."""
    if quarter not in range(1, 5):
        raise ValueError(f"a quarter is 1 to 4, found {quarter}")
    return ROMAN_QUARTERS[quarter - 1]


def _letter(char: str) -> str:
    if char == "đ":
        return "d1"
    if "a" <= char <= "z":
        return char + "0"
    if "0" <= char <= "9":
        return "0" + chr(ord("a") + int(char))
    return _SPACE if char.isspace() else _OTHER

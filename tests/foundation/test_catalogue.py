"""English is complete: every message has a translation with the same places, and none is left over."""

import re

from foundation.texts import Text, _
from tiendo import catalogue

PLACE = re.compile(r"\{([a-z_]\w*)\}")


def test_every_message_has_english() -> None:
    assert catalogue.missing() == []


def test_english_keeps_the_places_of_each_message() -> None:
    wrong = [
        vietnamese
        for vietnamese, english in catalogue.english().items()
        if sorted(PLACE.findall(vietnamese)) != sorted(PLACE.findall(english))
    ]
    assert wrong == []


def test_the_catalogue_keeps_no_message_that_nobody_uses() -> None:
    assert set(catalogue.english()) - set(catalogue.messages()) == set()


def test_a_text_is_written_in_the_language_of_its_reader() -> None:
    text = _("Bạn cần đăng nhập để tiếp tục.")
    assert text.render("vi") == "Bạn cần đăng nhập để tiếp tục."
    assert text.render("en") not in {"", text.render("vi")}


def test_a_text_inside_a_text_speaks_the_same_language() -> None:
    inner = Text("Bạn cần đăng nhập để tiếp tục.")
    assert Text("{what}!", {"what": inner}).render("en") == inner.render("en") + "!"

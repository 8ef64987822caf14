"""What somebody may have meant who wrote a name that is not there."""

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from engine.feel.errors import Warning_
from foundation.texts import Text, _

#: names looked through; more are not worth the time
_MOST = 100
#: warnings of an evaluation after which nothing is proposed: a loop must not pay for it at every turn
_ENOUGH = 3
#: characters up to which a name is compared
_LONGEST = 60


def nearest(name: str, known: Iterable[object]) -> str | None:
    """Give the known name that is nearest, marks and capitals aside; None when none is near."""
    if len(name) > _LONGEST:
        return None
    plain: dict[str, str] = {}
    for _at, one in zip(range(_MOST), known, strict=False):
        if isinstance(one, str) and len(one) <= _LONGEST:
            plain.setdefault(_plain(one), one)
    found = get_close_matches(_plain(name), plain, n=1, cutoff=0.75)
    return plain[found[0]] if found and plain[found[0]] != name else None


def no_variable(name: str, known: Iterable[object], before: Sequence[Warning_] | None) -> Text:
    """Say that there is no variable of a name, and which one may have been meant; `before` were warned of."""
    near = nearest(name, known) if len(before or ()) < _ENOUGH else None
    if near is None:
        return _("không có biến nào tên “{name}”.", name=name)
    return _("không có biến nào tên “{name}”; có phải ý bạn là “{near}”?", name=name, near=near)


def no_function(name: str, known: Iterable[object], before: Sequence[Warning_] | None) -> Text:
    """Say that there is no function of a name, and which one may have been meant; `before` were warned of."""
    near = nearest(name, known) if len(before or ()) < _ENOUGH else None
    if near is None:
        return _("không có hàm nào tên “{name}”.", name=name)
    return _("không có hàm nào tên “{name}”; có phải ý bạn là “{near}”?", name=name, near=near)


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).lower()

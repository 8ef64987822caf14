"""Names with spaces and signs: which words of the source belong to one name.

FEEL allows names such as `Number of Days` or `hours/day` (DMN 1.5 §10.3.1.2, rules 25–30), which only the
names in scope can tell apart from operators. Here a run of neighbouring words is one name, because no
valid expression has two operands side by side; names with keywords or signs must be known.
"""

from collections.abc import Iterable
from functools import lru_cache

from engine.feel.lexer import KEYWORDS, Token, tokens

#: multi-word names of the language that contain keywords
BUILT_IN = ("date and time", "years and months duration", "days and time duration", "working days between")


class KnownNames:
    """The names known at a place of the source, longest match first."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Begin with the names of the language and the given ones."""
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in BUILT_IN:
            self.add(name)
        for name in names:
            self.add(name)

    def add(self, name: str) -> bool:
        """Learn a name; single words need no learning. Say whether it was new."""
        words = _words(name)
        if not words[1:]:
            return False
        entries = self._by_first.setdefault(words[0], [])
        if any(known == words for known, _ in entries):
            return False
        entries.append((words, name))
        entries.sort(key=lambda entry: -len(entry[0]))
        return True

    def forget(self, name: str) -> None:
        """Leave the scope of a name learned with `add`."""
        words = _words(name)
        entries = self._by_first.get(words[0], [])
        entries[:] = [entry for entry in entries if entry[0] != words]

    def match(self, found: list[Token], at: int) -> tuple[str, int]:
        """Give the longest name starting at a token, and the index after it."""
        name, end = found[at].text, at + 1
        for words, known in self._by_first.get(name, ()):
            if all(found[at + i].text == word for i, word in enumerate(words) if at + i < len(found)):
                stop = at + len(words)
                if stop < len(found):
                    name, end = known, stop
                    break
        while _continues(found[end]):
            name, end = f"{name} {found[end].text}", end + 1
        return name, end


def _continues(token: Token) -> bool:
    return (token.kind == "name" and token.text not in KEYWORDS) or (
        token.kind == "number" and token.text.isdigit()
    )


@lru_cache(maxsize=4096)
def _words(name: str) -> tuple[str, ...]:
    from engine.feel.errors import FeelSyntaxError

    try:
        return tuple(token.text for token in tokens(name)[:-1])
    except FeelSyntaxError:
        return (name,)

"""Where the parser stands: tokens, names in scope, and the bounds of size and nesting."""

from collections.abc import Iterable

from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError, expected_found
from engine.feel.lexer import Token, tokens
from engine.feel.limits import DEFAULT, Limits
from engine.feel.names import KnownNames
from foundation.texts import _


class Cursor:
    """A place in the tokens of one source, and what was counted on the way there."""

    def __init__(self, source: str, names: Iterable[str] = (), limits: Limits = DEFAULT) -> None:
        """Read the tokens of a source. Raises `FeelSyntaxError` or `FeelLimitExceeded`."""
        if len(source) > limits.source:
            raise FeelLimitExceeded(
                _("Biểu thức dài {size} ký tự, vượt giới hạn {most}.", size=len(source), most=limits.source),
                limit="source",
            )
        self.source = source
        self.limits = limits
        self.names = KnownNames(names)
        self.found = tokens(source)
        self.index = 0
        self.token = self.found[0]
        self.nesting = 0
        self.depth = 0
        self.nodes = 0

    def advance(self) -> Token:
        """Give the present token and go to the next."""
        token = self.token
        self.nodes += 1
        if self.nodes > self.limits.nodes * 2:
            raise FeelLimitExceeded(
                _("Biểu thức có hơn {most} thành phần.", most=self.limits.nodes), limit="nodes"
            )
        self.jump(self.index + 1)
        return token

    def jump(self, index: int) -> None:
        """Go to a token."""
        self.index = min(index, len(self.found) - 1)
        self.token = self.found[self.index]

    def peek(self, ahead: int = 1) -> Token:
        """Look at a later token."""
        return self.found[min(self.index + ahead, len(self.found) - 1)]

    def at(self, *texts: str) -> bool:
        """Say whether the present token is one of these signs or keywords."""
        return self.token.text in texts and self.token.kind in ("op", "name")

    def take(self, text: str) -> Token:
        """Consume a sign or keyword that must stand here."""
        if not self.at(text):
            raise self.unexpected(f"“{text}”")
        return self.advance()

    def unexpected(self, expected: object) -> FeelSyntaxError:
        """Build the error for the present token."""
        token = self.token
        found = self.source[token.at : token.end]
        return expected_found(self.source, token.at, expected, found)  # type: ignore[arg-type]  # Text or str

    def too_deep(self) -> FeelLimitExceeded:
        """Build the error for brackets inside brackets without end."""
        return FeelLimitExceeded(
            _(
                "Biểu thức lồng nhau quá {most} cấp (vị trí {at}).",
                most=self.limits.nesting,
                at=self.token.at,
            ),
            limit="nesting",
            position=self.token.at,
        )

"""When a field is hidden: the `conditional.hide` of form-js, a FEEL expression over the form's values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One compiled expression."""

    #: the expression as written
    text: str
    #: what `engine.feel.compile` gave
    compiled: Any

    def hides(self, names: Mapping[str, Any], now: datetime | None) -> bool:
        """Tell whether the expression is true; null and everything else is not. ValueError without `now`."""
        if now is None:
            raise ValueError(f"evaluating {self.text!r} needs the moment of the command (now=)")
        return self.compiled.evaluate(names, now=now).value is True


def compiled(text: str) -> Condition:
    """Compile `= …`; raises FeelSyntaxError with the position."""
    from engine import feel  # only forms with conditions need the interpreter

    return Condition(text=text, compiled=feel.compile(text.strip().removeprefix("=")))

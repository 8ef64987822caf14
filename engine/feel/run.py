"""One evaluation: the scope, the clock, the budget and the warnings, in one small object.

A frame is one level of names; the outermost frame is the run itself, whose names are the caller's mapping.
It is never copied: a value is converted when it is looked up.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.feel.errors import FeelLimitExceeded, Warning_
from engine.feel.limits import Limits
from engine.feel.ports import WorkingTime
from engine.feel.types import shown
from engine.feel.values import Function, Unsupported, from_json
from foundation.texts import Text, _

#: characters up to which making a string costs no steps
_SHORT = 64


class Frame:
    """One level of names, its parent and the run it belongs to."""

    __slots__ = ("names", "parent", "run")

    def __init__(self, names: Mapping[str, Any], parent: "Frame | None", run: "Run") -> None:
        """Open a level of names below a parent."""
        self.names = names
        self.parent = parent
        self.run = run


class Run(Frame):
    """The outermost frame and everything that is counted."""

    __slots__ = ("admitted", "calendar", "levels", "limits", "now", "patterns", "steps", "warnings")

    def __init__(
        self, names: Mapping[str, Any], now: datetime, calendar: WorkingTime | None, limits: Limits
    ) -> None:
        """Begin with the caller's names, clock and limits."""
        self.names = names
        self.parent = None
        self.run = self
        self.now = now
        self.calendar = calendar
        self.limits = limits
        self.steps = limits.steps
        self.levels = 0
        self.warnings: list[Warning_] | None = None
        self.admitted: dict[int, tuple[Any, Any]] | None = None
        #: regular expressions met so far, with their flags
        self.patterns: set[tuple[str, str]] | None = None

    def warn(self, at: int, code: str, message: Text, element: str = "") -> Any:
        """Note why a part became null; gives None so that callers can return it."""
        if self.warnings is None:
            self.warnings = []
        if len(self.warnings) < self.limits.warnings:
            self.warnings.append(Warning_(message, at, code, element))
        return None

    def charge(self, steps: int) -> None:
        """Take work from the budget. Raises `FeelLimitExceeded`."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelLimitExceeded(
                _("Biểu thức cần hơn {steps} bước tính toán nên bị dừng.", steps=self.limits.steps),
                limit="steps",
            )

    def new_text(self, text: str) -> str:
        """Pay for a string made while evaluating. Raises `FeelLimitExceeded`."""
        length = len(text)
        if length > _SHORT:  # shorter ones are covered by the count of syntax nodes
            self.room(length, self.limits.string, "string")
            self.charge(length >> 6)
        return text

    def new_list(self, items: list[Any]) -> list[Any]:
        """Pay for a list made while evaluating. Raises `FeelLimitExceeded`."""
        self.room(len(items), self.limits.items, "items")
        self.charge(len(items) >> 3)
        return items

    def room(self, size: int, most: int, limit: str) -> None:
        """Refuse a string or list before it is made. Raises `FeelLimitExceeded`."""
        if size > most:
            raise FeelLimitExceeded(
                _(
                    "Biểu thức tạo ra chuỗi hoặc danh sách dài {size}, vượt giới hạn {most}.",
                    size=size,
                    most=most,
                ),
                limit=limit,
            )

    def admit(self, value: Any, at: int) -> Any:
        """Give the FEEL value of something in the caller's scope; containers are converted once per run."""
        if self.admitted is None:
            self.admitted = {}
        known = self.admitted.get(id(value))
        if known is not None:
            return known[1]
        try:
            result = from_json(value, self.limits.depth)
        except Unsupported as problem:
            return self.warn(at, "type", problem.text)
        self.admitted[id(value)] = (value, result)
        return result

    def call(self, function: Function, arguments: list[Any], at: int) -> Any:
        """Invoke a function value with positional arguments; too many levels raise `FeelLimitExceeded`."""
        if len(arguments) != len(function.parameters):
            return self.warn(
                at,
                "argument",
                _(
                    "hàm cần {wanted} tham số nhưng nhận {found}.",
                    wanted=len(function.parameters),
                    found=len(arguments),
                ),
            )
        for wanted, value in zip(function.types, arguments, strict=False):
            if value is not None and not wanted.matches(value, self.charge):
                return self.warn(at, "argument", _("tham số của hàm không nhận {found}.", found=shown(value)))
        self.charge(1 + function.levels)
        self.levels += function.levels + 2
        if self.levels > self.limits.calls:
            raise FeelLimitExceeded(_("Hàm gọi lồng nhau (hoặc gọi chính nó) quá sâu."), limit="calls")
        frame = Frame(dict(zip(function.parameters, arguments, strict=True)), function.frame, self)
        result = function.body(frame)
        self.levels -= function.levels + 2
        return result

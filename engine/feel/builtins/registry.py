"""Built-in functions: declared by signature, so that arity, types, names and messages are one mechanism.

A signature reads `name(parameter: kind, optional?: kind)`. A kind is a FEEL type, several joined by `|`,
`any` (null too), or a type with `?` behind it that takes null as well; `...` before the last parameter
collects the remaining arguments. A function receives the run first, raises `Refused` to become null with
a reason, and may be declared several times with different parameters.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from engine.feel.builtins.descriptions import DESCRIPTIONS, Description
from engine.feel.errors import FeelLimitExceeded
from engine.feel.run import Run
from engine.feel.types import kind_of, shown, shown_kind
from foundation.texts import Text, _

Body = Callable[..., Any]
F = TypeVar("F", bound=Callable[..., Any])
#: kinds up to which a signature names them all
_FEW = 3


class Refused(Exception):
    """The arguments have no result; the message says why."""

    def __init__(self, message: Text, code: str = "argument") -> None:
        """Keep the reason for the warning."""
        super().__init__(str(message))
        self.text = message
        self.code = code


class Parameter(NamedTuple):
    """One parameter of a signature."""

    name: str
    kinds: tuple[str, ...]
    nullable: bool


class Overload(NamedTuple):
    """One way to call a built-in."""

    parameters: tuple[Parameter, ...]
    required: int
    variadic: bool
    body: Body

    def bind(self, arguments: list[Any]) -> list[Any] | Text:
        """Give the arguments converted for the body, or why they do not fit."""
        count = len(arguments)
        if count < self.required or (count > len(self.parameters) and not self.variadic):
            return _("cần {wanted} tham số nhưng nhận {found}", wanted=self.arity(), found=count)
        bound = list(arguments)
        last = len(self.parameters) - 1
        for i, value in enumerate(arguments):
            parameter = self.parameters[min(i, last)]
            fitting = _fit(parameter, value)
            if fitting is _NO:
                return _(
                    "tham số “{name}” cần {wanted} nhưng nhận {found}",
                    name=parameter.name,
                    wanted=shown_kind(parameter.kinds[0]),
                    found=shown(value),
                )
            bound[i] = fitting
        return bound

    def parameters_shown(self) -> str:
        """Give the parameters as a signature has them; what any ordered value may be is called `point`."""
        parts = []
        for number, parameter in enumerate(self.parameters):
            is_last = number == len(self.parameters) - 1
            label = f"...{parameter.name}" if self.variadic and is_last else parameter.name
            mark = "?" if number >= self.required else ""
            kinds = "point" if len(parameter.kinds) > _FEW else " or ".join(parameter.kinds)
            parts.append(f"{label}{mark}: {kinds}")
        return ", ".join(parts)

    def arity(self) -> str:
        """Give the number of parameters for people."""
        if self.variadic:
            return f"≥ {self.required}"
        most = len(self.parameters)
        return str(most) if most == self.required else f"{self.required}–{most}"


_NO = object()


def _fit(parameter: Parameter, value: Any) -> Any:
    kinds = parameter.kinds
    if kinds[0] == "any":
        return value
    if value is None:
        return None if parameter.nullable else _NO
    kind = kind_of(value)
    if kind in kinds:
        return value
    if kind == "list" and len(value) == 1 and kind_of(value[0]) in kinds:
        return value[0]
    if "list" in kinds:
        return [value]
    return _NO


class Builtin:
    """A built-in function with all its signatures."""

    __slots__ = ("name", "overloads")

    def __init__(self, name: str) -> None:
        """Begin without signatures."""
        self.name = name
        self.overloads: list[Overload] = []

    @property
    def description(self) -> Description:
        """Give what the function is for, for people, with an example."""
        return DESCRIPTIONS[self.name]

    @property
    def family(self) -> str:
        """Give the key of its family in `descriptions.FAMILIES`."""
        return self.overloads[0].body.__module__.rpartition(".")[2]

    def signatures(self) -> list[str]:
        """Give the ways to call it, such as `sublist(list: list, start position: number)`."""
        return [f"{self.name}({one.parameters_shown()})" for one in self.overloads]

    def call(self, run: Run, arguments: list[Any], at: int) -> Any:
        """Call with positional arguments; a misfit is null with a warning."""
        problem: Text | None = None
        for overload in self.overloads:
            bound = overload.bind(arguments)
            if type(bound) is list:
                return self._run(overload, run, bound, at)
            if problem is None or overload.required <= len(arguments) <= len(overload.parameters):
                problem = bound  # type: ignore[assignment]  # a Text when it is not a list
        return run.warn(at, "argument", _("hàm {name}: {problem}.", name=self.name, problem=problem))

    def call_named(self, run: Run, names: tuple[str, ...], arguments: list[Any], at: int) -> Any:
        """Call with named arguments."""
        given = dict(zip(names, arguments, strict=True))
        for overload in self.overloads:
            parameters = overload.parameters
            own = [parameter.name for parameter in parameters]
            # a missing argument of any type is null (DMN TCK 0103)
            needed = {
                parameter.name for parameter in parameters[: overload.required] if parameter.kinds[0] != "any"
            }
            if len(given) == len(names) and given and needed <= given.keys() <= set(own):
                while len(own) > overload.required and own[-1] not in given:
                    own.pop()
                bound = overload.bind([given.get(name) for name in own])
                if type(bound) is list:
                    return self._run(overload, run, bound, at)
        wanted = "; ".join(", ".join(p.name for p in overload.parameters) for overload in self.overloads)
        return run.warn(
            at,
            "argument",
            _(
                "hàm {name} không nhận các tham số {found}; cần: {wanted}.",
                name=self.name,
                found=", ".join(names),
                wanted=wanted,
            ),
        )

    def _run(self, overload: Overload, run: Run, bound: list[Any], at: int) -> Any:
        run.charge(1)
        try:
            return overload.body(run, *bound)
        except Refused as refused:
            return run.warn(
                at, refused.code, _("hàm {name}: {problem}.", name=self.name, problem=refused.text)
            )
        except (OverflowError, ValueError, ArithmeticError):
            return run.warn(at, "value", _("hàm {name}: kết quả không biểu diễn được.", name=self.name))


BUILTINS: dict[str, Builtin] = {}


def builtin(signature: str) -> Callable[[F], F]:
    """Declare a function as the built-in of a signature."""
    name, _bracket, rest = signature.partition("(")
    parameters: list[Parameter] = []
    required = 0
    variadic = False
    for part in filter(None, (piece.strip() for piece in rest.rstrip(")").split(","))):
        label, _colon, kinds = part.partition(":")
        kinds = kinds.strip()
        variadic = variadic or label.startswith("...")
        optional = label.endswith("?")
        required += not optional
        nullable = kinds.endswith("?")
        parameters.append(Parameter(label.strip(".?"), tuple(kinds.rstrip("?").split("|")), nullable))

    def register(body: F) -> F:
        entry = BUILTINS.setdefault(name, Builtin(name))
        entry.overloads.append(Overload(tuple(parameters), required, variadic, body))
        return body

    return register


def deep_limit() -> FeelLimitExceeded:
    """Build the error for values inside values without end."""
    return FeelLimitExceeded(_("Giá trị có quá nhiều cấp lồng nhau."), limit="depth")

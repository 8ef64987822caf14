"""The expression help: functions with signature, words and an example; operators; cells; common mistakes.

Signatures come from the registry of the built-ins, everything else from `engine.feel_examples`.
"""

from dataclasses import dataclass

from engine.feel.builtins import BUILTINS
from engine.feel.builtins.registry import Overload
from engine.feel_examples import FAMILIES, FUNCTIONS, Example
from foundation.texts import Text


@dataclass(frozen=True, kw_only=True)
class FunctionHelp:
    """One built-in function."""

    name: str
    signatures: tuple[str, ...]
    example: Example


@dataclass(frozen=True, kw_only=True)
class FamilyHelp:
    """Functions about the same thing."""

    key: str
    title: Text
    functions: tuple[FunctionHelp, ...]


def families() -> tuple[FamilyHelp, ...]:
    """Give every built-in, by family in the order of the page, by name."""
    found: dict[str, list[FunctionHelp]] = {key: [] for key in FAMILIES}
    for name, entry in sorted(BUILTINS.items()):
        family = entry.overloads[0].body.__module__.rpartition(".")[2]
        found[family].append(
            FunctionHelp(
                name=name,
                signatures=tuple(dict.fromkeys(signature(name, one) for one in entry.overloads)),
                example=FUNCTIONS[name],
            )
        )
    return tuple(
        FamilyHelp(key=key, title=FAMILIES[key], functions=tuple(several))
        for key, several in found.items()
        if several
    )


def signature(name: str, overload: Overload) -> str:
    """Give one way to call a function, with the names of its parameters: `substring(string, start, length?)`."""
    last = len(overload.parameters) - 1
    parts = []
    for at, parameter in enumerate(overload.parameters):
        collects = overload.variadic and at == last
        optional = at >= overload.required and not collects
        parts.append(f"{'...' if collects else ''}{parameter.name}{'?' if optional else ''}")
    return f"{name}({', '.join(parts)})"

"""Which texts of a diagram are FEEL, which are literals, and which must be translated from JUEL first.

A text that starts with `=` is FEEL. `${…}` and `#{…}` come from diagrams made for Camunda 7: they are
translated where the meaning is certain, else refused. BPMN's own expression places take FEEL without `=`.
"""

from engine import feel
from engine.feel import clashes, juel


def is_juel(text: str) -> bool:
    """Tell whether a text holds a JUEL placeholder."""
    return "${" in text or "#{" in text


def is_marked(text: str) -> bool:
    """Tell whether a text says of itself that it is an expression: `= …` or `${…}`."""
    return text.lstrip().startswith("=") or is_juel(text)


def source(text: str) -> str:
    """Give the FEEL source of an expression text.

    Raises `FeelSyntaxError` when a JUEL text has no certain translation, `FeelLimitExceeded` when it is too
    long.
    """
    stripped = text.strip()
    if stripped.startswith("="):
        return stripped[1:].strip()
    return juel.translate(stripped) if is_juel(stripped) else stripped


def check(text: str) -> frozenset[str]:
    """Parse an expression text and give the variables it reads.

    Raises as `source` does, with the position of the fault.
    """
    return feel.compile(source(text)).names


def misfits(text: str) -> list[clashes.Clash]:
    """Give the parts of a text that never have a value because their types do not fit; it must compile."""
    return clashes.in_source(source(text))

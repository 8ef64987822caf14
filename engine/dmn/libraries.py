"""Models that come together: each sees those of the others that it imports (DMN 1.5 §6.3.3)."""

from collections.abc import Mapping

from engine.dmn.errors import DecisionError
from engine.dmn.model import Model
from engine.dmn.reader import read


def read_all(files: Mapping[str, bytes]) -> dict[str, Model | DecisionError]:
    """Give the models of a set of files by name, or why one of them cannot be read.

    Models that import each other in circles see each other only as far as the circle is open.
    """
    found = _read(files, {})
    for _round in range(len(files) - 1):
        known = _by_namespace(found)
        again = _read(files, known)
        if _links(again) == _links(found):
            break
        found = again
    return found


def _read(files: Mapping[str, bytes], known: Mapping[str, Model]) -> dict[str, Model | DecisionError]:
    found: dict[str, Model | DecisionError] = {}
    for name, content in files.items():
        try:
            found[name] = read(content, imports=known)
        except DecisionError as error:
            found[name] = error
    return found


def _by_namespace(found: Mapping[str, Model | DecisionError]) -> dict[str, Model]:
    return {model.namespace: model for model in found.values() if isinstance(model, Model)}


def _links(found: Mapping[str, Model | DecisionError]) -> dict[str, object]:
    """Give what each model sees, a few levels deep: it grows until everything is linked."""
    return {name: _seen(model, len(found)) for name, model in found.items() if isinstance(model, Model)}


def _seen(model: Model, depth: int) -> object:
    return {prefix: _seen(one, depth - 1) for prefix, one in model.imports.items()} if depth else None

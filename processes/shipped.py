"""The files shipped with the house: diagrams, decisions and forms of every folder beside this module."""

from importlib import resources
from importlib.resources.abc import Traversable

KINDS = (".bpmn", ".dmn", ".form")
SCENARIOS = (".yaml",)


def files() -> dict[str, bytes]:
    """Give the shipped files by path (`assignment/assignment.bpmn`)."""
    return _of_kinds(KINDS)


def scenarios() -> dict[str, bytes]:
    """Give the scenarios of the shipped processes by path (`assignment/scenarios/….yaml`)."""
    return _of_kinds(SCENARIOS)


def _of_kinds(kinds: tuple[str, ...]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for folder in sorted(resources.files("processes").iterdir(), key=lambda item: item.name):
        if folder.is_dir():
            _collect(folder, folder.name, found, kinds)
    return found


def _collect(folder: Traversable, path: str, found: dict[str, bytes], kinds: tuple[str, ...]) -> None:
    for item in sorted(folder.iterdir(), key=lambda one: one.name):
        name = f"{path}/{item.name}"
        if item.is_dir():
            _collect(item, name, found, kinds)
        elif item.name.endswith(kinds):
            found[name] = item.read_bytes()

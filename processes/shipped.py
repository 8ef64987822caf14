"""The files shipped with the house: diagrams, decisions and forms of every folder beside this module."""

from importlib import resources
from importlib.resources.abc import Traversable

KINDS = (".bpmn", ".dmn", ".form")


def files() -> dict[str, bytes]:
    """Give the shipped files by path (`assignment/assignment.bpmn`)."""
    found: dict[str, bytes] = {}
    for folder in sorted(resources.files("processes").iterdir(), key=lambda item: item.name):
        if folder.is_dir():
            _collect(folder, folder.name, found)
    return found


def _collect(folder: Traversable, path: str, found: dict[str, bytes]) -> None:
    for item in sorted(folder.iterdir(), key=lambda one: one.name):
        name = f"{path}/{item.name}"
        if item.is_dir():
            _collect(item, name, found)
        elif item.name.endswith(KINDS):
            found[name] = item.read_bytes()

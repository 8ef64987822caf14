"""The documentation is true: links lead somewhere, commands exist, examples compile, tables are current."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from docs import generate, screenshots
from tiendo import cli

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    page
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("processes/**/*.md"))
    if "node_modules" not in page.parts
)
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
#: beginnings of the lines and spans that call the shell
_CALL = re.compile(r"(?:^|[\s`(;|&$/“])tiendo +([a-z][a-z-]*)([^`\n”|;&)]*)")


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_resolves(name: str) -> None:
    page = ROOT / name
    text = _without_fences(page.read_text(encoding="utf-8"))
    for link in _LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _hash, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor and target.suffix == ".md":
            assert anchor in _anchors(target), f"{link}: no such heading"


@pytest.mark.parametrize("name", NAMES)
def test_every_command_named_exists_with_its_options(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for first, rest in _CALL.findall(text):
        _check_call(first, rest)


@pytest.mark.parametrize("name", NAMES)
def test_every_python_example_compiles(name: str) -> None:
    for language, code in _FENCE.findall((ROOT / name).read_text(encoding="utf-8")):
        if language == "python":
            compile(code, name, "exec")
        elif language == "json":
            json.loads(code)


def test_every_generated_part_is_up_to_date() -> None:
    stale = [
        str(page.relative_to(ROOT))
        for page in generate.pages()
        if generate.renewed(page.read_text(encoding="utf-8")) != page.read_text(encoding="utf-8")
    ]

    assert stale == [], "run: python -m docs.generate"


def test_every_generator_has_its_place_on_a_page() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in generate.pages())

    assert [part for part in generate.PARTS if f"<!-- generated: {part} -->" not in text] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    found, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        found.add(page)
        links = _LINK.findall(_without_fences(page.read_text(encoding="utf-8")))
        targets = {(page.parent / link.partition("#")[0]).resolve() for link in links}
        waiting += [one for one in targets if one.suffix == ".md" and one.exists() and one not in found]

    assert [
        str(page.relative_to(ROOT))
        for page in PAGES
        if page.is_relative_to(ROOT / "docs") and page not in found
    ] == []


def test_every_page_has_its_pictures_and_none_is_heavy() -> None:
    names = {f"{shot.name}-{width}.png" for shot in screenshots.SHOTS for width in screenshots.WIDTHS}
    kept = {picture.name: picture.stat().st_size for picture in screenshots.PICTURES.glob("*.png")}

    assert names == kept.keys(), "run: python -m docs.screenshots"
    assert max(kept.values()) <= screenshots.LARGEST


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = [re.split(r"[\[<>=~! ]", one)[0].lower() for one in wanted]
    package = json.loads((ROOT / "web/frontend/package.json").read_text(encoding="utf-8"))
    names += [
        name.lower() for name in (*package.get("dependencies", {}), *package.get("devDependencies", {}))
    ]
    reasons = (ROOT / "docs/decisions/0002-libraries.md").read_text(encoding="utf-8").lower()

    assert [name for name in names if name not in reasons] == []


def _check_call(first: str, rest: str) -> None:
    assert first in cli.COMMANDS, f"tiendo {first} is no command"
    command = cli.tiendo.get_command(click.Context(cli.tiendo), first)
    assert command is not None
    for word in _words(rest):
        if isinstance(command, click.Group) and word in command.commands:
            command = command.commands[word]
        elif word.startswith("--"):
            known = {flag for one in command.params for flag in one.opts} | {"--help"}
            assert word.partition("=")[0] in known, f"tiendo {first}{rest}: no option {word}"


def _words(rest: str) -> Iterator[str]:
    try:
        yield from shlex.split(rest)
    except ValueError:
        yield from rest.split()


def _without_fences(text: str) -> str:
    return _FENCE.sub("", text)


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _without_fences(page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

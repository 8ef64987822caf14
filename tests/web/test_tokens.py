"""The colours of the interface can be read: WCAG 2.1 contrast of every text token on its backgrounds."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "web" / "frontend" / "src" / "styles" / "tokens.css"

#: text → the backgrounds it is meant for
PAPERS = ("paper", "surface", "surface-sunk", "surface-hover")
PAIRS = [(text, paper) for text in ("ink", "ink-2", "ink-3", "accent", "late", "soon") for paper in PAPERS]
STATUSES = ("done", "term", "soon", "late-done", "late", "wait", "idle")
PAIRS += [(status, f"{status}-soft") for status in STATUSES]
PAIRS += [
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("accent-strong", "accent-soft"),
    ("ink", "mark"),
]
PAIRS += [
    ("plate-future-text", "surface"),
    ("ink-2", "idle-soft"),
    ("ink", "accent-soft"),
    ("surface", "late"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "background"), PAIRS)
def test_text_stands_out_from_its_background(theme: str, text: str, background: str) -> None:
    colours = colours_of(theme)
    assert contrast(colours[text], colours[background]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_border_of_a_field_can_be_seen(theme: str) -> None:
    colours = colours_of(theme)
    assert contrast(colours["rule-strong"], colours["surface"]) >= 3


def colours_of(theme: str) -> dict[str, str]:
    block = re.search(rf"\[data-bs-theme='{theme}'\] \{{(.*?)\n\}}", TOKENS.read_text("utf-8"), re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block.group(1)))


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

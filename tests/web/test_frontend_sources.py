"""The sources of the front end: locked without hosts, pinned exactly, every text in both languages."""

import json
import re
from pathlib import Path

FRONTEND = Path(__file__).parents[2] / "web" / "frontend"
SOURCES = [path for path in (FRONTEND / "src").rglob("*.js*") if path.suffix in {".js", ".jsx"}]
#: text('…') in scripts; text(failure, …) takes its template from the call beside it
USED = re.compile(r"text\('((?:[^'\\]|\\.)*)'")
PLACE = re.compile(r"(?<!\$)\{(\w+)\}")


def test_the_lock_file_names_no_host_and_keeps_every_checksum() -> None:
    packages = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))["packages"]
    del packages[""]
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []


def test_direct_dependencies_are_pinned_exactly() -> None:
    about = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    versions = {**about["dependencies"], **about["devDependencies"]}
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_every_text_of_a_script_is_in_english_too_with_the_same_places() -> None:
    table = (FRONTEND / "src" / "app" / "texts.js").read_text("utf-8")
    english = dict(re.findall(r"^  '(.+?)':\s+'(.+?)',$", table, re.MULTILINE))
    used = {template for path in SOURCES for template in USED.findall(path.read_text("utf-8"))}
    assert len(used) > 15
    assert sorted(used - english.keys()) == []
    assert [vi for vi, en in english.items() if set(PLACE.findall(vi)) != set(PLACE.findall(en))] == []


def test_the_vietnamese_of_the_editor_keeps_the_places_of_its_keys() -> None:
    catalogue = json.loads((FRONTEND / "src" / "i18n" / "vi.json").read_text("utf-8"))
    assert len(catalogue) > 350
    assert [
        key for key, words in catalogue.items() if set(PLACE.findall(key)) != set(PLACE.findall(words))
    ] == []


def test_scripts_hold_nothing_that_the_strict_policy_forbids() -> None:
    forbidden = re.compile(r"\beval\(|new Function|innerHTML|setAttribute\('style'|\bon\w+=")
    assert [path.name for path in SOURCES if forbidden.search(path.read_text("utf-8"))] == []


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|hx-on|=\"js:", re.IGNORECASE)
    templates = (FRONTEND.parent / "templates").rglob("*.html")
    assert [path.name for path in templates if inline.search(path.read_text("utf-8"))] == []

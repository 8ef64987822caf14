"""Collects every message of the house and brings the English catalogue up to date.

python -m tiendo.catalogue              add new messages, drop unused ones
python -m tiendo.catalogue --missing    print what has no English yet, as JSON
python -m tiendo.catalogue --add FILE   take translations from a JSON object {vi: en}
"""

import importlib
import json
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
ENGLISH = ROOT / "foundation" / "locale" / "en" / "LC_MESSAGES" / "tiendo.po"
ROOMS = ("foundation", "engine", "directives", "webhooks", "processes", "api", "web", "tiendo")
METHODS = [("**/node_modules/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]


def messages() -> list[str]:
    """Give every Vietnamese message used anywhere, sorted; docstrings of error classes are messages too."""
    found = set(_docstrings())
    for room in ROOMS:
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / room), METHODS, keywords={"_": None}, strip_comment_tags=True
        ):
            found.add(message if isinstance(message, str) else message[0])
    return sorted(text for text in found if text)


def english() -> dict[str, str]:
    """Give the present English of each message."""
    if not ENGLISH.exists():
        return {}
    with ENGLISH.open("rb") as stream:
        return {str(one.id): str(one.string) for one in read_po(stream) if one.id}


def write(translations: dict[str, str]) -> None:
    """Write the catalogue with exactly the messages in use."""
    catalogue = Catalog(locale="en", project="tiendo", version="1", header_comment="# English of Tiến Độ.")
    for message in messages():
        catalogue.add(message, translations.get(message, ""))
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as stream:
        write_po(stream, catalogue, width=110, omit_header=False, sort_output=True)
    text = ENGLISH.read_text("utf-8").split("\n")
    volatile = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By')
    ENGLISH.write_text("\n".join(line for line in text if not line.startswith(volatile)), "utf-8")


def missing() -> list[str]:
    """Give the messages that have no English yet."""
    known = english()
    return [message for message in messages() if not known.get(message)]


def _docstrings() -> list[str]:
    from foundation import errors

    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if "class " in file.read_text("utf-8") and "node_modules" not in file.parts:
                importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    pending, found = [errors.TiendoError], []
    for kind in pending:
        pending.extend(kind.__subclasses__())
        if kind.__doc__:
            found.append(kind.__doc__)
    return found


if __name__ == "__main__":
    if "--missing" in sys.argv:
        sys.stdout.write(json.dumps(missing(), ensure_ascii=False, indent=0) + "\n")
    elif "--add" in sys.argv:
        added = json.loads(Path(sys.argv[sys.argv.index("--add") + 1]).read_text("utf-8"))
        write(english() | added)
    else:
        write(english())

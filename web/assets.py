"""Built files of the front end: from the name a template uses to the hashed file that is served.

`web/frontend/build.py` writes `web/static/dist/` with a `manifest.json`; hashed names may be cached for ever.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, request, send_from_directory

#: where the build puts its files; git-ignored, shipped inside the wheel
DIST = Path(__file__).parent / "static" / "dist"

#: address of the files; everything below it is public and never changes under the same name
PREFIX = "/static/dist"

_ONE_YEAR = 365 * 24 * 3600
_COMPRESSED = frozenset({".js", ".css", ".svg"})
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


class MissingAssetError(RuntimeError):
    """The front end has not been built, or the page asks for a file the build does not make."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What one build made."""

    #: plain name ("app.css") → hashed file name below `DIST`
    files: dict[str, str]
    #: plain name of a module → hashed names of the chunks it imports at once
    imports: dict[str, tuple[str, ...]]


def manifest() -> Manifest:
    """Give what the present build made, read anew after each build; raises `MissingAssetError` without it."""
    path = DIST / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise MissingAssetError(f"{path} is missing: run `make assets` (or web/frontend/build.py).") from None


@lru_cache(maxsize=2)
def _read(path: Path, _written_at: int) -> Manifest:
    written = json.loads(path.read_text("utf-8"))
    chunks = {name: tuple(files) for name, files in written["imports"].items()}
    return Manifest(files=written["files"], imports=chunks)


def asset(name: str) -> str:
    """Give the address of a built file such as "app.css"; raises `MissingAssetError` when unknown."""
    files = manifest().files
    if name not in files:
        raise MissingAssetError(f"No built file is called {name}; the build made {', '.join(sorted(files))}.")
    return f"{PREFIX}/{files[name]}"


def preloads(name: str) -> tuple[str, ...]:
    """Give the addresses of the chunks a module imports, so that a page can ask for all of them at once."""
    return tuple(f"{PREFIX}/{file}" for file in manifest().imports.get(name, ()))


blueprint = Blueprint("assets", __name__, url_prefix=PREFIX)


@blueprint.get("/<path:name>")
def send(name: str) -> Response:
    """Serve one built file, compressed when the browser accepts it; 404 for anything else."""
    suffix = Path(name).suffix
    compressed = (
        suffix in _COMPRESSED and request.accept_encodings["gzip"] > 0 and (DIST / f"{name}.gz").is_file()
    )
    if suffix == ".gz" or name == "manifest.json":
        abort(404)
    response = send_from_directory(
        DIST,
        f"{name}.gz" if compressed else name,
        mimetype=_TYPES.get(suffix),
        max_age=_ONE_YEAR,
        conditional=True,
    )
    response.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR}, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if suffix in _COMPRESSED:
        response.headers["Vary"] = "Accept-Encoding"
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    return response

"""The zip file of a bundle: written the same way each time, read with suspicion.

Limits guard against traversal, bombs and floods: names are plain relative paths, a bundle holds at most
`MOST_FILES` files and `MOST_BYTES` unpacked, no file grows more than `MOST_RATIO` times.
"""

import hashlib
import io
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from foundation.errors import Invalid, TooLarge
from foundation.texts import Text, _

FORMAT = "tiendo-bundle/1"
MANIFEST = "manifest.json"
KINDS = (".bpmn", ".dmn", ".form", ".yaml")
MOST_FILES = 1000
#: unpacked, in bytes
MOST_BYTES = 50 * 1024 * 1024
#: unpacked to packed, of one file larger than `SMALL` bytes
MOST_RATIO = 200
SMALL = 64 * 1024
#: characters of a name
LONGEST_NAME = 200
#: every file carries this moment, so that the same content gives the same bytes
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One definition of a bundle."""

    #: process | decision | form
    kind: str
    key: str
    version: int
    name: str
    #: name of the file it is in
    file: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A bundle that has been read: nothing in it is trusted further than its hashes."""

    made_at: str
    entries: tuple[Entry, ...]
    #: diagrams, decisions and forms by name
    files: Mapping[str, bytes]
    scenarios: Mapping[str, bytes]


def write(
    entries: list[Entry], files: Mapping[str, bytes], scenarios: Mapping[str, bytes], *, now: datetime
) -> bytes:
    """Give the bytes of a bundle."""
    every = {**files, **scenarios}
    manifest = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "definitions": [
            {
                "kind": entry.kind,
                "key": entry.key,
                "version": entry.version,
                "name": entry.name,
                "file": entry.file,
            }
            for entry in entries
        ],
        "files": [{"name": name, "sha256": sha256(every[name])} for name in sorted(every)],
    }
    given = {MANIFEST: orjson.dumps(manifest, option=orjson.OPT_INDENT_2), **every}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in given.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def read(content: bytes) -> Bundle:
    """Read a bundle. Raises Invalid or TooLarge with the file and the reason."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = _unpack(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _refused(_("Tệp không phải gói .zip đọc được.")) from error
    manifest = _manifest(unpacked.pop(MANIFEST, None))
    hashes = {str(one.get("name")): str(one.get("sha256")) for one in _listed(manifest, "files")}
    _check_hashes(unpacked, hashes)
    entries = tuple(_entry(one, hashes) for one in _listed(manifest, "definitions"))
    scenarios = {name: data for name, data in unpacked.items() if name.endswith(".yaml")}
    files = {name: data for name, data in unpacked.items() if name not in scenarios}
    return Bundle(made_at=str(manifest.get("made_at", "")), entries=entries, files=files, scenarios=scenarios)


def sha256(content: bytes) -> str:
    """Give the hash by which files are compared."""
    return hashlib.sha256(content).hexdigest()


def _unpack(archive: zipfile.ZipFile) -> dict[str, bytes]:
    inside = [info for info in archive.infolist() if not info.is_dir()]
    if len(inside) > MOST_FILES:
        raise TooLarge(_("Gói có {found} tệp, nhiều hơn mức {most}.", found=len(inside), most=MOST_FILES))
    if sum(info.file_size for info in inside) > MOST_BYTES:
        raise TooLarge(_("Gói mở ra lớn hơn {most} MB.", most=MOST_BYTES // 1024 // 1024))
    unpacked: dict[str, bytes] = {}
    total = 0
    for info in inside:
        _check_name(info, unpacked)
        if info.file_size > SMALL and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            raise TooLarge(
                _("Tệp “{name}” trong gói nén quá mức cho phép.", name=info.filename[:LONGEST_NAME])
            )
        with archive.open(info) as stream:
            data = stream.read(MOST_BYTES - total + 1)
        total += len(data)
        if total > MOST_BYTES:
            raise TooLarge(_("Gói mở ra lớn hơn {most} MB.", most=MOST_BYTES // 1024 // 1024))
        unpacked[info.filename] = data
    return unpacked


def _check_name(info: zipfile.ZipInfo, unpacked: Mapping[str, bytes]) -> None:
    name = info.filename
    parts = name.split("/")
    is_plain = (
        0 < len(name) <= LONGEST_NAME
        and "\\" not in name
        and ":" not in name
        and name.isprintable()
        and not any(part in {"", ".", ".."} for part in parts)
    )
    if not is_plain or stat.S_ISLNK(info.external_attr >> 16):
        raise _refused(_("Tên tệp “{name}” trong gói không được phép.", name=name[:LONGEST_NAME]))
    if name in unpacked:
        raise _refused(_("Tệp “{name}” có hai lần trong gói.", name=name))
    if name != MANIFEST and not name.endswith(KINDS):
        raise _refused(
            _("Tệp “{name}” không thuộc gói; chỉ nhận .bpmn, .dmn, .form và kịch bản .yaml.", name=name)
        )


def _manifest(content: bytes | None) -> dict[str, Any]:
    if content is None:
        raise _refused(_("Gói thiếu tệp manifest.json; hãy xuất gói từ Tiến Độ."))
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _refused(_("Tệp manifest.json của gói không đọc được.")) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        given = found.get("format") if isinstance(found, dict) else None
        raise _refused(
            _("Gói có định dạng “{found}”, cần “{expected}”.", found=str(given)[:60], expected=FORMAT)
        )
    return found


def _listed(manifest: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = manifest.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _refused(_("Tệp manifest.json của gói thiếu danh sách “{name}”.", name=name))
    return found


def _check_hashes(unpacked: Mapping[str, bytes], hashes: Mapping[str, str]) -> None:
    for name in sorted(hashes.keys() ^ unpacked.keys()):
        raise _refused(_("Tệp “{name}” trong gói và trong manifest.json không khớp nhau.", name=name[:200]))
    for name, content in unpacked.items():
        if sha256(content) != hashes[name]:
            raise _refused(_("Tệp “{name}” trong gói không đúng mã băm; gói đã bị thay đổi.", name=name))


def _entry(one: Mapping[str, Any], hashes: Mapping[str, str]) -> Entry:
    file, version = str(one.get("file")), one.get("version")
    known = one.get("kind") in {"process", "decision", "form"}
    if file not in hashes or not known or not isinstance(version, int) or not one.get("key"):
        raise _refused(_("Mục “{key}” trong manifest.json không hợp lệ.", key=str(one.get("key"))[:120]))
    return Entry(
        kind=str(one["kind"]),
        key=str(one["key"]),
        version=version,
        name=str(one.get("name") or one["key"])[:200],
        file=file,
        sha256=hashes[file],
    )


def _refused(message: Text) -> Invalid:
    return Invalid(message, fields={"file": message})

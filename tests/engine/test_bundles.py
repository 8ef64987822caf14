"""Bundles: out of one installation and into another without a byte lost; what is hostile is refused."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from engine import bundle_archive, bundles, deployments, drafts
from engine.models import DeploymentFile
from foundation.clock import MovableClock
from foundation.database import Base, Database
from foundation.errors import Conflict, TiendoError
from processes import shipped
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram


def calling() -> bytes:
    drawn = diagram("p").start().node("callActivity", "invoke", calledElement="q")
    return drawn.user_task("do", camunda__formKey="f").end().bytes()


def called(name: str = "do") -> bytes:
    return diagram("q").start().user_task(name).end().bytes()


FORM = orjson.dumps({"id": "f", "schemaVersion": 16, "type": "default", "components": []})


def export(bench: Bench, *keys: str) -> bytes:
    with bench.database.reading() as session:
        return bundles.export(session, keys, now=bench.clock.now())


def statuses(bench: Bench, content: bytes) -> dict[str, str]:
    with bench.database.reading() as session:
        seen = bundles.preview(session, bundle_archive.read(content))
    return {line.entry.key: line.status for line in seen.lines}


def take(bench: Bench, content: bytes, target: bundles.Target = "published", **more: bool) -> bundles.Applied:
    with bench.database.unit_of_work() as work:
        applied = bundles.apply(
            work, bundle_archive.read(content), target=target, note="Nhập", four_eyes=False, **more
        )
        work.commit()
    return applied


def test_the_shipped_processes_arrive_in_an_empty_installation_byte_for_byte(
    bench: Bench, tmp_path: Path, clock: MovableClock
) -> None:
    with bench.database.unit_of_work() as work:
        deployments.deploy(work, shipped.files(), scenarios=shipped.scenarios())
        work.commit()
    with bench.database.reading() as session:
        content = bundles.export_all(session, now=clock.now())
    other = Database(f"sqlite:///{tmp_path}/other.db", clock)
    Base.metadata.create_all(other.write_engine)
    elsewhere = Bench(other, clock)
    take(elsewhere, content)

    def hashes(database: Database) -> set[tuple[str, str]]:
        with database.reading() as session:
            return {
                (r.name, r.sha256)
                for r in session.execute(select(DeploymentFile.name, DeploymentFile.sha256))
            }

    assert hashes(other) == hashes(bench.database)
    assert len(hashes(other)) > 30
    assert export(elsewhere, "directive-cycle") == export(bench, "directive-cycle")
    assert set(statuses(elsewhere, content).values()) == {"same"}
    other.dispose()


def test_a_bundle_takes_along_what_is_called_and_used(bench: Bench) -> None:
    bench.deploy(calling(), called(), f_form=FORM)
    bundle = bundle_archive.read(export(bench, "p"))
    assert [(entry.kind, entry.key) for entry in bundle.entries] == [
        ("process", "p"),
        ("process", "q"),
        ("form", "f"),
    ]


def test_the_preview_tells_new_changed_same_and_conflict(bench: Bench) -> None:
    bench.deploy(calling(), called(), f_form=FORM)
    content = export(bench, "p")
    assert statuses(bench, content) == {"p": "same", "q": "same", "f": "same"}
    bench.deploy(called("other"))
    assert statuses(bench, content)["q"] == "changed"
    with bench.database.unit_of_work() as work:
        drafts.save(work, "q", called("drawn"), revision=None)
        work.commit()
    assert statuses(bench, content)["q"] == "conflict"
    with pytest.raises(Conflict, match="bản nháp của q"):
        take(bench, content, "draft")
    assert take(bench, content, "draft", replace_drafts=True) == bundles.Applied(drafts=("q",))
    with bench.database.reading() as session:
        assert [copy.content for copy in drafts.copies(session, "q")] == [called("drawn")]


def rezipped(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


HOSTILE: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "traversal": (lambda files: files.update({"../x.bpmn": b"x"}), "không được phép"),
    "absolute": (lambda files: files.update({"/etc/x.bpmn": b"x"}), "không được phép"),
    "backslash": (lambda files: files.update({"a\\..\\x.bpmn": b"x"}), "không được phép"),
    "other kind": (lambda files: files.update({"x.exe": b"x"}), "không thuộc gói"),
    "not listed": (lambda files: files.update({"x.bpmn": b"x"}), "không khớp"),
    "changed": (lambda files: files.update({"0.bpmn": b"x"}), "đã bị thay đổi"),
    "missing": (lambda files: files.__delitem__("0.bpmn"), "không khớp"),
    "bomb": (lambda files: files.update({"x.bpmn": b"0" * 10_000_000}), "nén quá mức"),
    "too large": (lambda files: files.update({"x.bpmn": bytes(range(256)) * 220_000}), "lớn hơn"),
    "too many": (lambda files: files.update({f"{n}.form": b"x" for n in range(1001)}), "nhiều hơn"),
    "no manifest": (lambda files: files.__delitem__("manifest.json"), "thiếu tệp manifest"),
    "wrong format": (
        lambda files: files.update({"manifest.json": b'{"format": "x"}'}),
        "cần “tiendo-bundle/1”",
    ),
    "not json": (lambda files: files.update({"manifest.json": b"{"}), "không đọc được"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_bundle_is_refused_in_words(name: str, bench: Bench) -> None:
    bench.deploy(called())
    change, words = HOSTILE[name]
    with pytest.raises(TiendoError, match=words):
        bundle_archive.read(rezipped(export(bench, "q"), change))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 1000])
def test_what_is_no_zip_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(TiendoError, match=r"không phải gói \.zip"):
        bundle_archive.read(content)


def test_a_bundle_with_an_error_changes_nothing(bench: Bench) -> None:
    bench.deploy(called())
    manifest = {
        "format": bundle_archive.FORMAT,
        "definitions": [{"kind": "process", "key": "q", "version": 1, "file": "q.bpmn"}],
        "files": [{"name": "q.bpmn", "sha256": bundle_archive.sha256(b"<x/>")}],
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("manifest.json", orjson.dumps(manifest))
        archive.writestr("q.bpmn", b"<x/>")
    with pytest.raises(TiendoError):
        take(bench, buffer.getvalue())
    with bench.database.reading() as session:
        assert len(session.scalars(select(DeploymentFile)).all()) == 1

"""The rules of the house that no single room can keep: tables, migrations, packages, locks, settings."""

import importlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from foundation.clock import MovableClock
from foundation.database import Base, Database
from migrations.tables import MODULES, import_tables
from tiendo import migrating

ROOT = Path(__file__).parent.parent
ROOMS = ("foundation", "engine", "directives", "webhooks", "processes", "api", "web", "tiendo", "migrations")


def sources() -> list[Path]:
    return [
        file for room in ROOMS for file in (ROOT / room).rglob("*.py") if "node_modules" not in file.parts
    ]


def test_every_module_with_tables_is_known_to_the_migrations() -> None:
    with_tables = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for file in sources()
        if re.search(r"^    __tablename__ =", file.read_text("utf-8"), re.MULTILINE)
    }
    assert with_tables == set(MODULES)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, clock: MovableClock) -> Iterator[Database]:
    import_tables()
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path}/empty.db", clock)
    else:
        server = request.getfixturevalue("postgresql_server")
        opened = Database(server.create_database("empty"), clock)
    yield opened
    opened.dispose()


def test_migrations_lead_up_to_the_tables_of_the_code_and_down_to_nothing(empty: Database) -> None:
    migrating.upgrade(empty)
    with empty.write_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    migrating.downgrade(empty, "base")
    assert inspect(empty.write_engine).get_table_names() == ["alembic_version"]


def test_a_second_upgrade_changes_nothing(empty: Database) -> None:
    migrating.upgrade(empty)
    migrating.upgrade(empty)
    newest = max(path.name for path in (ROOT / "migrations/versions").glob("0*.py"))
    assert migrating.newest() == newest[:4]


def test_lock_files_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "web/frontend/package-lock.json"):
        text = (ROOT / name).read_text("utf-8")
        assert not re.search(
            r"https?://|file://",
            text.replace("https://opencollective.com", "").replace("https://github.com/sponsors", ""),
        ), name


def test_the_wheel_carries_every_module_and_data_file(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path)]
    subprocess.run([*pip, str(ROOT)], check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {str(file.relative_to(ROOT)) for file in sources() if "frontend" not in file.parts}
    data = ("*.bpmn", "*.dmn", "*.form", "*.csv", "*.html", "*.po", "*.yaml", "*.mako", "*.txt")
    for room in ROOMS:
        for pattern in data:
            wanted |= {
                str(file.relative_to(ROOT))
                for file in (ROOT / room).rglob(pattern)
                if "frontend" not in file.parts
            }
    wanted |= {
        str(file.relative_to(ROOT)) for file in (ROOT / "web/static/dist").rglob("*") if file.is_file()
    }
    assert wanted - inside == set()


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text("utf-8")
    used = set(re.findall(r"TIENDO_[A-Z_]+", (ROOT / "tiendo/settings.py").read_text("utf-8")))
    assert {name for name in used if name not in page} == set()


def test_only_the_clock_reads_the_time() -> None:
    offenders = [
        str(file.relative_to(ROOT))
        for file in sources()
        if re.search(r"datetime\.(now|utcnow)\(|date\.today\(", file.read_text("utf-8"))
        and file.name != "clock.py"
    ]
    assert offenders == []


def test_no_project_file_names_a_folder_of_one_machine() -> None:
    folders = re.compile(rf"{re.escape(str(ROOT))}\b|/(?:home|Users)/\w+")
    kinds = {".py", ".md", ".toml", ".yaml", ".html", ".js", ".mjs", ".bpmn", ".json"}
    git = ["git", "ls-files"]
    tracked = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    offenders = [
        name
        for name in tracked
        if Path(name).suffix in kinds and folders.search((ROOT / name).read_text("utf-8"))
    ]
    assert offenders == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_imports_by_itself(room: str) -> None:
    assert importlib.import_module(room).__doc__

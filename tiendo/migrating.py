"""Creates or upgrades the database with Alembic; the migrations travel inside the package."""

from importlib import resources
from typing import TYPE_CHECKING

from foundation.database import Database
from foundation.errors import Conflict
from foundation.texts import _

if TYPE_CHECKING:
    from alembic.config import Config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to a revision; nothing happens when it is there already.

    Raises Conflict for a database that a newer release has upgraded.
    """
    if revision == "head" and is_current(database):
        return
    _refuse_newer(database)
    from alembic import command

    with database.write_engine.connect() as connection:
        command.upgrade(config(connection), revision)
        connection.commit()


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to a revision."""
    from alembic import command

    with database.write_engine.connect() as connection:
        command.downgrade(config(connection), revision)
        connection.commit()


def newest() -> str:
    """Give the newest revision: the number of the last migration file, without importing Alembic."""
    versions = resources.files("migrations") / "versions"
    names = sorted(item.name for item in versions.iterdir() if item.name[:4].isdigit())
    return names[-1][:4]


def _refuse_newer(database: Database) -> None:
    found = revision(database)
    if found is not None and found > newest():
        raise Conflict(
            _(
                "Cơ sở dữ liệu ở bản {found}, mới hơn bản {newest} của phần mềm; hãy dùng phần mềm mới hơn.",
                found=found,
                newest=newest(),
            )
        )


def is_current(database: Database) -> bool:
    """Tell whether the database has the newest tables; False as well when it has none."""
    return revision(database) == newest()


def revision(database: Database) -> str | None:
    """Give the revision of the database, None when it has no tables yet."""
    from sqlalchemy import inspect, text

    with database.read_engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found


def config(connection: object) -> "Config":
    """Give Alembic its configuration over an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files("migrations")))
    config.attributes["connection"] = connection
    return config

"""Writes the next migration from the difference between the tables and the newest migration.

python -m migrations.generate "what changes, as a sentence"
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from foundation.clock import SystemClock
from foundation.database import Database
from tiendo import migrating

VERSIONS = Path(__file__).parent / "versions"


def main(message: str) -> None:
    """Bring a scratch database to the newest revision and write down what is missing."""
    number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/scratch.db", SystemClock())
        if number != "0001":
            migrating.upgrade(database)
        with database.write_engine.connect() as connection:
            command.revision(migrating.config(connection), message, autogenerate=True, rev_id=number)
        database.dispose()


if __name__ == "__main__":
    main(sys.argv[1])

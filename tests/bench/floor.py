"""The floor: bare Flask doing one three-row transaction per request, on the same server and database.

python -m tests.bench.floor DATABASE_URL PORT
"""

import sys
from datetime import UTC, datetime

import waitress
from flask import Flask, request
from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, insert, select, update

from foundation.clock import MovableClock
from foundation.database import Database

metadata = MetaData()
state = Table("floor_state", metadata, Column("id", Integer, primary_key=True), Column("blob", LargeBinary))
left = Table("floor_left", metadata, Column("id", Integer, primary_key=True), Column("text", String(200)))
right = Table("floor_right", metadata, Column("id", Integer, primary_key=True), Column("text", String(200)))

BLOB = bytes(range(256)) * 8


def create_app(url: str) -> Flask:
    """Make the bare application; the database is opened with the same settings as the product's."""
    database = Database(url, MovableClock(datetime(2024, 2, 5, tzinfo=UTC)))
    with database.write_engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(state.delete())
        connection.execute(insert(state), {"id": 1, "blob": BLOB})
    app = Flask("floor")

    @app.post("/tx")
    def tx() -> dict[str, int]:
        text = request.get_json()["text"]
        with database.write_engine.begin() as connection:
            blob = connection.execute(select(state.c.blob).where(state.c.id == 1)).scalar_one()
            connection.execute(update(state).where(state.c.id == 1).values(blob=blob))
            connection.execute(insert(left), {"text": text})
            connection.execute(insert(right), {"text": text})
        return {"size": len(blob)}

    return app


if __name__ == "__main__":
    waitress.serve(create_app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), threads=8)

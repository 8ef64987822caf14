"""Alembic migrations: sequential numbers, one change each; old code runs on the new schema."""

"""The machine API under `/api/v1`: one file per resource, thin views, problem JSON for every error."""

from collections.abc import Iterator
from importlib import import_module

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from flask_smorest import Blueprint

from api import errors, gate, idempotency

#: modules with a `blueprint`; one per resource
RESOURCES = (
    "ad_hoc",
    "assignments",
    "bundles",
    "calendars",
    "decisions",
    "definitions",
    "deployments",
    "description",
    "directives",
    "documents",
    "drafts",
    "health",
    "incidents",
    "instance_repairs",
    "instances",
    "jobs",
    "messages",
    "migrations",
    "organisations",
    "people",
    "plans",
    "reports",
    "test_clock",
    "timers",
    "user_tasks",
    "webhooks",
)


def register(app: Flask) -> None:
    """Add the API to the application; its description is made when somebody asks for it."""
    errors.register(app)
    provider = app.json
    if isinstance(provider, DefaultJSONProvider):
        provider.ensure_ascii = False  # people read answers too: words stay words
    for blueprint in blueprints():
        gate.guard(blueprint)
        app.register_blueprint(blueprint)
    idempotency.install(app)


def blueprints() -> Iterator[Blueprint]:
    """Give the blueprints of all resources."""
    for name in RESOURCES:
        module = import_module(f"api.{name}")
        yield from (module.blueprint, *getattr(module, "more", ()))

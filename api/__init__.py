"""The machine API under `/api/v1`: one file per resource, thin views, problem JSON for every error."""

from flask import Flask
from flask_smorest import Api

from api import errors, gate

#: modules with a `blueprint`; one per resource
RESOURCES = (
    "definitions",
    "deployments",
    "health",
    "incidents",
    "instances",
    "messages",
    "test_clock",
    "timers",
    "user_tasks",
)


def register(app: Flask) -> None:
    """Add the API to the application."""
    import importlib

    errors.register(app)
    spec = Api(app)
    for name in RESOURCES:
        blueprint = importlib.import_module(f"api.{name}").blueprint
        gate.guard(blueprint)
        spec.register_blueprint(blueprint)

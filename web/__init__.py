"""Pages for people: Jinja templates with htmx, islands for diagrams, the assets behind them.

Every page family is a module with a `blueprint`, nested in `pages`: the endpoints are `pages.inbox.index`,
`pages.tasks.show` and so on, and the rule of every view is checked in one place (`web.gate`).
"""

from importlib import import_module
from pathlib import Path

from flask import Blueprint, Flask
from jinja2 import FileSystemLoader

from web import assets, context, errors, gate, headers, templating

#: page families in the order of their registration; a family is `web/<name>.py` with a `blueprint`
FAMILIES = (
    "sign_in",
    "inbox",
    "tasks",
    "receiving",
    "documents",
    "plans",
    "directives",
    "assignments",
    "notifications",
    "search",
    "profile",
    "bundles",
    "decision_editor",
    "decision_reviews",
    "decision_versions",
    "decisions",
    "definition_differences",
    "definition_reviews",
    "definition_versions",
    "definitions",
    "diagram_editor",
    "lint_rules",
    "expression_help",
    "instances",
    "repairs",
    "migrations",
    "incidents",
    "jobs",
    "reports",
    "board",
    "organisations",
    "people",
    "calendar",
    "webhooks",
    "accounts",
)


def register(app: Flask) -> None:
    """Put the pages, their templates, error pages and security headers into an application."""
    app.jinja_loader = FileSystemLoader(Path(__file__).parent / "templates")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    templating.prepare(app.jinja_env)
    context.install(app)
    errors.install(app)
    headers.install(app)
    pages = Blueprint("pages", __name__)
    gate.guard(pages)
    for name in FAMILIES:
        pages.register_blueprint(import_module(f"web.{name}").blueprint)
    app.register_blueprint(pages)
    app.register_blueprint(assets.blueprint)

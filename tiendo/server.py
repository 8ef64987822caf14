"""The web application: machine API, pages for people, health and metrics."""

from flask import Flask

import api
import web
from processes.runtime import Runtime

#: largest request body in bytes: one attachment and its form
BODY_LIMIT = 30 * 1024 * 1024


def create_app(runtime: Runtime, *, is_secure: bool = True) -> Flask:
    """Make the WSGI application over a built house; starts no thread and reads no environment."""
    app = Flask("tiendo", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        SESSION_COOKIE_SECURE=is_secure,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.extensions["tiendo"] = runtime
    api.register(app)
    web.register(app)
    return app

"""Errors as the world sees them: one table from the error tree to HTTP, RFC 9457 problem JSON always."""

from typing import Any

import structlog
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from engine.findings import DefinitionRefused
from engine.spiff.errors import ExecutionError
from foundation import errors
from foundation.texts import LANGUAGES, Text, _

log = structlog.get_logger("tiendo.api")

#: error class → HTTP status; a subclass inherits its parent's unless it has a row of its own
STATUS: dict[type[errors.TiendoError], int] = {
    errors.TiendoError: 500,
    errors.Invalid: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.Busy: 503,
    ExecutionError: 422,
}


def status_of(error: errors.TiendoError) -> int:
    """Give the HTTP status of an error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def register(app: Flask) -> None:
    """Answer every error under `/api` with problem JSON."""
    app.register_error_handler(errors.TiendoError, _expected)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


#: addresses whose callers are programs; everything else is pages
MACHINES = ("/api/", "/hooks/", "/healthz", "/readyz", "/metrics")


def is_for_machines(path: str) -> bool:
    """Tell whether whoever asks for a path reads problem JSON."""
    return path.startswith(MACHINES)


def language() -> str:
    """Give the language the caller prefers; Vietnamese unless asked otherwise."""
    return request.accept_languages.best_match(LANGUAGES, default="vi") or "vi"


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """Give a problem document."""
    body = {
        "type": f"about:blank#{code}",
        "title": code,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    given = {key: value for key, value in body.items() if value is not None}
    response = Response(current_app.json.dumps(given))
    response.status_code = status
    response.content_type = "application/problem+json"
    if status == 503:  # noqa: PLR2004  the status for Busy
        response.headers["Retry-After"] = "1"
    if status == 401:  # noqa: PLR2004  RFC 9110 asks for the scheme
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _expected(error: errors.TiendoError) -> Any:
    if not is_for_machines(request.path):
        return current_app.extensions["tiendo.pages.error"](error, status_of(error))
    lang = language()
    more: dict[str, Any] = {key: _plain(value) for key, value in error.facts.items() if key not in RESERVED}
    if isinstance(error, errors.Invalid) and error.fields:
        more["errors"] = {name: text.render(lang) for name, text in error.fields.items()}
        more["field"] = next(iter(error.fields))
    if isinstance(error, DefinitionRefused):
        more["findings"] = [finding.as_json(lang) for finding in error.findings]
    if status_of(error) >= 500:  # noqa: PLR2004  server errors are logged, refusals are not
        log.error("request failed", code=error.code, path=request.path)
    return problem(status_of(error), error.code, error.text.render(lang), **more)


RESERVED = frozenset({"type", "title", "status", "code", "detail", "errors", "field", "findings"})


def _http(error: HTTPException) -> Any:
    if not is_for_machines(request.path):
        page = current_app.extensions.get("tiendo.pages.http_error")
        return error if page is None else page(error)
    data = getattr(error, "data", None) or {}
    fields = _flat(data.get("messages") or {}) if isinstance(data, dict) else {}
    text = TEXTS.get(error.code or 500, _("Không thực hiện được yêu cầu này."))
    more = {"errors": fields, "field": next(iter(fields))} if fields else {}
    return problem(error.code or 500, error.name.lower().replace(" ", "_"), text.render(language()), **more)


def _unexpected(error: Exception) -> Any:
    log.error("unexpected error", path=request.path, exc_info=error)
    if not is_for_machines(request.path):
        return current_app.extensions["tiendo.pages.error"](errors.TiendoError(), 500)
    text = _("Hệ thống gặp lỗi ngoài dự kiến; lỗi đã được ghi lại.")
    return problem(500, "internal", text.render(language()), error=type(error).__name__)


TEXTS: dict[int, Text] = {
    400: _("Yêu cầu không đúng dạng; hãy kiểm tra nội dung JSON gửi lên."),
    404: _("Không có đường dẫn này."),
    405: _("Đường dẫn này không nhận phương thức đó."),
    413: _("Nội dung gửi lên quá lớn."),
    415: _("Kiểu nội dung gửi lên không được hỗ trợ."),
    422: _("Dữ liệu gửi lên không hợp lệ."),
}


def _flat(messages: Any, prefix: str = "") -> dict[str, str]:
    """Give marshmallow's nested messages as field path → text."""
    if isinstance(messages, dict):
        found: dict[str, str] = {}
        for key, value in messages.items():
            where = str(key) if prefix in {"", "json", "query", "files", "form"} else f"{prefix}.{key}"
            found |= _flat(value, where)
        return found
    if isinstance(messages, list):
        return {prefix: "; ".join(str(message) for message in messages)}
    return {prefix: str(messages)}


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return value.render(language())
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return str(value)

"""Errors as people see them: a page that says what happened and what to do, a fragment for htmx."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from foundation import errors
from foundation.texts import Text, _
from web import context, gate

#: status → what the page is called
TITLES: dict[int, Text] = {
    400: _("Yêu cầu chưa đúng"),
    401: _("Cần đăng nhập"),
    403: _("Bạn không có quyền xem hoặc làm việc này"),
    404: _("Không tìm thấy"),
    405: _("Không thực hiện được theo cách này"),
    409: _("Chưa thực hiện được lúc này"),
    412: _("Nội dung đã được người khác thay đổi"),
    413: _("Nội dung quá lớn"),
    422: _("Nội dung chưa đúng"),
    500: _("Hệ thống gặp lỗi"),
    503: _("Hệ thống đang bận"),
}
#: status → what to do next
ADVICE: dict[int, Text] = {
    403: _("Nếu việc này thuộc nhiệm vụ của bạn, hãy liên hệ quản trị hệ thống của cơ quan."),
    404: _("Liên kết có thể đã cũ, hoặc nội dung không thuộc phạm vi bạn được xem."),
    409: _("Hãy tải lại trang để xem tình trạng mới nhất."),
    412: _("Hãy tải lại trang để xem nội dung mới rồi làm lại phần của bạn."),
    500: _("Lỗi đã được ghi lại. Nội dung bạn đã lưu không bị mất; hãy thử lại sau ít phút."),
    503: _("Hãy thử lại sau giây lát."),
}
_HTTP_TEXTS: dict[int, Text] = {
    404: _("Không có trang này."),
    405: _("Trang này không nhận yêu cầu như vậy."),
    413: _("Tệp hoặc nội dung gửi lên lớn hơn giới hạn 30 MB."),
}


def install(app: Flask) -> None:
    """Give the application the pages that `api.errors` shows for everything outside `/api`."""
    app.extensions["tiendo.pages.error"] = show
    app.extensions["tiendo.pages.http_error"] = show_http


def show(error: errors.TiendoError, status: int) -> Any:
    """Give the answer for an error of the house; who is not signed in goes to the sign-in page."""
    if isinstance(error, errors.Unauthenticated):
        return _to_sign_in()
    return _page(status, error.text, error)


def show_http(error: HTTPException) -> Any:
    """Give the answer for an error of the web server itself."""
    if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004  redirects
        return error
    return _page(error.code, _HTTP_TEXTS.get(error.code, TITLES.get(error.code, _("Không thực hiện được."))))


def messages(error: errors.Invalid) -> dict[str, str]:
    """Give the messages of an error by field, for the form that caused it."""
    found = {name: context.text(message) for name, message in error.fields.items()}
    return found or {"": context.text(error.text)}


def _page(status: int, message: Text, error: errors.TiendoError | None = None) -> Response:
    _recognise()
    lines = list(error.fields.values()) if isinstance(error, errors.Invalid) else []
    title, advice = TITLES.get(status, TITLES[500]), ADVICE.get(status)
    name = "errors/fragment.html" if request.headers.get("HX-Request") else "errors/page.html"
    words = render_template(name, status=status, title=title, message=message, lines=lines, advice=advice)
    response = make_response(words, status)
    if request.headers.get("HX-Request") and status < 500:  # noqa: PLR2004  the page stays, a message says why
        response.headers["HX-Reswap"] = "none"
        response.headers["HX-Trigger"] = _toast(lines[0] if lines else message)
    return response


def _toast(message: Text) -> str:
    import json

    # header values are ASCII: JSON escapes carry the Vietnamese
    return json.dumps({"toast": {"text": context.text(message), "tone": "late"}})


def _to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    target = f"{url_for('pages.sign_in.form')}?{urlencode({'next': wanted})}"
    if request.headers.get("HX-Request"):
        # a poll must not throw a person out of a half-filled form
        is_poll = request.method == "GET" and request.headers.get("HX-Request-Type") != "full"
        answer = make_response("", 204 if is_poll else 401)
        if not is_poll:
            answer.headers["HX-Redirect"] = target
        return answer
    return make_response(redirect(target))


def _recognise() -> None:
    """Know who is looking, so that the error page has its navigation; never fail a second time."""
    try:
        gate.known()
    except Exception:  # noqa: BLE001  the error page must come whatever is broken
        g.principal = g.session = None

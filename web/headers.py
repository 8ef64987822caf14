"""Security headers of every answer: nothing runs or frames a page but what the house itself serves."""

from flask import Flask, Response, current_app

#: no inline script or style, no foreign host; `data:` images are Bootstrap's own icons
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
#: one year, in seconds
_YEAR = 365 * 24 * 3600
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    # pages show personal work: nothing of them stays in the browser after signing out
    "Cache-Control": "no-store",
}


def install(app: Flask) -> None:
    """Add the headers to every answer that does not set its own."""
    app.after_request(_harden)


def _harden(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}; includeSubDomains")
    return response

"""ETags of what people edit: the version of a thing, and `If-Match` to guard a change against a newer one."""

from flask import request

from foundation.errors import Invalid, Stale
from foundation.texts import _


def headers(version: int) -> dict[str, str]:
    """Give the header that carries a version."""
    return {"ETag": f'"{version}"'}


def expected() -> int | None:
    """Give the version the caller has seen, None when it does not say or accepts any (`*`).

    Raises Stale for a value that is no version of ours: a guard that cannot hold must not be ignored.
    """
    given = request.headers.get("If-Match", "").strip()
    if given in {"", "*"}:
        return None
    text = given.removeprefix("W/").strip('"')
    if not text.isdigit():
        raise Stale(
            _('If-Match phải là ETag đã nhận, ví dụ "3"; nhận được {found}.', found=given[:80]),
            found=given[:80],
        )
    return int(text)


def required() -> int:
    """Give the version the caller has seen; raises Invalid when it does not say."""
    version = expected()
    if version is None:
        text = _("Cần tiêu đề If-Match với ETag của lần đọc gần nhất.")
        raise Invalid(text, fields={"If-Match": text})
    return version

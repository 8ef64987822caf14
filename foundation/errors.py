"""The one error tree of the house.

Every expected failure is a `TiendoError`; the docstring of a class is its default message, and facts
travel in attributes. Rooms raise these; only `api/errors.py` and `web/errors.py` know HTTP.

    TiendoError
    ├── Invalid            what was given does not fit (fields say where)
    ├── Unauthenticated    nobody is signed in, or the key is unknown
    ├── Forbidden          signed in, but not allowed
    ├── NotFound           no such thing, or not visible to the asker
    ├── Conflict           the thing is in a state that does not allow the command
    │   └── Stale          somebody changed the thing since it was read
    ├── TooLarge           more bytes, rows or steps than the limit allows
    └── Busy               the thing is locked now; the same call may succeed later
"""

from collections.abc import Mapping
from typing import Any

from foundation.texts import Text


class TiendoError(Exception):
    """Có lỗi khi thực hiện yêu cầu."""

    #: machine-readable name, stable over releases
    code = "error"

    def __init__(self, message: Text | None = None, **facts: Any) -> None:
        """Keep the message for people and the facts for machines (element, field, found, expected …)."""
        self.text = message if message is not None else Text(type(self).__doc__ or "")
        self.facts: Mapping[str, Any] = facts
        super().__init__(str(self.text))


class Invalid(TiendoError):
    """Dữ liệu gửi lên không hợp lệ."""

    code = "invalid"

    def __init__(
        self, message: Text | None = None, *, fields: Mapping[str, Text] | None = None, **facts: Any
    ):
        """Say per field what was expected and what was found."""
        super().__init__(message, **facts)
        self.fields = dict(fields or {})


class Unauthenticated(TiendoError):
    """Bạn cần đăng nhập để tiếp tục."""

    code = "unauthenticated"


class Forbidden(TiendoError):
    """Bạn không có quyền thực hiện việc này."""

    code = "forbidden"


class NotFound(TiendoError):
    """Không tìm thấy nội dung được yêu cầu."""

    code = "not_found"


class Conflict(TiendoError):
    """Trạng thái hiện tại không cho phép thực hiện việc này."""

    code = "conflict"


class Stale(Conflict):
    """Nội dung đã được người khác thay đổi sau khi bạn mở; hãy tải lại rồi thử lại."""

    code = "stale"


class TooLarge(TiendoError):
    """Nội dung vượt quá giới hạn cho phép."""

    code = "too_large"


class Busy(TiendoError):
    """Nội dung đang được xử lý; hãy thử lại sau giây lát."""

    code = "busy"

"""What can go wrong while a diagram runs; each becomes an incident at the element it names."""

from foundation.errors import Conflict, TiendoError
from foundation.texts import Text, _


class ExecutionError(TiendoError):
    """Quy trình không thể chạy tiếp."""

    code = "execution_failed"

    def __init__(self, message: Text, *, element: str, **facts: object) -> None:
        """Name the element at which the run stopped."""
        super().__init__(message, element=element, **facts)
        self.element = element


class TokenGone(Conflict):
    """Bước này không còn chờ xử lý nữa."""

    code = "not_waiting"


def no_way_out(element: str, name: str) -> ExecutionError:
    """No condition of a gateway holds and it has no default flow (BPMN 2.0 §13.4.2)."""
    return ExecutionError(
        _(
            "Cổng “{name}” không có nhánh nào thỏa điều kiện và không có nhánh mặc định.",
            name=name or element,
        ),
        element=element,
    )


def uncaught(element: str, code: str | None) -> ExecutionError:
    """An error end event that nobody catches is an incident, never a quiet end."""
    return ExecutionError(
        _("Lỗi nghiệp vụ “{code}” không được bắt ở đâu trong quy trình.", code=code or "?"),
        element=element,
        error_code=code,
    )


def wrong_type(element: str, what: Text, source: str, expected: Text, found: object) -> ExecutionError:
    """An expression gave a value of another kind than the element needs."""
    return ExecutionError(
        _(
            "{what} của bước “{element}” cần {expected}, nhưng biểu thức “{source}” cho giá trị {found}.",
            what=what,
            element=element,
            expected=expected,
            source=source,
            found=repr(found),
        ),
        element=element,
        source=source,
    )

"""What can be wrong with a decision model."""

from typing import Any

from foundation.errors import Invalid
from foundation.texts import Text


class DecisionError(Invalid):
    """Mô hình quyết định (DMN) không hợp lệ."""

    code = "dmn_invalid"

    def __init__(self, message: Text, *, element: str | None = None, **facts: Any) -> None:
        """Name the element of the model, by its id where it has one."""
        super().__init__(message, element=element, **facts)

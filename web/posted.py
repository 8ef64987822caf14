"""What a form posted, read field by field; every problem is said at once, and nothing typed is lost."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from foundation.clock import BUSINESS_ZONE, aware
from foundation.errors import Invalid, TiendoError
from foundation.texts import Text, _
from web import context, errors
from web.days import day_of


class Posted:
    """Reads the fields of a form and collects what is wrong; `check` raises it all at once."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        """Take the fields of the request unless others are given."""
        self._values: Mapping[str, str] = request.form if values is None else values
        self._problems: dict[str, Text] = {}

    def text(self, name: str, needed: Text | None = None, *, most: int = 10_000) -> str:
        """Give a field without surrounding blanks; `needed` is what to say when it is empty."""
        value = self._values.get(name, "").strip()
        if not value and needed is not None:
            self._problems[name] = needed
        if len(value) > most:
            self._problems[name] = _("Dài quá {most} ký tự; hãy rút gọn.", most=most)
        return value

    def choice(self, name: str, known: Mapping[str, Any] | set[str] | frozenset[str], needed: Text) -> str:
        """Give a field that must be one of the known values."""
        value = self.text(name)
        if value not in known:
            self._problems[name] = needed
        return value

    def day(self, name: str, needed: Text | None = None) -> date | None:
        """Give a day written yyyy-mm-dd (as browsers send it) or dd/mm/yyyy; None when it is empty."""
        raw = self.text(name, needed)
        try:
            return day_of(name, raw)
        except Invalid as error:
            self._problems |= error.fields
            return None

    def needed_day(self, name: str, needed: Text) -> date:
        """Give a day; what stands in for a missing one never gets past `check`."""
        return self.day(name, needed) or date.min

    def moment(self, name: str, needed: Text | None = None) -> datetime | None:
        """Give the beginning of a day in the business zone as a UTC moment."""
        found = self.day(name, needed)
        return None if found is None else aware(datetime.combine(found, time.min, BUSINESS_ZONE))

    def time(self, name: str) -> datetime | None:
        """Give a day and time of the business zone (yyyy-mm-ddThh:mm) as a UTC moment; None when empty."""
        raw = self.text(name)
        if not raw:
            return None
        try:
            return aware(datetime.fromisoformat(raw).replace(tzinfo=BUSINESS_ZONE))
        except ValueError:
            self._problems[name] = _(
                "Cần ngày và giờ, ví dụ 01/03/2026 08:00; nhận được “{found}”.", found=raw[:40]
            )
            return None

    def number(self, name: str) -> int:
        """Give a whole number; 0 when it is empty."""
        raw = self.text(name).replace(".", "")
        if raw and not raw.isdecimal():
            self._problems[name] = _("Cần một số nguyên, nhận được “{found}”.", found=raw[:20])
            return 0
        return int(raw[:9] or 0)

    def flag(self, name: str) -> bool:
        """Tell whether a box is ticked."""
        return bool(self._values.get(name))

    def check(self) -> None:
        """Raise Invalid with every problem found so far."""
        if self._problems:
            raise Invalid(_("Còn {count} chỗ cần sửa.", count=len(self._problems)), fields=self._problems)


def problems(error: TiendoError) -> dict[str, str]:
    """Give the messages of a refusal by field; what belongs to no field stands under the empty name."""
    if isinstance(error, Invalid):
        return errors.messages(error)
    field = error.facts.get("field")
    return {field if isinstance(field, str) else "": context.text(error.text)}


def then(endpoint: str, said: Text | None = None, *, tone: str = "done", **values: Any) -> Response:
    """Go to a page after something was done, and say there what it was."""
    if said is not None:
        context.flash(said, tone)
    return redirect(url_for(endpoint, **values), code=303)

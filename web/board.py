"""The board: which units are late, and with what; two clicks from the whole province to one assignment."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from directives import access, board, organisations
from directives.board import Filter, Listed
from directives.figures import Figures
from foundation.texts import Text, _
from foundation.vietnamese import sort_key
from foundation.working_time import local_date
from web.days import day_of
from web.gate import principal, rule, runtime

blueprint = Blueprint("board", __name__, url_prefix="/board")

#: rows of one page of a drill-down
PAGE = 50
#: the columns of the board: figure → heading, status of its colour and icon
COLUMNS: dict[str, tuple[Text, str]] = {
    "done_on_time": (_("Hoàn thành đúng hạn"), "done_on_time"),
    "done_late": (_("Hoàn thành quá hạn"), "done_late"),
    "in_term": (_("Đang thực hiện trong hạn"), "in_term"),
    "overdue": (_("Đang thực hiện quá hạn"), "overdue"),
    "no_due": (_("Không thời hạn"), "no_due"),
}
#: more figures that open to their assignments
ALSO: dict[str, Text] = {
    "total": _("Tổng số"),
    "due_soon": _("Sắp đến hạn"),
    "extended": _("Được gia hạn"),
    "returned": _("Đã trả lại"),
    "suspended": _("Tạm dừng"),
}
#: colour of a label → kind of `status` in the components
STATUS = {
    "status-no-due": "no_due",
    "status-in-term": "in_term",
    "status-due-soon": "due_soon",
    "status-overdue": "overdue",
    "status-on-time": "done_on_time",
    "status-done-late": "done_late",
    "status-returned": "returned",
    "status-suspended": "suspended",
    "status-cancelled": "cancelled",
}


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which assignments are counted: by the day they were given or by their due day."""

    #: `assigned` or `due`
    by: str
    first: date | None
    last: date | None
    directive_id: str

    def chosen(self, leads: frozenset[str] | None) -> Filter:
        """Give the filter for leads; None means everybody."""
        is_due = self.by == "due"
        return Filter(
            assigned_from=None if is_due else self.first,
            assigned_to=None if is_due else self.last,
            due_from=self.first if is_due else None,
            due_to=self.last if is_due else None,
            directive_id=self.directive_id or None,
            lead_ids=tuple(sorted(leads)) if leads is not None else (),
        )

    def query(self) -> dict[str, str]:
        """Give the span as parameters of an address."""
        found = {
            "by": self.by,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
            "directive": self.directive_id,
        }
        return {name: value for name, value in found.items() if value}


@blueprint.get("")
@rule("assignments.read")
def index() -> str:
    """Show the four numbers of every unit, the late ones first."""
    span, today = _span(), _today()
    sort = request.args.get("sort", "overdue")
    with runtime().database.reading() as session:
        rows = _rows(session, span, today)
        titles = organisations.names_on(session, [row.lead_id for row in rows], today)
    rows.sort(key=lambda row: _order(row, sort, titles))
    return render_template(
        "board/index.html",
        here="board",
        rows=rows,
        titles=titles,
        total=board.totals(rows),
        columns=COLUMNS,
        span=span,
        presets=_presets(today),
        sort=sort,
        today=today,
    )


@blueprint.get("/list")
@rule("assignments.read")
def listing() -> str:
    """List the assignments behind a number, the earliest due first."""
    span, today = _span(), _today()
    figure, lead = request.args.get("figure", "total"), request.args.get("lead", "")
    after = _after(request.args.get("after", ""))
    with runtime().database.reading() as session:
        leads = _visible_leads(lead)
        found = (
            []
            if leads is not None and not leads
            else board.listed(session, today, figure, span.chosen(leads), after=after, limit=PAGE + 1)
        )
        rows = found[:PAGE]
        titles = organisations.names_on(session, [*(row.lead_id for row in rows), lead], today)
    return render_template(
        "board/listing.html",
        here="board",
        rows=rows,
        titles=titles,
        lead=lead,
        figure=figure,
        heading=COLUMNS[figure][0] if figure in COLUMNS else ALSO.get(figure, Text(figure)),
        span=span,
        status=STATUS,
        next_after=_mark(rows[-1]) if len(found) > PAGE else None,
        left=_days_left(today),
        today=today,
    )


def share(figures: Figures) -> list[tuple[str, float, float]]:
    """Give the parts of the bar of a row: class, where it begins and how wide it is, in percent."""
    parts = [(name, getattr(figures, name)) for name in COLUMNS]
    total = sum(count for _name, count in parts) or 1
    begin, found = 0.0, []
    for name, count in parts:
        width = 100 * count / total
        if count:
            found.append((name, round(begin, 3), round(width, 3)))
        begin += width
    return found


blueprint.add_app_template_global(share, "share")


def _rows(session: Session, span: Span, today: date) -> list[board.Row]:
    leads = _visible_leads("")
    if leads is not None and not leads:
        return []
    return board.by_lead(session, today, span.chosen(leads))


def _visible_leads(lead: str) -> frozenset[str] | None:
    """Give the leads somebody may see, narrowed to one if given; None means all."""
    if lead:
        access.require_visible(principal(), "assignments.read", lead)
        return frozenset({lead})
    return access.visible_organisation_ids(principal(), "assignments.read")


def _order(row: board.Row, sort: str, titles: dict[str, str]) -> tuple[Any, ...]:
    name = sort_key(titles.get(row.lead_id, ""))
    if sort == "name":
        return (name,)
    rate = row.figures.completion_rate
    worst = {"total": -row.figures.total, "rate": 2.0 if rate is None else rate}.get(sort)
    return (-row.figures.overdue if worst is None else worst, name)


def _span() -> Span:
    args = request.args
    return Span(
        by="due" if args.get("by") == "due" else "assigned",
        first=day_of("from", args.get("from", "")),
        last=day_of("to", args.get("to", "")),
        directive_id=args.get("directive", ""),
    )


def _presets(today: date) -> list[tuple[Text, date | None, date | None]]:
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    after = date(quarter.year + quarter.month // 12, (quarter.month + 2) % 12 + 1, 1)
    month = today.replace(day=1)
    return [
        (_("Tất cả"), None, None),
        (_("Năm {year}", year=today.year), date(today.year, 1, 1), date(today.year, 12, 31)),
        (_("Quý này"), quarter, after - timedelta(days=1)),
        (_("Tháng này"), month, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)),
    ]


def _today() -> date:
    return local_date(runtime().clock.now())


def _days_left(today: date) -> Any:
    """Give the function that says how many days are left, negative when late; finished ones say nothing."""

    def left(row: Listed) -> int | None:
        if row.effective_due is None or row.result_on is not None:
            return None
        return (row.effective_due - today).days if row.effective_due < today else None

    return left


def _mark(row: Listed) -> str:
    return f"{(row.effective_due or date.max).isoformat()}_{row.id}"


def _after(mark: str) -> tuple[date, str] | None:
    day, _line, identity = mark.partition("_")
    found = day_of("after", day) if identity else None
    return None if found is None else (found, identity)

"""The board: which units are late, and with what (R-K2, R-K4). Reads only.

One grouped query over an index that holds every column it needs, so that it stays quick with a hundred
thousand assignments; a click on a number lists the assignments behind it by the same conditions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from directives import deadlines, figures, policies
from directives.assignment_tables import Assignment
from directives.figures import Figures
from directives.states import Label, State, label
from foundation import calendars
from foundation.errors import Invalid
from foundation.texts import _

#: rows of one page of a drill-down
PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which assignments to count; officials ask by the day of assignment and by the due day."""

    assigned_from: date | None = None
    assigned_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    directive_id: str | None = None
    #: all cycles of a tree
    root_id: str | None = None
    #: tasks given by this organisation
    assigner_id: str | None = None
    #: only these leads; empty for all
    lead_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the board."""

    lead_id: str
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One assignment of a drill-down."""

    id: str
    directive_id: str
    lead_id: str
    section: str
    content: str
    label: Label
    state: State
    original_due: date | None
    current_due: date | None
    effective_due: date | None
    #: days after the last day on time, 0 when not late
    days_late: int
    result_on: date | None
    progress: int
    extension_count: int
    return_count: int
    redo_count: int
    urge_count: int
    is_extension_pending: bool


def by_lead(session: Session, today: date, chosen: Filter | None = None) -> list[Row]:
    """Give the figures of every lead, in no order: names and their sorting belong to the page."""
    query = select(Assignment.lead_id, *figures.sums(today, _soon(session, today)))
    query = query.where(*_conditions(chosen or Filter())).group_by(Assignment.lead_id)
    return [_row(values) for values in session.execute(query).mappings()]


def by_directive(session: Session, today: date, chosen: Filter | None = None) -> dict[str, Figures]:
    """Give the figures of every directive."""
    query = select(Assignment.directive_id, *figures.sums(today, _soon(session, today)))
    query = query.where(*_conditions(chosen or Filter())).group_by(Assignment.directive_id)
    return {values["directive_id"]: _figures(values) for values in session.execute(query).mappings()}


def totals(rows: Sequence[Row]) -> Figures:
    """Add the lines of a board up."""
    return reduce(add, (row.figures for row in rows), Figures())


def listed(
    session: Session,
    today: date,
    figure: str,
    chosen: Filter | None = None,
    *,
    after: tuple[date, str] | None = None,
    limit: int = PAGE,
) -> list[Listed]:
    """Give the assignments behind a number of `Figures` (or `total`), the earliest due first.

    `after` is the `(sort day, id)` of the last one seen: its effective due day, or 31/12/9999 without one.
    """
    soon = _soon(session, today)
    known = figures.conditions(today, soon)
    if figure != "total" and figure not in known:
        raise Invalid(
            _("Không có chỉ tiêu “{found}”; cần một trong: {known}.", found=figure, known=", ".join(known)),
            found=figure,
        )
    table = Assignment
    query = select(table).where(*_conditions(chosen or Filter()))
    if figure == "total":
        query = query.where(table.state.not_in([State.CANCELLED.value, State.SUSPENDED.value]))
    else:
        query = query.where(known[figure])
    if after is not None:
        query = query.where(_after(after))
    query = query.order_by(table.effective_due.is_(None), table.effective_due, table.id).limit(limit)
    return [_listed(row, today, soon) for row in session.scalars(query)]


def _after(seen: tuple[date, str]) -> ColumnElement[bool]:
    day, last_id = seen
    table = Assignment
    if day == date.max:
        return table.effective_due.is_(None) & (table.id > last_id)
    return table.effective_due.is_(None) | (tuple_(table.effective_due, table.id) > (day, last_id))


def _conditions(chosen: Filter) -> list[ColumnElement[bool]]:
    table = Assignment
    wanted = [table.state != State.CANCELLED.value]
    if chosen.assigned_from is not None:
        wanted.append(table.assigned_on >= chosen.assigned_from)
    if chosen.assigned_to is not None:
        wanted.append(table.assigned_on <= chosen.assigned_to)
    if chosen.due_from is not None:
        wanted.append(table.current_due >= chosen.due_from)
    if chosen.due_to is not None:
        wanted.append(table.current_due <= chosen.due_to)
    if chosen.directive_id is not None:
        wanted.append(table.directive_id == chosen.directive_id)
    if chosen.root_id is not None:
        wanted.append(table.root_id == chosen.root_id)
    if chosen.assigner_id is not None:
        wanted.append(table.organisation_id == chosen.assigner_id)
    if chosen.lead_ids:
        wanted.append(table.lead_id.in_(chosen.lead_ids))
    return wanted


def _soon(session: Session, today: date) -> date:
    return deadlines.due_soon_horizon(today, calendars.load(session), policies.current(session, today))


def _row(values: Any) -> Row:
    return Row(lead_id=values["lead_id"], figures=_figures(values))


def _figures(values: Any) -> Figures:
    return Figures(**{name: int(values[name]) for name in Figures.__dataclass_fields__})


def _listed(row: Assignment, today: date, soon: date) -> Listed:
    state = State(row.state)
    timeliness = deadlines.timeliness(state, row.effective_due, today, row.result_on, soon)
    late = 0
    if row.effective_due is not None:
        late = max(0, ((row.result_on or today) - row.effective_due).days)
    return Listed(
        id=row.id,
        directive_id=row.directive_id,
        lead_id=row.lead_id,
        section=row.section,
        content=row.content,
        label=label(state, timeliness),
        state=state,
        original_due=row.original_due,
        current_due=row.current_due,
        effective_due=row.effective_due,
        days_late=late,
        result_on=row.result_on,
        progress=row.progress,
        extension_count=row.extension_count,
        return_count=row.return_count,
        redo_count=row.redo_count,
        urge_count=row.urge_count,
        is_extension_pending=row.is_extension_pending,
    )

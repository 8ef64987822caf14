"""What the assignments already tell a report: figures with the assignments behind each, and prose (R-R7)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import figures
from directives.assignment_tables import Assignment, Result
from directives.difficulties import Difficulty
from directives.figures import Figures
from directives.report_tables import ReportRound
from directives.states import State
from foundation.texts import Text, _
from foundation.vietnamese import format_date

#: headings of the prose in the order of a report (§7)
SECTIONS: dict[str, Text] = {
    "direction": _("I. Công tác chỉ đạo, triển khai"),
    "results": _("II. Kết quả thực hiện"),
    "shortcomings": _("III. Tồn tại, hạn chế, nguyên nhân"),
    "next": _("IV. Phương hướng, nhiệm vụ thời gian tới"),
    "proposals": _("V. Kiến nghị, đề xuất"),
}

#: figures of a report with their names
FIGURES: dict[str, Text] = {
    "total": _("Tổng số nhiệm vụ"),
    "done_on_time": _("Hoàn thành đúng hạn"),
    "done_late": _("Hoàn thành quá hạn"),
    "in_term": _("Đang thực hiện trong hạn"),
    "overdue": _("Đang thực hiện quá hạn"),
    "no_due": _("Không thời hạn"),
    "no_due_done": _("Không thời hạn, đã hoàn thành"),
    "suspended": _("Tạm dừng"),
    "extended": _("Được gia hạn"),
    "returned": _("Đã trả lại"),
    "redone": _("Phải thực hiện lại"),
    "urged": _("Đã bị đôn đốc"),
}


@dataclass(frozen=True, kw_only=True)
class Prefill:
    """A report as far as the assignments tell it."""

    figures: dict[str, int]
    #: figure → ids of the assignments counted in it
    lineage: dict[str, list[str]]
    #: section → proposed prose
    sections: dict[str, str]


def prefill(session: Session, asked: ReportRound, unit_id: str) -> Prefill:
    """Fill a unit's report as of the round's data day, by three queries."""
    query = select(Assignment).where(
        Assignment.directive_id == asked.directive_id,
        Assignment.lead_id == unit_id,
        Assignment.assigned_on <= asked.data_as_of,
    )
    rows = list(session.scalars(query.order_by(Assignment.ordinal, Assignment.id)))
    lineage = _lineage(rows, asked.data_as_of)
    return Prefill(
        figures={name: len(lineage[name]) for name in FIGURES},
        lineage={name: lineage[name] for name in FIGURES if lineage[name]},
        sections=_sections(session, rows, asked.data_as_of),
    )


def _lineage(rows: Iterable[Assignment], as_of: date) -> dict[str, list[str]]:
    lineage: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        counted = figures.count(
            State(row.state),
            row.effective_due,
            row.result_on,
            as_of,
            soon=as_of,
            is_extended=row.extension_count > 0,
            is_returned=row.return_count > 0,
        )
        if counted == Figures():
            continue
        names = [name for name, number in counted.to_json().items() if number and name in FIGURES]
        names += [name for name, number in (("redone", row.redo_count), ("urged", row.urge_count)) if number]
        for name in names:
            lineage[name].append(row.id)
    return lineage


def _sections(session: Session, rows: list[Assignment], as_of: date) -> dict[str, str]:
    ids = [row.id for row in rows]
    results = _latest_results(session, ids)
    done, ahead = [], []
    for row in rows:
        if row.state == State.CANCELLED:
            continue
        place = f"{row.section}. " if row.section else ""
        result = results.get(row.id)
        if figures.is_done_by(State(row.state), row.result_on, as_of) and result is not None:
            words = result.statement or str(_("Đã hoàn thành"))
            number = f" ({result.document_number})" if result.document_number else ""
            done.append(f"- {place}{row.content}: {words}{number}, {format_date(result.result_on)}.")
        else:
            due = _("thời hạn {due}", due=format_date(row.current_due)) if row.current_due else None
            tail = f" ({due})" if due else ""
            ahead.append(f"- {place}{row.content}{tail}.")
    troubles = list(
        session.scalars(
            select(Difficulty).where(Difficulty.assignment_id.in_(ids)).order_by(Difficulty.raised_at)
        )
    )
    return {
        "direction": "",
        "results": "\n".join(done),
        "shortcomings": "\n".join(f"- {item.text}" for item in troubles),
        "next": "\n".join(ahead),
        "proposals": "\n".join(f"- {item.proposal}" for item in troubles if item.proposal),
    }


def _latest_results(session: Session, ids: list[str]) -> dict[str, Result]:
    query = select(Result).where(Result.assignment_id.in_(ids), Result.verdict.in_(["waiting", "confirmed"]))
    return {row.assignment_id: row for row in session.scalars(query.order_by(Result.attempt))}

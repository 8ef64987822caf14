"""Reports: periods, dates per level, figures with their lineage, versions, the answer (R-R1 to R-R8)."""

from datetime import date
from functools import cache

import pytest

from directives import assignments, consolidation, openings, report_dates, reports, results
from directives.assignment_tables import Assignment
from directives.openings import NewAssignment
from directives.report_dates import Period
from directives.report_tables import ConsolidatedReport, ReportRound, UnitReport
from directives.reports import RoundDraft
from directives.results import ResultDraft
from directives.signing import Signer
from foundation.calendar_entries import SHIPPED_YEARS, packaged_days
from foundation.errors import Conflict, Invalid, NotFound, Stale
from foundation.working_time import WorkingCalendar
from tests.directives.cycle.world import World, day

HEAD = Signer(name="Nguyễn Văn A", own_title="Giám đốc")


@cache
def vietnam() -> WorkingCalendar:
    days = {day.date: day for day in packaged_days(tuple(SHIPPED_YEARS))}
    return WorkingCalendar(version="shipped", days=days)


@pytest.mark.parametrize(
    ("period", "number", "first", "last", "name"),
    [
        (Period.MONTH, 1, "15/12/2023", "14/01/2024", "tháng 1/2024"),
        (Period.MONTH, 9, "15/08/2024", "14/09/2024", "tháng 9/2024"),
        (Period.QUARTER, 1, "15/12/2023", "14/03/2024", "quý I/2024"),
        (Period.QUARTER, 4, "15/09/2024", "14/12/2024", "quý IV/2024"),
        (Period.FIRST_HALF, 1, "15/12/2023", "14/06/2024", "6 tháng đầu năm 2024"),
        (Period.SECOND_HALF, 1, "15/06/2024", "14/12/2024", "6 tháng cuối năm 2024"),
        (Period.YEAR, 1, "15/12/2023", "14/12/2024", "năm 2024"),
    ],
)
def test_the_data_of_a_period_run_from_the_fifteenth_to_the_fourteenth(
    period: Period, number: int, first: str, last: str, name: str
) -> None:
    span = report_dates.data_span(period, 2024, number)
    assert (span.first, span.last, str(span.name)) == (day(first), day(last), name)


def test_there_is_no_thirteenth_month() -> None:
    with pytest.raises(Invalid):
        report_dates.data_span(Period.MONTH, 2024, 13)


def test_the_dates_of_the_levels_walk_back_in_working_days_over_tet() -> None:
    proposed = report_dates.propose_dates(day("16/02/2024"), 2, vietnam(), gap_days=2)
    assert proposed == [day("16/02/2024"), day("07/02/2024"), day("05/02/2024")]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [("25/12/2024", "25/12/2024"), ("22/12/2024", "20/12/2024"), ("01/05/2024", "27/04/2024")],
)
def test_two_levels_without_a_working_day_between_them_are_refused(upper: str, lower: str) -> None:
    with pytest.raises(Invalid, match="ít nhất 1 ngày làm việc") as refusal:
        report_dates.check_dates([day(upper), day(lower)], date(2024, 1, 1), vietnam())
    assert refusal.value.facts["rule"] == "R-R4"


def test_one_working_day_between_two_levels_is_enough_over_a_long_holiday() -> None:
    report_dates.check_dates([day("02/05/2024"), day("27/04/2024")], date(2024, 1, 1), vietnam())


def test_a_report_cannot_be_due_on_the_day_its_data_end() -> None:
    with pytest.raises(Invalid):
        report_dates.check_dates([day("18/12/2024"), day("14/12/2024")], day("14/12/2024"), vietnam())


def test_a_plans_own_early_date_makes_the_rest_an_estimate() -> None:
    as_of = report_dates.latest_data_day(day("15/11/2024"), day("14/12/2024"), vietnam())
    assert as_of == day("14/11/2024")


def two_tasks(world: World) -> tuple[Assignment, Assignment]:
    """One task for each division, the first done on time on 28 March."""
    due = world.item(due="29/03/2024").deadline
    directive = world.directive()
    one, two = (
        openings.assign(
            world.work,
            directive.id,
            NewAssignment(lead_id=lead, content=content, deadline=due, section=place),
        )
        for lead, content, place in (
            (world.division, "Dự thảo chính sách", "II.2"),
            (world.other_division, "Hỗ trợ đổi mới công nghệ", "II.3"),
        )
    )
    world.on("28/03/2024")
    assignments.accept(world.work, one.id)
    results.submit(
        world.work, one.id, ResultDraft(statement="Đã trình dự thảo", document_number="12/TTr-SKHCN")
    )
    results.confirm(world.work, one.id)
    return one, two


def asked(world: World, directive_id: str) -> ReportRound:
    return reports.open_round(
        world.work,
        directive_id,
        RoundDraft(
            title="Báo cáo năm 2024",
            due_up=day("20/11/2024"),
            data_from=day("15/12/2023"),
            data_to=day("14/12/2024"),
            dates=[day("20/11/2024"), day("15/11/2024")],
            superior_id=world.committee,
        ),
    )


def by_unit(world: World, found: ReportRound) -> dict[str, UnitReport]:
    return {report.unit_id: report for report in reports.unit_reports(world.session, found.id)}


def test_every_lead_is_asked_with_its_own_due_day(world: World) -> None:
    one, _two = two_tasks(world)
    found = asked(world, one.directive_id)
    assert {(r.unit_id, r.due, r.status) for r in reports.unit_reports(world.session, found.id)} == {
        (world.division, day("15/11/2024"), "requested"),
        (world.other_division, day("15/11/2024"), "requested"),
    }
    assert found.data_as_of == day("14/11/2024")
    assert world.events()[-2:] == ["report.requested", "report.requested"]


def test_proposed_dates_are_used_when_none_are_given(world: World) -> None:
    one, _two = two_tasks(world)
    draft = RoundDraft(
        title="Báo cáo quý",
        due_up=day("25/03/2024"),
        data_from=day("15/12/2023"),
        data_to=day("14/03/2024"),
        units={world.division: 1, world.other_division: 2},
    )
    found = reports.open_round(world.work, one.directive_id, draft)
    dues = {unit: report.due for unit, report in by_unit(world, found).items()}
    assert dues == {world.division: day("21/03/2024"), world.other_division: day("19/03/2024")}


def test_a_report_is_filled_from_the_assignments_and_each_figure_names_them(world: World) -> None:
    one, _two = two_tasks(world)
    found = asked(world, one.directive_id)
    filled = reports.prefill(world.session, found.id, world.division)
    assert (filled.figures["total"], filled.figures["done_on_time"], filled.figures["overdue"]) == (1, 1, 0)
    assert filled.lineage == {"total": [one.id], "done_on_time": [one.id]}
    assert filled.sections["results"] == (
        "- II.2. Dự thảo chính sách: Đã trình dự thảo (12/TTr-SKHCN), 28/03/2024."
    )


def test_a_result_after_the_data_day_is_not_yet_in_the_figures(world: World) -> None:
    one, _two = two_tasks(world)
    draft = RoundDraft(
        title="Báo cáo quý I",
        due_up=day("25/03/2024"),
        data_from=day("15/12/2023"),
        data_to=day("14/03/2024"),
    )
    found = reports.open_round(world.work, one.directive_id, draft)
    figures = reports.prefill(world.session, found.id, world.division).figures
    assert (figures["done_on_time"], figures["in_term"]) == (0, 1)


def test_a_figure_changed_by_hand_needs_its_reason_and_prose_does_not(world: World) -> None:
    one, _two = two_tasks(world)
    report = by_unit(world, asked(world, one.directive_id))[world.division]
    reports.begin(world.work, report.id)
    with pytest.raises(Invalid) as refusal:
        reports.save_draft(world.work, report.id, edits=report.edits, figures={"done_on_time": 2})
    assert "done_on_time" in refusal.value.fields
    reports.save_draft(
        world.work,
        report.id,
        edits=report.edits,
        figures={"done_on_time": 2},
        overrides={"done_on_time": "Một việc giao miệng"},
        sections={"proposals": "Bổ sung kinh phí"},
    )
    reports.begin(world.work, report.id)
    assert report.figures["done_on_time"] == 2
    assert report.sections["proposals"] == "Bổ sung kinh phí"


def test_two_people_writing_one_report_do_not_overwrite_each_other(world: World) -> None:
    one, _two = two_tasks(world)
    report = by_unit(world, asked(world, one.directive_id))[world.division]
    edits = report.edits
    reports.save_draft(world.work, report.id, edits=edits, sections={"next": "A"})
    with pytest.raises(Stale):
        reports.save_draft(world.work, report.id, edits=edits, sections={"next": "B"})


@pytest.mark.parametrize(("sent_on", "is_late"), [("15/11/2024", False), ("18/11/2024", True)])
def test_a_report_sent_on_the_due_day_is_on_time(world: World, sent_on: str, *, is_late: bool) -> None:
    one, _two = two_tasks(world)
    report = by_unit(world, asked(world, one.directive_id))[world.division]
    world.on(sent_on, hour=23)
    assert reports.submit(world.work, report.id).is_late is is_late


def test_a_corrected_report_stands_beside_the_first_with_its_reason(world: World) -> None:
    one, _two = two_tasks(world)
    report = by_unit(world, asked(world, one.directive_id))[world.division]
    reports.submit(world.work, report.id)
    with pytest.raises(Invalid):
        reports.submit(world.work, report.id)
    reports.submit(world.work, report.id, reason="Sai số liệu")
    kept = reports.versions(world.session, report.id)
    assert [(v.version, v.reason) for v in kept] == [(1, ""), (2, "Sai số liệu")]


def test_a_returned_report_is_missing_until_it_comes_again(world: World) -> None:
    one, _two = two_tasks(world)
    found = asked(world, one.directive_id)
    report = by_unit(world, found)[world.division]
    reports.submit(world.work, report.id)
    reports.return_(world.work, report.id, "Thiếu nguyên nhân")
    assert len(reports.missing(world.session, found.id)) == 2
    reports.submit(world.work, report.id)
    assert [r.unit_id for r in reports.missing(world.session, found.id)] == [world.other_division]


def test_reports_not_sent_after_their_day_are_overdue_and_reminded(world: World) -> None:
    one, _two = two_tasks(world)
    found = asked(world, one.directive_id)
    report = by_unit(world, found)[world.division]
    assert reports.overdue(world.session, day("15/11/2024")) == []
    assert len(reports.overdue(world.session, day("16/11/2024"))) == 2
    assert reports.remind(world.work, report.id, "overdue")
    assert world.events()[-1] == "report.overdue"


def consolidated(world: World) -> tuple[ReportRound, ConsolidatedReport, Assignment]:
    """One unit reports late, the other not at all; then the consolidator goes on."""
    one, _two = two_tasks(world)
    found = asked(world, one.directive_id)
    world.on("18/11/2024")
    reports.submit(world.work, by_unit(world, found)[world.division].id)
    return found, consolidation.consolidate(world.work, found.id), one


def test_the_consolidated_report_lists_who_is_missing_and_who_was_late(world: World) -> None:
    _found, up, _one = consolidated(world)
    assert (up.missing_units, up.late_units) == ([world.other_division], [world.division])
    assert (up.totals["total"], up.totals["done_on_time"]) == (1, 1)
    assert world.events()[-1] == "report.consolidated"


def test_a_total_opens_to_the_reports_and_assignments_behind_it(world: World) -> None:
    _found, up, one = consolidated(world)
    (source,) = consolidation.sources(world.session, up.id, "done_on_time")
    assert (source.unit_id, source.value, source.assignment_ids) == (world.division, 1, (one.id,))
    assert consolidation.sources(world.session, up.id, "overdue") == []


def test_every_total_is_the_sum_of_its_sources(world: World) -> None:
    found, up, _one = consolidated(world)
    reports.submit(world.work, by_unit(world, found)[world.other_division].id)
    again = consolidation.consolidate(world.work, found.id)
    assert (up.status, again.version, again.missing_units) == ("superseded", 2, [])
    for figure, value in again.totals.items():
        parts = consolidation.sources(world.session, again.id, figure)
        assert sum(part.value for part in parts) == value
        assert all(len(part.assignment_ids) == part.value for part in parts)


def test_the_way_up_signed_sent_more_asked_sent_again_accepted(world: World) -> None:
    found, up, _one = consolidated(world)
    with pytest.raises(Conflict, match="đã ký"):
        consolidation.send(world.work, up.id)
    consolidation.sign(world.work, up.id, HEAD)
    consolidation.send(world.work, up.id)
    with pytest.raises(Conflict, match="khi cấp trên yêu cầu"):
        consolidation.consolidate(world.work, found.id, reason="Sửa")
    consolidation.answer(world.work, up.id, is_accepted=False, text="Bổ sung số liệu của đơn vị còn thiếu")
    with pytest.raises(Invalid):
        consolidation.consolidate(world.work, found.id)
    again = consolidation.consolidate(world.work, found.id, reason="Bổ sung theo yêu cầu")
    consolidation.sign(world.work, again.id, HEAD)
    consolidation.send(world.work, again.id)
    consolidation.answer(world.work, again.id, is_accepted=True)
    assert reports.get_round(world.session, found.id).status == "accepted"
    assert [v.status for v in consolidation.versions(world.session, found.id)] == ["superseded", "accepted"]


def test_nothing_more_is_taken_in_once_the_report_went_up(world: World) -> None:
    found, up, _one = consolidated(world)
    consolidation.sign(world.work, up.id, HEAD)
    with pytest.raises(Conflict, match="không nhận thêm"):
        reports.submit(world.work, by_unit(world, found)[world.other_division].id)


def test_the_report_of_a_child_cycle_becomes_the_result_of_the_task_above(world: World) -> None:
    _found, up, _one = consolidated(world)
    consolidation.sign(world.work, up.id, HEAD)
    letter = world.incoming("77/BC-SKHCN")
    consolidation.send(world.work, up.id, document_id=letter.id)
    result = consolidation.as_result(world.session, up.id)
    assert (result.document_id, result.result_on) == (letter.id, day("18/11/2024"))
    assert result.statement == "Báo cáo kết quả thực hiện: Báo cáo năm 2024"


def test_prose_of_the_units_is_joined_and_what_the_consolidator_wrote_stays(world: World) -> None:
    found, up, _one = consolidated(world)
    assert "Dự thảo chính sách" in up.sections["results"]
    consolidation.save(world.work, up.id, edits=0, sections={"shortcomings": "Còn chậm"})
    with pytest.raises(Stale):
        consolidation.save(world.work, up.id, edits=0, sections={"shortcomings": "Khác"})
    assert consolidation.consolidate(world.work, found.id).sections["shortcomings"] == "Còn chậm"


def test_a_unit_that_was_not_asked_has_no_report(world: World) -> None:
    one, _two = two_tasks(world)
    with pytest.raises(NotFound):
        reports.of_unit(world.session, asked(world, one.directive_id).id, world.committee)

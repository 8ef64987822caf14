"""Reports: dates of a round, returns, more asked for by the superior, who may answer."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from directives.assignment_tables import Assignment
from directives.document_tables import Document
from directives.report_tables import ConsolidatedReport, ReportRound
from foundation.errors import Conflict, Forbidden
from processes import answering, reporting
from tests.processes import dong_nai
from tests.processes.stage import Stage
from tests.processes.test_receiving import instruct, receive


@pytest.fixture
def asked(stage: Stage) -> ReportRound:
    """A round of the Sở on one task of Phòng Quản lý Khoa học for UBND, its unit just asked."""
    directive = receive(stage, issuer="Ủy ban nhân dân tỉnh Đồng Nai", number="9/UBND-KGVX").directive_id
    instruct(stage, directive, "do_now", drafting_unit=stage.id("qlkh"), internal_due="2024-03-29")
    task = stage.assignments_of(directive)[0].id
    dong_nai.accept(stage, "qlkh.truong", task, "qlkh.cv")
    dong_nai.finish(stage, task, "qlkh.cv", "qlkh.truong", "skhcn.cvp")
    found = dong_nai.round_of(stage, directive)
    stage.to("22/03/2024 08:00")
    return found


def sent(stage: Stage, asked: ReportRound) -> ConsolidatedReport:
    dong_nai.send_unit_report(
        stage, dong_nai.report_of(stage, asked, "qlkh"), "qlkh.cv", "qlkh.truong", "skhcn.cvp"
    )
    dong_nai.send_upward(stage, asked, "skhcn.cvp", "skhcn.pgd", "skhcn.vanthu")
    query = select(ConsolidatedReport).where(ConsolidatedReport.round_id == asked.id)
    latest: ConsolidatedReport = stage.rows(query.order_by(ConsolidatedReport.version.desc()))[0]
    return latest


def test_without_a_stated_day_the_report_follows_the_last_task(stage: Stage, asked: ReportRound) -> None:
    """Due 29/03, five working days later is 05/04; the unit sends two working days before."""
    assert asked.due_up == date(2024, 4, 5)
    assert dong_nai.report_of(stage, asked, "qlkh").due == date(2024, 4, 3)


def test_a_returned_report_comes_back_and_is_still_on_time(stage: Stage, asked: ReportRound) -> None:
    report = dong_nai.report_of(stage, asked, "qlkh")
    stage.complete("qlkh.cv", "write", report.id, write_complete=True)
    stage.complete("qlkh.truong", "approve", report.id, approve_decision="approve")
    stage.complete(
        "skhcn.cvp", "check", report.id, check_decision="return", check_reason="Thiếu nguyên nhân."
    )
    assert dong_nai.report_of(stage, asked, "qlkh").status == "returned"
    dong_nai.send_unit_report(stage, report, "qlkh.cv", "qlkh.truong", "skhcn.cvp")
    again = dong_nai.report_of(stage, asked, "qlkh")
    assert (again.version, again.is_late) == (2, False)


def test_more_is_asked_for_and_a_new_version_goes_up(stage: Stage, asked: ReportRound) -> None:
    first = sent(stage, asked)
    stage.act("ubnd.kgvx", answering.ask_for_more, asked.id, "Nêu rõ kinh phí đã dùng.")
    dong_nai.send_upward(stage, asked, "skhcn.cvp", "skhcn.pgd", "skhcn.vanthu")
    second = stage.rows(
        select(ConsolidatedReport).where(
            ConsolidatedReport.round_id == asked.id, ConsolidatedReport.version == 2
        )
    )[0]
    assert (second.status, second.reason) == ("sent", "Nêu rõ kinh phí đã dùng.")
    assert stage.row(ConsolidatedReport, first.id).sent_at is not None
    stage.act("ubnd.cvp", answering.accept, asked.id)
    assert stage.running() == []
    assert stage.incidents() == []


def test_only_the_superior_answers_and_only_once(stage: Stage, asked: ReportRound) -> None:
    with pytest.raises(Conflict):
        stage.act("ubnd.kgvx", answering.accept, asked.id)
    sent(stage, asked)
    with pytest.raises(Forbidden):
        stage.act("skhcn.cvp", answering.accept, asked.id)
    stage.act("ubnd.kgvx", answering.accept, asked.id)
    with pytest.raises(Conflict):
        stage.act("ubnd.kgvx", answering.accept, asked.id)


def test_the_superior_finds_the_report_on_its_desk(stage: Stage, asked: ReportRound) -> None:
    sent(stage, asked)
    assert stage.told("report.sent", asked.id) == {
        f"office_head@{stage.id('ubnd')}",
        f"office_officer@{stage.id('ubnd')}",
        f"head@{stage.id('ubnd')}",
    }
    principal = stage.principal("khtc.cv")
    with stage.database.reading() as session:
        assert answering.waiting(session, principal) == []


def test_a_deputy_signs_for_the_head(stage: Stage, asked: ReportRound) -> None:
    signer: Any = sent(stage, asked).signer
    assert (signer["capacity"], signer["own_title"], signer["signed_for_title"]) == (
        ["KT"],
        "Phó Giám đốc",
        "Giám đốc",
    )


def test_no_further_round_when_everything_is_reported(stage: Stage, asked: ReportRound) -> None:
    with stage.database.unit_of_work() as work:
        assert reporting.next_round(work, asked.directive_id) is None


def test_a_report_asked_for_the_year_repeats_while_tasks_are_open(stage: Stage) -> None:
    directive = receive(stage, issuer="Ủy ban nhân dân tỉnh Đồng Nai", number="9/UBND-KGVX").directive_id
    instruct(stage, directive, "do_now", drafting_unit=stage.id("qlkh"), internal_due="2024-03-29")
    with stage.database.unit_of_work() as work:
        task = stage.assignments_of(directive)[0].id
        work.session.get_one(Assignment, task).effective_due = None
        first = work.session.get_one(ReportRound, dong_nai.round_of(stage, directive).id)
        first.status = "accepted"
        later = reporting.next_round(work, directive)
    assert later is not None
    assert later.due_up == date(2024, 12, 25)


def test_the_report_lies_in_the_register_of_the_superior_once_it_is_answered(
    stage: Stage, asked: ReportRound
) -> None:
    sent(stage, asked)
    query = select(Document).where(Document.organisation_id == stage.id("ubnd"), Document.direction == "in")
    arrived = stage.rows(query)[0]
    assert (arrived.number, arrived.type_code, arrived.stage) == ("01/BC-SKHCN", "BC", "arrived")
    stage.act("ubnd.kgvx", answering.accept, asked.id)
    assert stage.rows(query)[0].register_number == 1

"""The sample province: loaded once over a real file, then looked at as its people would."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from directives import access, accounts, intake, sign_in
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.document_tables import Document
from directives.report_tables import ConsolidatedReport, ReportRound, UnitReport
from engine import history
from engine.models import HistoryEvent, Incident, ProcessInstance, UserTask
from foundation.clock import MovableClock
from foundation.errors import Conflict
from processes import work_views
from processes.runtime import Runtime
from tiendo import demo, house
from tiendo.demo import directory
from tiendo.settings import Settings
from webhooks.deliveries import Attempt, Delivery

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
DOCUMENTS = Path(demo.__file__).parent / "documents"
#: a Friday morning, two days after a yearly report was due
NOW = datetime.fromisoformat("2026-11-20T10:00:00+07:00")


def installation(folder: Path, now: datetime = NOW) -> Runtime:
    runtime = house.build(Settings(data=folder), clock=MovableClock(now))
    house.prepare(runtime)
    return runtime


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    runtime = installation(tmp_path_factory.mktemp("province"))
    demo.load(runtime)
    yield runtime
    runtime.database.dispose()


def rows(runtime: Runtime, query: Any) -> list[Any]:
    with runtime.database.reading() as session:
        return list(session.execute(query).all())


def count(runtime: Runtime, table: Any) -> int:
    return int(rows(runtime, select(func.count()).select_from(table))[0][0])


def test_the_five_directives_stand_at_five_stages(province: Runtime) -> None:
    query = select(Document.number, Directive.status, Directive.parent_id.is_not(None))
    query = query.join(Directive, Directive.document_id == Document.id)
    assert set(map(tuple, rows(province, query))) == {
        ("186-CV/TU", "closed", False),
        ("463-KL/TU", "implementing", False),
        ("1394/UBND-KGVX", "implementing", True),
        (None, "instructed", False),
        (None, "received", False),
        ("2077/UBND-KGVX", "received", False),
    }


def test_the_documents_keep_their_numbers_and_days(province: Runtime) -> None:
    query = select(Document.number, Document.issued_on).where(Document.direction == "out")
    issued = {number: day.isoformat() for number, day in rows(province, query)}
    assert issued["167/KH-UBND"] == "2021-11-29"
    assert issued["1394/UBND-KGVX"] == "2024-02-05"


def test_there_are_assignments_in_every_state(province: Runtime) -> None:
    states = {state for (state,) in rows(province, select(Assignment.state).distinct())}
    assert states == {
        *("cho_tiep_nhan", "tra_lai", "dang_thuc_hien", "cho_xac_nhan"),
        *("thuc_hien_lai", "hoan_thanh", "tam_dung", "huy"),
    }
    pending = rows(province, select(Assignment.id).where(Assignment.is_extension_pending.is_(True)))
    assert len(pending) == 1


def test_work_is_in_time_soon_due_and_overdue_with_an_escalation(province: Runtime) -> None:
    query = select(Assignment.effective_due, Assignment.urge_count).where(
        Assignment.state == "dang_thuc_hien"
    )
    today = NOW.date()
    days = [((due - today).days, urged) for due, urged in rows(province, query) if due is not None]
    assert any(left > 7 for left, _urged in days)
    assert any(0 <= left <= 7 for left, _urged in days)
    assert any(left < 0 and urged for left, urged in days)


def test_a_report_round_waits_for_a_late_unit(province: Runtime) -> None:
    query = (
        select(UnitReport.status, UnitReport.effective_due)
        .join(ReportRound, ReportRound.id == UnitReport.round_id)
        .where(ReportRound.status == "collecting")
    )
    found = rows(province, query)
    assert sorted(status for status, _due in found) == ["draft", "submitted", "submitted", "submitted"]
    assert {due.isoformat() for _status, due in found} == {"2026-11-19"}


def test_the_closed_cycle_has_its_report_with_the_missing_unit_and_two_versions(province: Runtime) -> None:
    query = (
        select(ConsolidatedReport.version, ConsolidatedReport.status, ConsolidatedReport.missing_units)
        .join(ReportRound, ReportRound.id == ConsolidatedReport.round_id)
        .join(Directive, Directive.id == ReportRound.directive_id)
        .where(Directive.status == "closed")
        .order_by(ReportRound.due_up, ConsolidatedReport.version)
    )
    found = [(version, status, len(missing)) for version, status, missing in rows(province, query)]
    assert found == [(1, "accepted", 0), (1, "superseded", 1), (2, "accepted", 1)]


def test_nothing_went_wrong_on_the_way(province: Runtime) -> None:
    assert rows(province, select(Incident.element, Incident.message)) == []


def test_every_history_verifies(province: Runtime) -> None:
    with province.database.reading() as session:
        instances = list(session.scalars(select(ProcessInstance.id)))
        assert len(instances) > 50
        assert [one for one in instances if history.verify(session, one) is not None] == []


def test_nothing_lies_in_the_future(province: Runtime) -> None:
    latest = rows(province, select(func.max(HistoryEvent.at)))[0][0]
    assert latest <= NOW


@pytest.mark.parametrize(
    "username",
    [
        "vanthu",
        "chanhvanphong",
        "giamdoc",
        "truongphong",
        "chuyenvien",
        "vanthu.daknong",
        "chuyenvien.quangtri",
    ],
)
def test_everybody_finds_work(province: Runtime, username: str) -> None:
    with province.database.reading() as session:
        account = accounts.by_username(session, username)
        principal = access.principal_of(session, account, NOW)
        assert work_views.count(session, principal) > 0 or _may_approve(session, principal)


def _may_approve(session: Any, principal: access.Principal) -> bool:
    tasks = session.scalars(select(UserTask).where(UserTask.state == "open"))
    return any(set(task.candidate_groups) & principal.groups for task in tasks)


def test_people_sign_in_with_the_printed_password(province: Runtime) -> None:
    with province.database.unit_of_work() as work:
        for username in ("vanthu", directory.ADMIN, directory.INSPECTOR):
            check = sign_in.check_password(work.session, username, directory.PASSWORD, work.now)
            assert sign_in.sign_in(work, check).token


def test_webhooks_were_delivered_one_of_them_at_the_second_attempt(province: Runtime) -> None:
    assert {state for (state,) in rows(province, select(Delivery.state).distinct())} == {"delivered"}
    assert count(province, Attempt) == count(province, Delivery) + 1


def test_loading_again_changes_nothing_and_says_who_may_sign_in(province: Runtime) -> None:
    before = [count(province, table) for table in (HistoryEvent, Document, UserTask, Assignment)]
    said: list[str] = []
    demo.load(province, report=said.append)
    assert [count(province, table) for table in (HistoryEvent, Document, UserTask, Assignment)] == before
    assert directory.PASSWORD in said[0]
    assert [line.split()[0] for line in said[1:]] == list(directory.LOGINS)


def test_an_installation_with_other_data_is_left_alone(tmp_path: Path) -> None:
    runtime = installation(tmp_path)
    with runtime.database.unit_of_work() as work:
        accounts.create(work, username=directory.INSPECTOR, is_admin=True)
        work.commit()
    with pytest.raises(Conflict, match="dữ liệu khác"):
        demo.load(runtime)
    runtime.database.dispose()


def test_a_loading_that_was_interrupted_is_told_apart(tmp_path: Path) -> None:
    runtime = installation(tmp_path)
    with runtime.database.unit_of_work() as work:
        directory.enter(work)
        work.commit()
    with pytest.raises(Conflict, match="nạp dở"):
        demo.load(runtime)
    runtime.database.dispose()


@pytest.mark.parametrize(
    ("name", "items"),
    [
        ("dong-nai-cong-van-1394", 7),
        ("dong-nai-ke-hoach-so", 13),
        ("quang-ngai-ke-hoach-167", 23),
        ("dak-nong-ke-hoach", 56),
        ("quang-tri-thong-bao-ket-luan", 13),
    ],
)
def test_the_documents_have_the_structure_of_the_real_ones(name: str, items: int) -> None:
    content = (DOCUMENTS / f"{name}.txt").read_bytes()
    assert len(intake.read(content, filename=f"{name}.txt").items) == items


def test_the_quirks_of_the_real_documents_are_there() -> None:
    def quirks(name: str) -> set[str]:
        found = intake.read((DOCUMENTS / f"{name}.txt").read_bytes(), filename="van-ban.txt")
        return {quirk.kind for quirk in found.quirks}

    assert {"impossible_date", "duplicate_label", "conditional_deadline"} <= quirks("quang-ngai-ke-hoach-167")
    assert {"missing_number", "missing_date", "no_lead"} <= quirks("dak-nong-ke-hoach")
    assert {"missing_number", "missing_date"} <= quirks("quang-tri-thong-bao-ket-luan")


@pytest.mark.seeds
@pytest.mark.skipif(
    not SEEDS.exists(), reason="the real documents are not beside the project (../shared/seeds)"
)
def test_no_sentence_of_the_real_documents_is_copied() -> None:
    real = " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in SEEDS.glob("*.txt"))
    for path in DOCUMENTS.glob("*.txt"):
        copied = [run for run in _runs(path.read_text(encoding="utf-8")) if run in real]
        assert copied == [], path.name


def _runs(content: str) -> Iterator[str]:
    """Give runs of fourteen words; citations, names, lists and lines of the form are facts."""
    for line in content.splitlines():
        if line.startswith(("- Cơ quan thực hiện", "- Đơn vị", "- Thời gian")):
            continue
        words = line.split()
        for start in range(len(words) - 13):
            run = words[start : start + 14]
            names = sum(word[0].isupper() for word in run)
            listed = sum(word.endswith(",") for word in run)
            if names < 3 and listed < 2 and not any("/" in word for word in run):
                yield " ".join(run)

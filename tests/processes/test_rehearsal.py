"""Rehearsal: a document played through to its report, with the days that Tết and late units make of it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from foundation.errors import Invalid
from processes.rehearsal import Rehearsal, rehearse

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"

#: own wording; due over Tết 2024 (08/02 to 14/02 off), in a month without its day 31, and every year
TEXT = """ỦY BAN NHÂN DÂN
TỈNH VÂN SƠN

Số: 88/KH-UBND

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Vân Sơn, ngày 05 tháng 02 năm 2024

KẾ HOẠCH

Thực hiện Kết luận số 12-KL/TU ngày 10/01/2024 của Ban Thường vụ Tỉnh ủy

Thực hiện Kết luận số 12-KL/TU ngày 10/01/2024 của Ban Thường vụ Tỉnh ủy, UBND tỉnh ban hành kế hoạch:

II. NHIỆM VỤ

1. Lập danh mục hồ chứa cần sửa chữa.

- Cơ quan thực hiện: Sở Nông nghiệp chủ trì phối hợp với Sở Tài chính.

- Thời gian thực hiện: Trước ngày 19/02/2024.

2. Soạn phương án di dời chợ cũ.

- Cơ quan thực hiện: Sở Công Thương chủ trì.

- Thời gian thực hiện: Trước ngày 31/4/2024.

3. Duy trì trực ban phòng, chống thiên tai.

- Cơ quan thực hiện: Sở Nông nghiệp chủ trì.

- Thời gian thực hiện: Thường xuyên.

Nơi nhận:

- Như trên;
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH

Lò Văn Pánh
"""


def play(**more: Any) -> Rehearsal:
    return rehearse(TEXT.encode(), filename="ke-hoach.txt", today=date(2024, 1, 2), **more)


def lines(played: Rehearsal, kind: str, *, item: int | None = None) -> list[tuple[str, str]]:
    """Give moment and organisation of the entries of a kind."""
    return [
        (f"{entry['at'][:16]}", entry["organisation"])
        for entry in played.as_json()["timeline"]
        if entry["kind"] == kind and (item is None or entry["item"] == item)
    ]


@pytest.fixture(scope="module")
def in_time() -> Rehearsal:
    return play()


@pytest.fixture(scope="module")
def with_a_late_unit() -> Rehearsal:
    return play(late={"Sở Nông nghiệp": 4})


def test_the_plan_is_issued_on_its_own_day_and_reaches_its_leads_at_once(in_time: Rehearsal) -> None:
    assert lines(in_time, "issued")[0] == ("2024-02-05T10:00", "Ủy ban nhân dân tỉnh Vân Sơn")
    assert {one for _at, one in lines(in_time, "assigned")} == {
        "Sở Nông nghiệp tỉnh Vân Sơn",
        "Sở Công Thương tỉnh Vân Sơn",
    }
    assert lines(in_time, "coordination") == [("2024-02-05T10:00", "Sở Tài chính tỉnh Vân Sơn")]


def test_reminders_step_over_tet(in_time: Rehearsal) -> None:
    """Due Monday 19/02: three working days before is Wednesday 07/02, one is Friday 16/02."""
    unit = "Sở Nông nghiệp tỉnh Vân Sơn"
    assert lines(in_time, "reminder", item=1) == [("2024-02-07T08:00", unit), ("2024-02-16T08:00", unit)]
    assert lines(in_time, "breach") == []


def test_a_late_unit_is_escalated_on_the_right_working_days(with_a_late_unit: Rehearsal) -> None:
    assert [at for at, _who in lines(with_a_late_unit, "overdue", item=1)][:2] == ["2024-02-19T23:59"] * 2
    assert lines(with_a_late_unit, "escalation", item=1)[0][0] == "2024-02-20T08:00"
    assert lines(with_a_late_unit, "urge", item=1)[0][0] == "2024-02-22T08:00"
    breach = next(one for one in with_a_late_unit.timeline if one.kind == "breach" and one.item == 1)
    assert (breach.due, breach.what[:26]) == (date(2024, 2, 19), "Hoàn thành chậm, ngày 23/0")


def test_a_late_report_is_left_out_and_the_rest_goes_up(with_a_late_unit: Rehearsal) -> None:
    breaches = [one.what for one in with_a_late_unit.timeline if one.kind == "breach" and not one.item]
    assert len(breaches) == 1
    assert breaches[0].startswith("Chậm báo cáo")
    assert len(lines(with_a_late_unit, "sent")) == 1
    assert lines(with_a_late_unit, "accepted")[0][1] == "Ban Thường vụ Tỉnh ủy Vân Sơn"


def test_the_report_has_a_day_for_each_level(in_time: Rehearsal) -> None:
    asked = {one.due for one in in_time.timeline if one.kind == "report_requested"}
    upward = [one for one in in_time.timeline if one.kind == "due" and "lên cấp trên" in one.what]
    assert (asked, [one.due for one in upward]) == ({date(2024, 12, 23)}, [date(2024, 12, 25)])


def test_the_load_counts_tasks_reports_and_lateness(with_a_late_unit: Rehearsal) -> None:
    load = {one.organisation: one for one in with_a_late_unit.load}
    busy = load["Sở Nông nghiệp tỉnh Vân Sơn"]
    assert (busy.assignments, busy.reports, busy.late) == (2, 1, 2)
    assert load["Sở Tài chính tỉnh Vân Sơn"].coordinations == 1
    assert load["Sở Công Thương tỉnh Vân Sơn"].late == 0


def test_what_does_not_fit_is_warned_of(in_time: Rehearsal) -> None:
    words = " ".join(map(str, in_time.warnings))
    assert "31/4/2024" in words
    assert "1 nhiệm vụ chưa có thời hạn, diễn tập để mở: 3." in words


def test_the_same_document_gives_the_same_answer(in_time: Rehearsal) -> None:
    assert play().as_json() == in_time.as_json()


def test_the_json_has_the_promised_keys(in_time: Rehearsal) -> None:
    found = in_time.as_json()
    assert {"document", "timeline", "load", "warnings"} <= set(found)
    assert set(found["timeline"][0]) == {
        "at",
        "who",
        "organisation",
        "what",
        "kind",
        "item",
        "due",
        "estimate",
    }
    assert found["document"]["number"] == "88/KH-UBND"
    assert [one["at"] for one in found["timeline"]] == sorted(one["at"] for one in found["timeline"])


def test_days_of_a_year_without_a_confirmed_calendar_are_marked() -> None:
    played = play(issued_on=date(2027, 1, 11))
    marked = {entry.at.year for entry in played.timeline if entry.is_estimate}
    assert marked == {2027}
    assert any("2027" in str(warning) and "dự kiến" in str(warning) for warning in played.warnings)


def test_a_text_that_gives_no_tasks_is_refused_in_words() -> None:
    with pytest.raises(Invalid, match="không có gì để diễn tập"):
        rehearse("Kính mời dự họp.".encode(), filename="moi.txt", today=date(2024, 1, 2))


def test_a_late_unit_that_the_document_does_not_name_is_refused() -> None:
    with pytest.raises(Invalid, match="không chỉ rõ một đơn vị nào"):
        play(late={"Sở Y tế": 2})


@pytest.mark.seeds
@pytest.mark.skipif(
    not SEEDS.exists(), reason="the real documents are not beside the project (../shared/seeds)"
)
@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_every_real_document_can_be_rehearsed(number: str) -> None:
    path = next(SEEDS.glob(f"{number}_*.txt"))
    played = rehearse(path.read_bytes(), filename=path.name, today=date(2024, 6, 3))
    kinds = {entry.kind for entry in played.timeline}
    assert {"issued", "assigned", "step"} <= kinds
    assert played.load

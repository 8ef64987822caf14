"""The plan table: edited row by row, checked as it grows."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from directives import plans
from directives.plan_tables import Plan
from tests.web.desk import Desk, instructed


@pytest.fixture
def table(desk: Desk) -> SimpleNamespace:
    directive = instructed(desk)
    [plan] = desk.stage.rows(select(Plan).where(Plan.directive_id == directive))
    with desk.stage.database.reading() as session:
        items = plans.items(session, plan.id)
    return SimpleNamespace(desk=desk, plan=plan.id, items=items, drafter=desk.browser("qlkh.cv"))


def draft_of(table: SimpleNamespace, place: int) -> plans.ItemDraft:
    with table.desk.stage.database.reading() as session:
        return plans.items(session, table.plan)[place].draft


def save(table: SimpleNamespace, **given: object) -> object:
    item = table.items[0]
    form = {"content": item.draft.content, "version": item.version, "deadline": "quý I/2024", **given}
    return table.drafter.post(f"/plans/{table.plan}/items/{item.id}", form, follow=False)


def test_the_table_begins_with_what_was_read_from_the_document(table: SimpleNamespace) -> None:
    page = table.drafter.read(f"/plans/{table.plan}")
    assert "rà soát chính sách thu hút chuyên gia" in page
    assert "cần xem lại" in page


def test_a_row_is_saved_with_lead_and_deadline_as_typed(table: SimpleNamespace) -> None:
    lead = table.desk.stage.id("qlcn")
    answer = save(table, leads=[lead], output="Báo cáo")
    assert answer.status_code == 200  # type: ignore[attr-defined]
    draft = draft_of(table, 0)
    assert [party.organisation_id for party in draft.leads] == [lead]
    assert draft.deadline.raw == "quý I/2024"
    assert f"{draft.deadline.current_due:%d/%m/%Y}" == "31/03/2024"
    assert draft.output == "Báo cáo"


def test_an_empty_row_comes_back_with_its_problem(table: SimpleNamespace) -> None:
    answer = save(table, content="  ", output="Báo cáo vẫn còn đây")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "Cần ghi nội dung nhiệm vụ." in answer.text  # type: ignore[attr-defined]
    assert "Báo cáo vẫn còn đây" in answer.text  # type: ignore[attr-defined]


def test_who_saves_second_is_told_that_somebody_was_faster(table: SimpleNamespace) -> None:
    save(table, content="Người thứ nhất sửa")
    second = save(table, content="Người thứ hai sửa")
    assert second.status_code == 422  # type: ignore[attr-defined]
    assert "đã được người khác thay đổi" in second.text  # type: ignore[attr-defined]
    assert draft_of(table, 0).content == "Người thứ nhất sửa"


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("trước ngày 30/11 hàng năm", "30/11/2024"),
        ("quý II/2024", "hiểu là 30/06/2024 · ngày nghỉ, đúng hạn đến hết 01/07/2024"),
        ("thường xuyên", "thường xuyên, không có ngày cụ thể"),
        ("lúc nào rảnh", "chưa hiểu thời hạn này"),
    ],
)
def test_the_words_of_a_deadline_are_explained_while_typing(
    table: SimpleNamespace, typed: str, understood: str
) -> None:
    answer = table.drafter.get(f"/plans/{table.plan}/deadline", query_string={"deadline": typed})
    assert understood in answer.text


def test_units_are_found_without_diacritics_and_become_chips(table: SimpleNamespace) -> None:
    found = table.drafter.get(
        f"/plans/{table.plan}/organisations", query_string={"field": "leads", "leads-search": "chuyen nganh"}
    ).text
    assert "Phòng Quản lý Chuyên ngành" in found
    added = table.drafter.post(
        f"/plans/{table.plan}/parties?field=leads&add={table.desk.stage.id('qlcn')}",
        {"leads": ["name:Các sở"]},
    ).text
    assert 'value="name:Các sở"' in added
    assert "chưa có trong danh bạ" in added
    assert "Phòng Quản lý Chuyên ngành" in added


def test_rows_are_added_moved_and_removed(table: SimpleNamespace) -> None:
    table.drafter.post(
        f"/plans/{table.plan}/items", {"content": "Sơ kết việc thực hiện", "deadline": "30/6/2024"}
    )
    assert draft_of(table, 2).content == "Sơ kết việc thực hiện"
    first = table.items[0]
    move = {"to": "down", "version": first.version}
    table.drafter.post(f"/plans/{table.plan}/items/{first.id}/move", move)
    assert draft_of(table, 1).content == first.draft.content
    table.drafter.post(f"/plans/{table.plan}/items/{first.id}/remove", {"version": first.version})
    with table.desk.stage.database.reading() as session:
        assert len(plans.items(session, table.plan)) == 2


def test_who_does_not_draft_reads_but_does_not_edit(table: SimpleNamespace) -> None:
    page = table.desk.browser("skhcn.vanthu").read(f"/plans/{table.plan}")
    assert "Thêm nhiệm vụ" not in page
    stranger = table.desk.browser("snv.giamdoc")
    assert stranger.get(f"/plans/{table.plan}").status_code == 404


def test_the_plan_is_seen_as_the_document_it_will_be(table: SimpleNamespace) -> None:
    page = table.drafter.read(f"/plans/{table.plan}/preview")
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in page
    assert "SỞ KHOA HỌC VÀ CÔNG NGHỆ" in page
    assert "Công văn 812/UBND-KGVX" in page

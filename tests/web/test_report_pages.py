"""Pages of reports: who owes one, a unit's report, the totals that open to their sources, the answer."""

from dataclasses import dataclass
from datetime import date

import pytest

from directives import consolidation, deadlines, directives, documents, openings, reports
from directives.documents import Header
from directives.signing import Signer
from tests.web.office import Office, office

__all__ = ["office"]


@dataclass
class Round:
    """A round of Sở KH&CN with two units, one task each."""

    office: Office
    id: str
    units: dict[str, str]

    def submit(self, place: str) -> None:
        with self.office.database.unit_of_work(self.office.actor("truong-phong")) as work:
            reports.submit(work, self.units[place])
            work.commit()

    def consolidate(self) -> str:
        with self.office.database.unit_of_work(self.office.actor("chanh-vp")) as work:
            made = consolidation.consolidate(work, self.id).id
            work.commit()
        return made


@pytest.fixture
def asked(office: Office) -> Round:
    place = office.place
    with office.database.unit_of_work(office.actor("giam-doc")) as work:
        header = Header(
            type_code="CV",
            number_raw="1394/UBND-KGVX",
            issuer_id=place.committee,
            issuer_name="Ủy ban nhân dân tỉnh Đồng Nai",
            issued_on=date(2024, 2, 5),
            subject="Triển khai Kết luận 463-KL/TU",
        )
        document = documents.register_incoming(work, place.science, header)
        cycle = directives.receive(work, document.id, place.science, received_on=date(2024, 2, 5))
        for lead, content in (
            (place.division, "Rà soát chính sách"),
            (place.other_division, "Thẩm định công nghệ"),
        ):
            day = deadlines.Deadline(
                kind=deadlines.DeadlineKind.FIXED,
                original_due=date(2024, 2, 29),
                current_due=date(2024, 2, 29),
            )
            openings.assign(
                work, cycle.id, openings.NewAssignment(lead_id=lead, content=content, deadline=day)
            )
        draft = reports.RoundDraft(
            title="Báo cáo quý I/2024",
            due_up=date(2024, 3, 25),
            data_from=date(2023, 12, 15),
            data_to=date(2024, 3, 14),
            superior_id=place.committee,
            dates=[date(2024, 3, 25), date(2024, 3, 18)],
        )
        opened = reports.open_round(work, cycle.id, draft)
        units = {unit.unit_id: unit.id for unit in reports.unit_reports(work.session, opened.id)}
        work.commit()
    return Round(office, opened.id, units)


def test_without_rounds_the_page_says_where_they_come_from(office: Office) -> None:
    text = office.browser("giam-doc").read("/reports")
    assert "Chưa có đợt báo cáo nào" in text
    assert "không còn báo cáo nào phải gửi" in text


def test_a_unit_sees_what_it_owes_and_by_when(office: Office, asked: Round) -> None:
    text = office.browser("truong-phong").read("/reports")
    assert "1 báo cáo đơn vị bạn còn phải gửi" in text
    assert "18/03/2024" in text


def test_the_round_lists_who_has_not_sent(office: Office, asked: Round) -> None:
    asked.submit(office.place.other_division)
    text = office.browser("chanh-vp").read(f"/reports/rounds/{asked.id}")
    assert "Còn 1 trong 2 đơn vị chưa gửi" in text


def test_a_report_is_written_with_figures_from_the_assignments(office: Office, asked: Round) -> None:
    path = f"/reports/units/{asked.units[office.place.division]}"
    head = office.browser("truong-phong")
    text = head.read(path)
    assert "Rà soát chính sách" in text
    assert "Thẩm định công nghệ" not in text
    form = {"edits": "0", "total": "1", "direction": "Đã ban hành kế hoạch"}
    assert "Đã gửi báo cáo" in head.post(f"{path}/send", form).text
    assert "Đã ban hành kế hoạch" in head.read(path)


def test_a_figure_that_differs_needs_its_reason(office: Office, asked: Round) -> None:
    path = f"/reports/units/{asked.units[office.place.division]}/send"
    head = office.browser("truong-phong")
    refused = head.post(path, {"edits": "0", "total": "5", "direction": "Giữ lại"})
    assert refused.status_code == 422
    assert "hãy nêu lý do" in refused.text
    assert "Giữ lại" in refused.text
    form = {"edits": "0", "total": "5", "reason-total": "Gồm 4 việc giao miệng"}
    assert head.post(path, form).status_code == 200


def test_a_draft_is_kept_while_typing_and_the_slower_one_is_told(office: Office, asked: Round) -> None:
    path = f"/reports/units/{asked.units[office.place.division]}/draft"
    head = office.browser("truong-phong")
    saved = head.post(path, {"edits": "0", "direction": "Một", "total": "9"})
    assert (saved.status_code, saved.headers["ETag"]) == (204, '"1"')
    assert head.post(path, {"edits": "0", "direction": "Hai"}).status_code == 412
    assert head.post(path, {"edits": "1", "direction": "Ba"}).headers["ETag"] == '"2"'


def test_another_unit_neither_sees_nor_writes_the_report(office: Office, asked: Round) -> None:
    path = f"/reports/units/{asked.units[office.place.division]}"
    stranger = office.browser("noi-vu")
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}/send", {"edits": "0"}).status_code == 404
    assert stranger.get(f"/reports/rounds/{asked.id}").status_code == 404


def test_a_total_opens_to_its_units_and_assignments(office: Office, asked: Round) -> None:
    asked.submit(office.place.other_division)
    report = asked.consolidate()
    chief = office.browser("chanh-vp")
    text = chief.read(f"/reports/consolidated/{report}")
    assert "1 đơn vị chưa gửi báo cáo" in text
    assert "Phòng Quản lý Khoa học" in text
    opened = chief.read(f"/reports/consolidated/{report}/figures/total")
    assert "Thẩm định công nghệ" in opened
    assert "Con số này là 0" in chief.read(f"/reports/consolidated/{report}/figures/done_late")
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in chief.read(f"/reports/consolidated/{report}/print")


def test_consolidated_on_the_page_and_prose_saved(office: Office, asked: Round) -> None:
    asked.submit(office.place.division)
    chief = office.browser("chanh-vp")
    answer = chief.post(f"/reports/rounds/{asked.id}/consolidate")
    assert "Đã tổng hợp bản 1" in answer.text
    path = answer.request.path
    assert "Kiến nghị mới" in chief.post(path, {"edits": "0", "proposals": "Kiến nghị mới"}).text
    assert chief.post(path, {"edits": "0", "proposals": "Cũ"}).status_code == 422
    assert office.browser("truong-phong").post(path, {"edits": "1"}).status_code == 403


def test_late_units_are_reminded(office: Office, asked: Round) -> None:
    office.runtime.dispatcher.advance(office.clock, office.clock.now().replace(month=3, day=20))
    office.browsers.clear()
    said = office.browser("chanh-vp").post(f"/reports/rounds/{asked.id}/remind").text
    assert "Đã nhắc 2 đơn vị chậm báo cáo" in said


def test_the_consolidator_sends_a_report_back_with_a_reason(office: Office, asked: Round) -> None:
    asked.submit(office.place.division)
    path = f"/reports/units/{asked.units[office.place.division]}"
    chief = office.browser("chanh-vp")
    assert chief.post(f"{path}/return", {"reason": ""}).status_code == 422
    assert "Thiếu số liệu quý" in chief.post(f"{path}/return", {"reason": "Thiếu số liệu quý"}).text


def test_only_the_superior_answers_a_report_that_came_up(office: Office, asked: Round) -> None:
    asked.submit(office.place.division)
    report = asked.consolidate()
    path = f"/reports/rounds/{asked.id}/answer"
    assert office.browser("chu-tich").post(path, {"decision": "accept"}).status_code == 422
    with office.database.unit_of_work(office.actor("giam-doc")) as work:
        consolidation.sign(work, report, Signer(name="Phạm Văn Hùng", own_title="Giám đốc"))
        consolidation.send(work, report)
        work.commit()
    assert office.browser("truong-phong").post(path, {"decision": "accept"}).status_code == 422
    assert office.browser("chu-tich").post(path, {"decision": "more", "reason": ""}).status_code == 422
    assert "Chờ tôi trả lời cấp dưới" in office.browser("chu-tich").read("/reports")
    assert "Đã chấp nhận báo cáo" in office.browser("chu-tich").post(path, {"decision": "accept"}).text


def test_the_board_counts_and_opens_in_two_clicks(office: Office, asked: Round) -> None:
    office.runtime.dispatcher.advance(office.clock, office.clock.now().replace(month=3, day=5))
    office.browsers.clear()
    head = office.browser("giam-doc")
    board = head.read("/board")
    assert "Phòng Quản lý Khoa học" in board
    assert f"figure=overdue&amp;lead={office.place.division}" in board
    listed = head.read(f"/board/list?figure=overdue&lead={office.place.division}")
    assert "Rà soát chính sách" in listed
    assert "Thẩm định công nghệ" not in listed
    assert "quá hạn 5 ngày" in listed


def test_the_board_asks_by_assignment_day_and_by_due_day(office: Office, asked: Round) -> None:
    head = office.browser("giam-doc")
    assert "Chưa có nhiệm vụ nào" in head.read("/board?by=assigned&from=2024-02-20")
    assert "Phòng Quản lý Khoa học" in head.read("/board?by=due&from=20/02/2024")
    assert head.get("/board?from=khong").status_code == 422


def test_a_unit_sees_only_its_own_branch_on_the_board(office: Office, asked: Round) -> None:
    head = office.browser("truong-phong")
    assert "Phòng Quản lý Chuyên ngành" not in head.read("/board")
    assert head.get(f"/board/list?lead={office.place.other_division}").status_code == 404
    assert head.get("/board/list?figure=khong-co").status_code == 422

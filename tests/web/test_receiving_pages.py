"""Receiving a document through the pages: read, corrected, confirmed."""

import io

from sqlalchemy import select

from directives.directives import Directive
from directives.document_tables import Document
from processes.drafts import IntakeDraft
from tests.web.desk import LETTER, Desk, receive


def test_a_pasted_letter_is_shown_beside_what_was_read_from_it(desk: Desk) -> None:
    page = desk.browser("skhcn.vanthu").post("/receiving", {"text": LETTER}).text
    assert 'value="812/UBND-KGVX"' in page
    assert 'value="2024-02-02"' in page
    assert 'data-line="9"' in page
    assert 'data-lines="' in page
    assert "31/03/2024" in page


def test_a_day_that_does_not_exist_becomes_a_question(desk: Desk) -> None:
    page = desk.browser("skhcn.vanthu").post("/receiving", {"text": LETTER}).text
    assert "31/6/2024" in page
    assert "Cần hỏi lại cơ quan ban hành" in page


def test_the_answer_to_a_question_stays_with_the_document(desk: Desk) -> None:
    clerk = desk.browser("skhcn.vanthu")
    review = clerk.post("/receiving", {"text": LETTER}, follow=False).headers["Location"]
    form = {"subject": "Rà soát chính sách", "received_on": "2024-02-05", "type_code": "CV", "quirk-0": "ask"}
    clerk.post(review, form)
    [document] = desk.stage.rows(select(Document))
    assert document.type_code == "CV"
    assert "Cần hỏi lại cơ quan ban hành." in clerk.read(f"/documents/{document.id}")


def test_an_uploaded_file_is_kept_byte_for_byte_with_the_document(desk: Desk) -> None:
    clerk = desk.browser("skhcn.vanthu")
    file = (io.BytesIO(LETTER.encode()), "cv 812 (bản gốc).txt")
    review = clerk.post("/receiving", {"file": file}, follow=False, content_type="multipart/form-data")
    form = {"subject": "Rà soát chính sách", "received_on": "2024-02-05", "number": "812/UBND-KGVX"}
    clerk.post(review.headers["Location"], form)
    [document] = desk.stage.rows(select(Document))
    page = clerk.read(f"/documents/{document.id}")
    address = next(part.split('"')[0] for part in page.split('href="') if "/files/" in part[:90])
    download = clerk.get(address)
    assert download.data == LETTER.encode()
    assert download.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in download.headers["Content-Security-Policy"]


def test_confirming_opens_the_cycle_and_leads_to_the_register(desk: Desk) -> None:
    directive = receive(desk)
    assert desk.stage.task("register", directive).state == "open"
    [row] = desk.stage.rows(select(Directive))
    assert row.title == "Rà soát chính sách thu hút chuyên gia"
    assert desk.stage.rows(select(IntakeDraft)) == []


def test_a_document_received_twice_is_refused_and_nothing_typed_is_lost(desk: Desk) -> None:
    receive(desk)
    clerk = desk.browser("skhcn.vanthu")
    review = clerk.post("/receiving", {"text": LETTER}, follow=False).headers["Location"]
    form = {"number": "812/UBND-KGVX", "date": "2024-02-02", "issuer": "Ủy ban nhân dân tỉnh Đồng Nai"}
    again = clerk.post(
        review, {**form, "subject": "Trích yếu đã sửa", "received_on": "2024-02-05"}, follow=False
    )
    assert again.status_code == 409
    assert "Trích yếu đã sửa" in again.text
    assert len(desk.stage.rows(select(Directive))) == 1


def test_a_secret_document_is_refused_and_not_kept(desk: Desk) -> None:
    secret = LETTER.replace("Số: 812", "TUYỆT MẬT\nSố: 812")
    answer = desk.browser("skhcn.vanthu").post("/receiving", {"text": secret}, follow=False)
    assert answer.status_code == 403
    assert "xử lý theo chế độ mật" in answer.text
    assert desk.stage.rows(select(IntakeDraft)) == []


def test_what_cannot_be_read_is_said_beside_the_field(desk: Desk) -> None:
    clerk = desk.browser("skhcn.vanthu")
    nothing = clerk.post("/receiving", {"text": "   "}, follow=False)
    assert (nothing.status_code, "Hãy chọn tệp hoặc dán nội dung" in nothing.text) == (422, True)
    noise = (io.BytesIO(bytes(range(256)) * 40), "anh.docx")
    answer = clerk.post("/receiving", {"file": noise}, follow=False, content_type="multipart/form-data")
    assert answer.status_code == 422


def test_what_one_clerk_read_is_not_there_for_another(desk: Desk) -> None:
    review = (
        desk.browser("skhcn.vanthu").post("/receiving", {"text": LETTER}, follow=False).headers["Location"]
    )
    assert desk.browser("snv.vanthu").get(review).status_code == 404

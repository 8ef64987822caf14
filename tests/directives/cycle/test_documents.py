"""Documents: numbers, registers, secrecy, signing, issuing, correcting (R-D1 to R-D13, R-U7)."""

from datetime import date
from typing import Any

import pytest

from directives import document_files, document_numbers, documents, policies, registers
from directives.document_tables import Document, DocumentVersion
from directives.documents import Correction, Header, Purpose, Recipient
from directives.signing import Signer
from foundation.errors import Conflict, Invalid, TooLarge
from tests.directives.cycle.world import World

HEAD = Signer(name="Nguyễn Văn A", own_title="Giám đốc")


def drafted(world: World, **header: Any) -> Document:
    facts = {"type_code": "KH", "subject": "Kế hoạch thực hiện Kết luận 463-KL/TU", **header}
    return documents.draft(world.work, world.science, Header(**facts))


def issued(world: World, **header: Any) -> Document:
    document = drafted(world, **header)
    documents.sign(world.work, document.id, HEAD)
    return documents.issue(world.work, document.id, "SKHCN")


def test_a_document_names_the_place_its_organisation_or_the_one_above_is_known_to_write_from(
    world: World,
) -> None:
    assert drafted(world).place == ""
    letter = Header(subject="Kết luận", issuer_id=world.committee, place="Đồng Nai")
    documents.register_incoming(world.work, world.science, letter)
    assert drafted(world).place == "Đồng Nai"
    assert drafted(world, place="Biên Hòa").place == "Biên Hòa"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("463- KL/TU", "463-KL/TU"),
        ("Số: 1394 /UBND-KGVX", "1394/UBND-KGVX"),
        ("04-Ctr/TU", "04-CTr/TU"),
        ("167–KH/UBND", "167-KH/UBND"),
        ("163/2021/NQ-HĐND", "163/2021/NQ-HĐND"),
        ("/KH-SKHCN", "/KH-SKHCN"),
    ],
)
def test_a_number_is_stored_in_one_form_however_it_was_written(written: str, canonical: str) -> None:
    assert document_numbers.read(written).canonical == canonical


@pytest.mark.parametrize(("one", "other"), [("463- KL/TU", "463-kl/tu"), ("04-Ctr/TU", "4-CTr/TU")])
def test_two_spellings_of_a_number_match(one: str, other: str) -> None:
    assert document_numbers.read(one).key == document_numbers.read(other).key


def test_a_number_without_digits_has_a_symbol_but_no_sequence() -> None:
    read = document_numbers.read("Số: /KH-SKHCN")
    assert (read.sequence, read.type_code) == (None, "KH")


def test_incoming_documents_get_gap_free_register_numbers_per_organisation_and_year(world: World) -> None:
    first = world.incoming("1394/UBND-KGVX")
    second = world.incoming("1395/UBND-KGVX")
    elsewhere = documents.register_incoming(world.work, world.committee, Header(subject="Kết luận"))
    world.on("02/01/2025")
    next_year = world.incoming("12/UBND-KGVX")
    labels = [registers.label(d) for d in (first, second, elsewhere, next_year)]
    assert labels == ["01", "02", "01", "01"]


def test_the_same_document_is_not_registered_twice_whatever_the_spacing(world: World) -> None:
    world.incoming("1394 /UBND-KGVX")
    with pytest.raises(Conflict, match="số đến 01/2024"):
        world.incoming("1394/UBND-KGVX")


@pytest.mark.parametrize("typed", ["1394", "1394 / ubnd-kgvx", "Số: 1394/UBND-KGVX"])
def test_a_document_is_found_by_its_number_as_people_type_it(world: World, typed: str) -> None:
    document = world.incoming("1394 /UBND-KGVX")
    world.incoming("13940/UBND-KGVX")
    assert [found.id for found in documents.find_by_number(world.session, typed)] == [document.id]


def test_a_document_with_a_secrecy_mark_is_refused_and_says_how_to_go_on(world: World) -> None:
    with pytest.raises(Invalid, match="chế độ mật") as refusal:
        documents.register_incoming(
            world.work, world.science, Header(subject="Về việc A"), lines=["UBND TỈNH", "TỐI MẬT", "Số: 1"]
        )
    assert refusal.value.facts["rule"] == "R-U7"


def test_a_secret_document_may_only_be_registered_without_its_subject(world: World) -> None:
    stub = documents.register_secret_stub(world.work, world.science)
    assert stub.register_number == 1
    assert stub.subject == "Văn bản mật, xử lý theo chế độ mật"


def test_a_draft_has_no_number_until_it_is_issued(world: World) -> None:
    document = drafted(world)
    assert document.number is None
    with pytest.raises(Conflict, match="chưa được ký"):
        documents.issue(world.work, document.id, "SKHCN")


def test_issued_documents_are_numbered_in_order_and_padded(world: World) -> None:
    plan, letter = issued(world), issued(world, type_code="CV")
    assert (plan.number, letter.number) == ("01/KH-SKHCN", "02/SKHCN")
    assert plan.issued_on == date(2024, 2, 6)


def test_a_series_of_its_own_counts_from_one(world: World) -> None:
    issued(world)
    document = drafted(world)
    documents.sign(world.work, document.id, HEAD)
    assert documents.issue_number(world.work, document.id, "SKHCN", series="KH") == "01/KH-SKHCN"


def test_a_number_is_never_given_twice_to_one_document(world: World) -> None:
    document = issued(world)
    with pytest.raises(Conflict, match="đã có số 01/KH-SKHCN"):
        documents.issue_number(world.work, document.id, "SKHCN")


def test_issuing_marks_the_document_sent_to_all_but_the_file_copy(world: World) -> None:
    to = Recipient(name="Phòng Quản lý Khoa học", organisation_id=world.division)
    copy = Recipient(name="Lưu: VT", purpose=Purpose.FILE)
    document = issued(world, recipients=(to, copy))
    recipients = documents.recipients(world.session, document.id)
    assert [r.status for r in recipients] == ["sent", "pending"]
    documents.record_delivery(world.work, recipients[0].id, "registered", "số đến 12")
    assert recipients[0].status == "registered"


@pytest.mark.parametrize(
    ("signer", "message"),
    [
        (Signer(name="B", own_title="Giám đốc", capacity=("KT",)), "cấp phó"),
        (
            Signer(name="B", own_title="Giám đốc", capacity=("TL",), signed_for_title="GIÁM ĐỐC"),
            "đơn vị trực thuộc",
        ),
        (Signer(name="B", own_title="Trưởng phòng", capacity=("TUQ",)), "ủy quyền"),
    ],
)
def test_a_capacity_that_does_not_fit_the_title_is_refused(
    world: World, signer: Signer, message: str
) -> None:
    document = drafted(world)
    with pytest.raises(Invalid, match=message):
        documents.sign(world.work, document.id, signer)


def test_a_deputy_signs_for_the_head(world: World) -> None:
    deputy = Signer(name="Đoàn B", own_title="Phó Giám đốc", capacity=("KT",), signed_for_title="GIÁM ĐỐC")
    assert documents.sign(world.work, drafted(world).id, deputy).stage == "signed"


def test_a_correction_keeps_what_the_document_said_and_why(world: World) -> None:
    document = issued(world)
    documents.correct(
        world.work, document.id, Correction(changes={"subject": "Kế hoạch mới"}), reason="Sai trích yếu"
    )
    kept = world.session.get_one(DocumentVersion, (document.id, 1))
    assert (document.subject, document.version, kept.reason) == ("Kế hoạch mới", 2, "Sai trích yếu")
    assert kept.content["subject"] == "Kế hoạch thực hiện Kết luận 463-KL/TU"


def test_a_correction_never_changes_the_number(world: World) -> None:
    document = issued(world)
    with pytest.raises(Invalid, match="ban hành văn bản mới"):
        documents.correct(world.work, document.id, Correction(changes={"number": "99"}), reason="Nhầm")


def test_a_wrongly_addressed_document_is_returned_with_a_reason(world: World) -> None:
    document = world.incoming()
    with pytest.raises(Invalid):
        documents.return_incoming(world.work, document.id, " ")
    documents.return_incoming(world.work, document.id, "Không đúng nơi nhận")
    assert world.events()[-3:] == ["document.received", "document.registered", "document.returned"]


def test_the_same_bytes_are_stored_once_and_come_back_unchanged(world: World) -> None:
    document = world.incoming()
    one = document_files.attach(world.work, document.id, "a.pdf", b"%PDF-1.7 \x00", "application/pdf")
    two = document_files.attach(world.work, document.id, "b.pdf", b"%PDF-1.7 \x00", "application/pdf")
    assert one.sha256 == two.sha256
    assert document_files.read(world.session, two.id)[1] == b"%PDF-1.7 \x00"


def test_a_file_beyond_the_limit_is_refused_with_the_limit(world: World) -> None:
    policies.put(world.work, policies.Policy(largest_file=2_000_000), effective_from=date(2024, 1, 1))
    with pytest.raises(TooLarge, match="2 MB"):
        document_files.attach(world.work, world.incoming().id, "a.pdf", bytes(2_000_001), "application/pdf")

"""What intake does with all kinds of files, and single rules of the form."""

import io
import os
import time
import unicodedata
from pathlib import Path

import pytest

from directives import intake
from directives.intake import Directory, Known, Secret
from foundation.errors import Invalid, TooLarge

DOCUMENTS = Path(__file__).parent / "documents"
PLAIN = (DOCUMENTS / "cong-van-giao-so.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.replace("\n", "\r\n").encode(),
        unicodedata.normalize("NFD", PLAIN).encode(),
    ],
    ids=["bom", "utf-16", "utf-16-le", "utf-16-be", "crlf", "nfd"],
)
def test_encodings_and_line_ends_make_no_difference(content: bytes) -> None:
    assert intake.read(content).as_json() == intake.read(PLAIN.encode()).as_json()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.txt"),
        (b" \n\n ", "a.txt"),
        (os.urandom(50_000), "a.txt"),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(1000), "a.png"),
        (b"PK\x03\x04" + os.urandom(1000), "a.docx"),
        (b"%PDF-1.4\n" + os.urandom(100_000), "a.pdf"),
        (os.urandom(1000), "a.pdf"),
        (b"\xd0\xcf\x11\xe0" + os.urandom(1000), "a.doc"),
        (b"abc\x00def", "a.txt"),
    ],
    ids=["empty", "blank", "random", "png", "broken docx", "broken pdf", "no pdf", "old doc", "nul"],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content: bytes, name: str) -> None:
    with pytest.raises(Invalid, match="Hãy"):
        intake.read(content, filename=name)


@pytest.mark.parametrize("content", [b"a b\n" * 1_300_000, os.urandom(5_000_000), b"\n" * 60_000 + b"x"])
def test_noise_is_refused_fast(content: bytes) -> None:
    start = time.process_time()
    with pytest.raises((TooLarge, Invalid)):
        intake.read(content)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "text",
    [
        "Mẹ giao cho cô bé mang bánh đến nhà bà trước ngày 20/5/2024.\n" * 20,
        "The quick brown fox.\n",
        '{"a": 1}',
    ],
)
def test_a_text_that_is_no_official_document_has_no_items_and_says_so(text: str) -> None:
    proposal = intake.read(text.encode())
    assert proposal.items == ()
    assert [quirk.kind for quirk in proposal.quirks] == ["not_official"]


@pytest.mark.parametrize("mark", ["MẬT", "TỐI MẬT", "**Tuyệt mật**", "Độ mật: Mật"])
def test_a_secret_document_is_refused(mark: str) -> None:
    with pytest.raises(Secret, match="mật"):
        intake.read(PLAIN.replace("Kính gửi:", f"{mark}\n\nKính gửi:").encode())


def test_the_word_secret_inside_a_sentence_is_no_mark() -> None:
    assert intake.read(PLAIN.replace("có nguy cơ cháy cao", "nuôi ong lấy mật").encode()).items


def test_a_long_paragraph_does_not_take_long() -> None:
    endless = "- " + "báo cáo Sở Tài chính trước ngày 30/6/2024; giao Sở Nội vụ phối hợp với các sở. " * 3000
    start = time.process_time()
    proposal = intake.read(PLAIN.replace("a) Ký cam kết", endless + "\n\na) Ký cam kết").encode())
    assert time.process_time() - start < 5
    assert "long_line" in {quirk.kind for quirk in proposal.quirks}


def test_a_directory_gives_organisations_their_names() -> None:
    known = Directory(
        [Known(name="Công an tỉnh Sơn Hà", aliases=("CA tỉnh",)), Known(name="Sở NN&PTNT Sơn Hà")]
    )
    leads = {lead for item in intake.read(PLAIN.encode(), known=known).items for lead in item.leads}
    assert "Công an tỉnh Sơn Hà" in leads


def test_an_alias_of_two_organisations_finds_none() -> None:
    known = Directory(
        [
            Known(name="Phòng A", aliases=("Phòng Tổng hợp",)),
            Known(name="Phòng B", aliases=("Phòng Tổng hợp",)),
        ]
    )
    assert known.find("Phòng Tổng hợp") is None


def test_names_are_completed_with_the_province_of_the_issuer() -> None:
    items = intake.read(PLAIN.encode()).items
    assert items[0].leads == ("Sở Nông nghiệp và Phát triển nông thôn tỉnh Sơn Hà",)
    assert items[0].coordinators == ("Công an tỉnh Sơn Hà", "UBND các huyện, thành phố")


def test_a_docx_with_automatic_numbers_and_a_table_is_read() -> None:
    import docx

    document = docx.Document()
    for line in PLAIN.split("1. Sở Nông")[0].splitlines():
        document.add_paragraph(line)
    document.add_paragraph("Giao Sở Nội vụ tổng hợp kết quả trước ngày 30/6/2024.", style="List Number")
    table = document.add_table(rows=2, cols=3)
    rows = (("Nội dung", "Cơ quan chủ trì", "Thời gian"), ("Mua sắm thiết bị", "Sở Y tế", "Quý III/2024"))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    for line in ("Nơi nhận:", "- Như trên;", "- Lưu: VT."):
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    items = intake.read(stream.getvalue(), filename="a.docx").items
    assert [(item.deadline.kind, item.leads[0].split(" tỉnh")[0]) for item in items] == [
        ("fixed", "Sở Nội vụ"),
        ("quarter", "Sở Y tế"),
    ]


def test_dirty_input_becomes_quirks() -> None:
    kinds = {q.kind for q in intake.read((DOCUMENTS / "ke-hoach-khoi-phan-cong.txt").read_bytes()).quirks}
    assert {"missing_number", "missing_date", "impossible_date"} <= kinds
    letters = intake.read((DOCUMENTS / "chi-thi.txt").read_bytes()).quirks
    assert any(q.kind == "letter_sequence" and "“c”" in str(q.message) for q in letters)


def test_the_json_has_the_keys_of_the_contract() -> None:
    shown = intake.read(PLAIN.encode()).as_json()
    assert set(shown) == {"document", "items", "quirks"}
    assert {"number", "doc_type", "issuer", "date", "subject", "legal_bases", "signer", "recipients"} <= set(
        shown["document"]
    )
    assert set(shown["document"]["legal_bases"][0]) == {"type", "number", "date", "issuer", "quoted"}
    assert set(shown["document"]["recipients"][0]) == {"name", "raw", "as"}
    assert {"section", "text", "leads", "coordinators", "deadline", "output", "source_lines"} <= set(
        shown["items"][0]
    )
    assert {"kind", "raw", "due"} <= set(shown["items"][0]["deadline"])

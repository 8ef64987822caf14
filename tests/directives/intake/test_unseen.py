"""Documents that were written before the rules were looked at, kept as regression.

They came in four batches; each was measured once before anything was repaired for it. Those first figures
are the honest estimate for documents nobody has tried yet: F1 of items, F1 of leads, deadline kinds, due
days, F1 of legal bases.

- 01–24: 0.913, 0.822, 0.760, 0.827, 0.935
- 01–24 once doubtful truths were settled: 0.935, 0.846, 0.832, 0.895, 0.967
- 31–40: 0.991, 0.763, 0.912, 0.947, 0.880
- 51–57: 0.971, 0.949, 0.806, 0.806, 1.000
- 61–64: 1.000, 0.955, 0.909, 0.909, 1.000
"""

import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from directives import intake
from directives.intake.proposal import Proposal
from tests.directives.intake.measure import Score, measure

UNSEEN = Path(__file__).parent / "unseen"
TEXTS = sorted(UNSEEN.glob("*.txt"))


class Weekdays:
    """A calendar without holidays."""

    def add_working_days(self, day: date, count: int, /) -> date:
        while count:
            day += timedelta(days=1)
            count -= day.weekday() < 5  # Saturday is the sixth
        return day


def _read(path: Path) -> Proposal:
    return intake.read(path.read_bytes(), filename=path.name, working=Weekdays())


@pytest.fixture(scope="module")
def total() -> Score:
    score = Score()
    for path in TEXTS:
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        score.add(measure(_read(path).as_json(), truth))
    return score


@pytest.mark.parametrize(
    "figure",
    [
        lambda score: score.items_f1,
        lambda score: score.leads_f1,
        lambda score: score.kinds,
        lambda score: score.dues,
        lambda score: score.bases_f1,
    ],
    ids=["items", "leads", "kinds", "dues", "bases"],
)
def test_what_was_reached_on_unseen_documents_stays(total: Score, figure: Callable[[Score], float]) -> None:
    assert total.true > 250
    assert figure(total) >= 0.99, "\n".join([str(total), *total.misses])


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_the_head_of_an_unseen_document_is_read(path: Path) -> None:
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["document"]
    document = _read(path).as_json()["document"]
    for key in ("number", "doc_type", "date", "issuer"):
        assert document[key] == truth[key], key
    assert document["signer"]["name"] == truth["signer"]["name"]


@pytest.mark.parametrize("start", ["14", "15", "16", "57", "64"])
def test_a_document_that_assigns_nothing_has_no_items(start: str) -> None:
    assert _read(next(path for path in TEXTS if path.name.startswith(start))).items == ()


def test_a_row_written_one_cell_per_line_points_to_all_its_lines() -> None:
    proposal = _read(UNSEEN / "03-ke-hoach-so-o-tung-dong.txt")
    lines = [proposal.lines[line - 1] for line in proposal.items[0].source_lines]
    assert lines[1] == "Rà soát, đơn giản hóa thủ tục hành chính nội bộ"
    assert lines[-1] == "Quyết định công bố"


def test_a_signature_beside_the_recipients_keeps_its_capacity() -> None:
    signer = _read(UNSEEN / "01-cong-van-hop-giao-ban.txt").document.signer
    assert (signer.capacity, signer.role) == ("KT. CHỦ TỊCH", "Phó Chủ tịch")


def test_a_pdf_with_a_ruled_table_gives_an_item_per_row() -> None:
    proposal = _read(UNSEEN / "ke-hoach-bang.pdf")
    assert [(item.leads, item.deadline.kind) for item in proposal.items[:3]] == [
        (("Phòng Công chức, viên chức",), "quarter"),
        (("Trung tâm Lưu trữ lịch sử",), "fixed"),
        (("Thanh tra Sở",), "continuous"),
    ]
    assert len(proposal.items) == 7
    assert proposal.document.issuer == "Sở Nội vụ tỉnh Quảng Ngãi"
    assert proposal.document.signer.name == "Đinh Thị Ngọc Quỳnh"


def test_in_a_docx_names_below_each_other_are_a_list_and_merged_cells_keep_their_columns() -> None:
    import docx

    document = docx.Document()
    for line in ("Số: 640/KH-SCT", "Cao Bằng, ngày 21 tháng 5 năm 2024", "KẾ HOẠCH", "Phát triển thương mại"):
        document.add_paragraph(line)
    table = document.add_table(rows=3, cols=4)
    rows = (
        ("TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"),
        ("I", "Đào tạo", "", ""),
        ("1", "Mở 02 lớp tập huấn", "Phòng Quản lý thương mại\nHội Nông dân tỉnh", "Hằng quý"),
    )
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.rows[1].cells[1].merge(table.rows[1].cells[3])
    stream = io.BytesIO()
    document.save(stream)
    proposal = intake.read(stream.getvalue(), filename="a.docx")
    assert "| I | Đào tạo |  |  |" in proposal.lines
    assert [item.leads for item in proposal.items] == [
        ("Phòng Quản lý thương mại", "Hội Nông dân tỉnh Cao Bằng")
    ]

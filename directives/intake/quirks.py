"""What a person should look at: gaps of the form, impossible dates, missing leads (R-S11)."""

import re
from collections import Counter
from collections.abc import Iterable

from directives.intake import columns
from directives.intake.form import Form
from directives.intake.header import symbol_line
from directives.intake.proposal import Header, Item, Quirk
from directives.intake.structure import RANKS, Block, blocks
from directives.intake.text import READ_OF_LINE
from foundation.texts import Text, _
from foundation.vietnamese import fold

_LETTERS = "abcdđeghiklmnopqrstuvxy"


def not_official() -> Quirk:
    """Say that a text has no form of an official document."""
    return Quirk(
        kind="not_official",
        message=_(
            "Không nhận thấy thể thức văn bản hành chính (số, ký hiệu, tên loại, nơi nhận …) nên không "
            "đề xuất nhiệm vụ nào. "
            "Nếu đây là văn bản chỉ đạo, hãy nhập nhiệm vụ bằng tay."
        ),
    )


def find(form: Form, document: Header, items: list[Item], lines: tuple[str, ...]) -> tuple[Quirk, ...]:
    """Give the quirks of one document in order of line."""
    body = blocks((*form.body, *form.annex))
    found = [
        *_too_long(lines),
        *_of_form(form, document),
        *_of_outline(body),
        *_of_items(items),
        *_split_by_pages(body, lines),
    ]
    return tuple(sorted(found, key=lambda quirk: quirk.line or 0))


def _too_long(lines: tuple[str, ...]) -> Iterable[Quirk]:
    for number, line in enumerate(lines, start=1):
        if len(line) > READ_OF_LINE:
            yield Quirk(
                kind="long_line",
                message=_("Dòng quá dài, chỉ đọc {limit} ký tự đầu.", limit=READ_OF_LINE),
                line=number,
            )


def _of_form(form: Form, document: Header) -> Iterable[Quirk]:
    number_line = form.number_line.number if form.number_line else None
    if document.number is None:
        yield Quirk(kind="missing_number", message=_("Chưa có số văn bản."), line=number_line)
    if document.issued_on is None:
        line = form.date_line.number if form.date_line else None
        yield Quirk(kind="missing_date", message=_("Chưa có ngày, tháng ban hành đầy đủ."), line=line)
    symbol = symbol_line(form) or ""
    if document.number is not None and re.search(r"\d\s+[/-]|[-/]\s+\w", symbol):
        yield Quirk(
            kind="number_spacing",
            message=_("Số, ký hiệu có khoảng trắng thừa, đã chuẩn hóa."),
            line=number_line,
        )
    head = fold(" ".join(line.text for line in form.head))
    if "cong hoa xa hoi" not in head and "dang cong san" not in head:
        yield Quirk(kind="header_missing", message=_("Không thấy quốc hiệu, tiêu ngữ ở đầu văn bản."))
    if document.signer.name is None:
        yield Quirk(kind="signer_missing", message=_("Không thấy họ tên người ký."))
    elif document.signer.role is None and document.signer.capacity is None:
        yield Quirk(
            kind="signature_block_missing",
            message=_("Chỉ còn họ tên người ký, mất chức vụ và thẩm quyền ký."),
        )
    if not document.recipients:
        yield Quirk(kind="recipients_missing", message=_("Không thấy phần “Nơi nhận”."))


def _of_outline(body: list[Block]) -> Iterable[Quirk]:
    last: dict[str, tuple[str, int]] = {}
    for block in body:
        rank = RANKS[block.kind]
        for kind in [kind for kind in last if RANKS[kind] > rank]:
            del last[kind]
        if block.kind in {"letter", "number", "roman"}:
            if block.kind in last:
                quirk = _of_step(block, last[block.kind][0])
                if quirk is not None:
                    yield quirk
            last[block.kind] = (block.label, block.lines[0])


def _of_step(block: Block, before: str) -> Quirk | None:
    label = block.label
    if label == before:
        return Quirk(
            kind="duplicate_label",
            message=_("Mục “{label}” bị đánh trùng.", label=label),
            line=block.lines[0],
        )
    if block.kind == "letter" and label in _LETTERS and before in _LETTERS:
        skipped = _LETTERS.index(label) - _LETTERS.index(before)
        if skipped > 1:
            missing = _LETTERS[_LETTERS.index(before) + 1]
            return Quirk(
                kind="letter_sequence",
                message=_("Thứ tự điểm nhảy qua “{label}”.", label=missing),
                line=block.lines[0],
            )
    if (
        block.kind == "number"
        and label.isdigit()
        and before.isdigit()
        and int(label) - int(before) != 1
        and int(label) != 1
    ):
        return Quirk(
            kind="number_sequence", message=_("Số mục không liên tục: {before} rồi "
                "{after}.", before=before, after=label),
            line=block.lines[0],
        )  # fmt: skip
    return None


def _of_items(items: list[Item]) -> Iterable[Quirk]:
    for item in items:
        if item.deadline.invalid is not None:
            line = (item.detail_lines or item.source_lines)[-1]
            yield Quirk(kind="impossible_date", message=_impossible(item), line=line)
        if item.is_request:
            yield Quirk(
                kind="request_not_order",
                message=_("Nhiệm vụ được đề nghị, không phải giao."),
                line=item.source_lines[0],
            )
        if len(item.leads) > 1:
            yield Quirk(
                kind="joint_lead", message=_("Có {count} đơn vị chủ trì; hãy chọn một đơn vị chịu trách "
                    "nhiệm.", count=len(item.leads)),
                line=item.source_lines[0],
            )  # fmt: skip
        if re.search(r"\bđịnh kỳ\b", item.text, re.IGNORECASE) and item.deadline.kind == "none":
            yield Quirk(
                kind="vague_period", message=_("“Định kỳ” nhưng không nêu chu kỳ."), line=item.source_lines[0]
            )
        if item.deadline.kind == "conditional":
            yield Quirk(
                kind="conditional_deadline", message=_("Thời hạn phụ thuộc sự kiện: "
                    "{condition}.", condition=item.deadline.condition),
                line=item.source_lines[0],
            )  # fmt: skip
    counts = Counter(bool(item.leads) for item in items)
    if counts[False]:
        yield Quirk(
            kind="no_lead", message=_("{count} nhiệm vụ không nêu đơn vị chủ trì.", count=counts[False])
        )
    undated = sum(item.deadline.kind == "none" for item in items)
    if undated:
        yield Quirk(kind="no_deadline", message=_("{count} nhiệm vụ không có thời hạn.", count=undated))


def _impossible(item: Item) -> Text:
    due = item.deadline.due.strftime("%d/%m/%Y") if item.deadline.due else ""
    return _(
        "Ngày “{found}” không có trong lịch; đọc là {due}, cần xác nhận.",
        found=item.deadline.invalid,
        due=due,
    )


def _split_by_pages(body: list[Block], lines: tuple[str, ...]) -> Iterable[Quirk]:
    for block in body:
        if block.rows:
            continue
        for one, other in zip(block.lines, block.lines[1:], strict=False):
            if other - one > 1 and not any(
                line.strip() and not columns.split(line) for line in lines[one : other - 1]
            ):
                yield Quirk(
                    kind="page_break_split", message=_("Câu bị ngắt giữa hai trang, đã nối lại."), line=one
                )
                break

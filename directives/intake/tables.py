"""Tables of tasks: "STT | Nội dung | Cơ quan chủ trì | Cơ quan phối hợp | Thời hạn | Sản phẩm"."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from directives.intake import fields, roles
from directives.intake.proposal import Item
from directives.intake.structure import Block, Row, marker
from directives.intake.words import starts_with_action
from foundation.vietnamese import fold

if TYPE_CHECKING:
    from directives.intake.items import Reader, Scope

_TEXT_HEADS = re.compile(
    r"\b(?:noi dung|nhiem vu|cong viec|ten nhiem vu|hoat dong|giai phap|ten de an|chuyen de|viec)\b"
)
_NUMBER_HEADS = re.compile(r"^(?:stt|tt|so tt|so thu tu|no)\.?$")


def items(block: Block, reader: "Reader", scope: "Scope") -> list[Item]:
    """Give an item per row of tasks; a table without a column of tasks has none."""
    head_at, columns = _columns(block)
    if "text" not in columns.values() or not ({"leads", "time", "coordinators"} & set(columns.values())):
        return []
    found: list[Item] = []
    section = scope
    previous: dict[str, str] = {}
    for row in block.rows[head_at + 1 :]:
        cells = row.cells
        values = {kind: cells[at].strip() for at, kind in columns.items() if at < len(cells)}
        text = values.get("text", "")
        if _is_group(cells, values):
            title = next((c for c in reversed(cells) if c.strip()), "")
            number = next((c.strip(" .") for c in cells if c.strip()), "")
            section = replace(scope, section=number if number != title else scope.section)
            previous = {}
            continue
        if not text:
            if found:
                found[-1] = _continued(found[-1], row.lines, values, reader)
            continue
        if values.get("leads", "").strip(" -") in {"nt", "Như trên", "như trên", '"', "''", "-nt"}:
            values["leads"] = previous.get("leads", "")
        previous = values
        found.append(_item(row, values, reader, section, columns))
    return found


def _columns(block: Block) -> tuple[int, dict[int, str]]:
    for at, row in enumerate(block.rows[:4]):
        columns: dict[int, str] = {}
        for place, cell in enumerate(row.cells):
            kind = heading_kind(cell)
            if kind is not None and (kind not in columns.values() or kind in {"leads", "coordinators"}):
                columns[place] = kind
        if len(columns) > 1 and "text" in columns.values():
            return at, columns
    return 0, {}


def is_number_heading(cell: str) -> bool:
    """Tell whether a cell heads the column of numbers: "STT"."""
    return _NUMBER_HEADS.match(fold(cell).strip(" :.*")) is not None


def heading_kind(cell: str) -> str | None:  # noqa: PLR0911 - one return per rule
    """Tell what a column holds by its heading: text, leads, coordinators, time or output."""
    folded = fold(cell).strip(" :.*")
    if not folded or _NUMBER_HEADS.match(folded):
        return None
    kind = fields.label_kind(cell)
    if kind in {"leads", "coordinators", "time", "output", "text"}:
        return kind
    if "phoi hop" in folded:
        return "coordinators"
    if re.search(r"chu tri|co quan thuc hien|don vi thuc hien|phan cong|phu trach|dau moi|don vi", folded):
        return "leads"
    if re.search(r"thoi gian|thoi han|tien do|han |^(?:thang|qui|ngay|moc)\b", folded):
        return "time"
    if re.search(r"san pham|ket qua", folded):
        return "output"
    return "text" if _TEXT_HEADS.search(folded) else None


def _is_group(cells: tuple[str, ...], values: dict[str, str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    others = [value for kind, value in values.items() if kind != "text" and value]
    if others and len({fold(v) for v in others}) > 1:
        return False
    first = cells[0].strip(" .") if cells else ""
    if others:
        return (
            len(set(filled)) <= 2  # noqa: PLR2004 - a limit of the form
            and len(others) == len(values) - 1
            and re.fullmatch(r"[IVX]+|[A-H]", first) is not None
        )
    numbered = re.fullmatch(r"[IVX]+|[A-HĐ]", first) is not None
    return numbered or (len(filled) == 1 and not starts_with_action(filled[0]))


def _item(
    row: Row,
    values: dict[str, str],
    reader: "Reader",
    scope: "Scope",
    columns: dict[int, str],
) -> Item:
    number = next((c.strip(" .") for at, c in enumerate(row.cells) if at not in columns and c.strip()), "")
    found = [
        fields.Field(kind=kind, value=values[kind], start=0, end=0)
        for kind in ("leads", "coordinators", "time", "output")
        if values.get(kind, "").strip(" -–")
    ]
    inner = reader.with_fields(scope, found)
    text = marker(values["text"])[2]
    who = roles.read(text)
    deadline = inner.deadline
    if deadline.kind == "none" and not deadline.raw:
        deadline = reader.time.of(text)
    return Item(
        section=".".join(part for part in (scope.section, number) if part), text=text,
        leads=inner.leads or reader.names(who.leads),
        coordinators=inner.coordinators or reader.names(who.coordinators),
        deadline=deadline, output=inner.output, source_lines=row.lines, is_request=inner.is_request,
    )  # fmt: skip


def _continued(item: Item, lines: tuple[int, ...], values: dict[str, str], reader: "Reader") -> Item:
    """Take over cells that a page break pushed into a row of their own."""
    names = reader.names(roles.of_label(values.get("leads", "")).leads) if values.get("leads") else ()
    return replace(
        item, leads=tuple(dict.fromkeys((*item.leads, *names))), detail_lines=(*item.detail_lines, *lines)
    )

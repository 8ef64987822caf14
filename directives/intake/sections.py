"""What a heading says about the part below it: purposes, tasks, organisation, time and money."""

import re

from directives.intake.structure import Node
from foundation.vietnamese import fold

_WORK = re.compile(
    r"\b(?:nhiem vu|giai phap|noi dung|to chuc thuc hien|phan cong|trach nhiem|trien khai|che do bao cao"
    r"|theo doi|kiem tra"
    r"|cong viec|hoat dong|to chuc trien khai|cong tac|bien phap)\b"
)
_SILENT = re.compile(
    r"\b(?:muc dich|muc tieu|quan diem|yeu cau|chi tieu|pham vi|doi tuong|su can thiet|can cu"
    r"|co so phap ly|thuc trang|tinh hinh|ket qua"
    r"|danh gia|ton tai|han che|nguyen nhan|bai hoc|khai quat|dac diem|boi canh|nguyen tac"
    r"|dinh huong chung|thanh phan|dia diem|uu diem"
    r"|khuyet diem|thuan loi|kho khan|ghi nhan|du bao|giai thich tu ngu|hieu luc|dieu khoan)\b"
)
_TIME = re.compile(r"\b(?:thoi gian|tien do|lo trinh|thoi han)\b")
_MONEY = re.compile(r"\b(?:kinh phi|nguon von|nguon luc tai chinh)\b")
_EVENT = re.compile(r"\bdia diem\b")


def kind_of(title: str) -> str | None:
    """Give silent, time, money or work for a heading; None when the heading does not say."""
    folded = fold(title)[:160]
    if re.match(
        r"(?:ve )?(?:ket qua|tinh hinh|danh gia|muc dich|yeu cau|muc tieu|thuc trang|ton tai|uu diem"
        r"|han che|quan diem)\b",
        folded,
    ):
        return "silent"
    if _WORK.search(folded):
        return "work"
    if _EVENT.search(folded):
        return "silent"
    if _TIME.search(folded):
        return "time"
    if _MONEY.search(folded):
        return "money"
    return "silent" if _SILENT.search(folded) else None


def work_sections(roots: list[Node]) -> set[str]:
    """Give the labels of sections of tasks, without those on organisation, time and money."""
    found: set[str] = set()
    for node in roots:
        folded = fold(node.block.text)
        if (
            kind_of(node.block.text) == "work"
            and "to chuc" not in folded
            and "bao cao" not in folded
            and "kinh phi" not in folded
        ):
            found.add(node.block.label)
    return found

"""From the body of a document to items: which types assign at all, who is meant when nobody is named."""

import re

from directives.intake import clauses, roles
from directives.intake.clauses import Time
from directives.intake.form import Form
from directives.intake.items import Reader, Scope
from directives.intake.parties import Directory, Place, complete, split
from directives.intake.proposal import Header, Item
from directives.intake.structure import Block, blocks, tree
from foundation.vietnamese import fold

#: types that invite, report, submit or certify and so assign nothing
_SILENT_TYPES = frozenset(
    [
        "giấy mời",
        "báo cáo",
        "tờ trình",
        "biên bản",
        "hợp đồng",
        "giấy giới thiệu",
        "giấy ủy quyền",
        "phiếu gửi",
        "phiếu chuyển",
        "phiếu báo",
        "thư công",
        "giấy nghỉ phép",
        "dự án",
        "quy chế",
        "quy định",
    ]
)
_ASKS_UPWARD = re.compile(
    r"^(?:v\s*/\s*v|ve viec)\s*:?\s*(?:bao cao|trinh|xin|de nghi|de xuat|kien nghi|gop y|tham gia y kien"
    r"|tham gia gop y|phuc dap|tra loi|giai trinh"
    r"|cung cap|cho y kien|y kien|tham dinh|thoa thuan|thong nhat|dang ki|cu |chap thuan|bo sung)"
)
_INVITES = re.compile(r"^(?:v\s*/\s*v|ve viec)\s*:?\s*(?:moi|giay moi|tham du|du hop|to chuc hop)\b")
_HIGHER = re.compile(
    r"^(?:uy ban nhan dan|ubnd) (?:tinh|thanh pho)|^(?:thu tuong|chinh phu|van phong chinh phu|bo "
    r"|tinh uy|thanh uy|thuong truc tinh uy|thuong truc thanh uy"
    r"|ban thuong vu|hdnd|hoi dong nhan dan|thuong truc hdnd|chu tich ubnd|dong chi chu tich)"
)


def assigns(form: Form, document: Header) -> bool:
    """Tell whether a document of this type and direction assigns work."""
    if document.doc_type in _SILENT_TYPES:
        return False
    if document.doc_type != "công văn":
        return True
    subject = fold(document.subject or "")
    if _INVITES.match(subject):
        return False
    upward = bool(form.addressees) and all(_HIGHER.match(fold(line.text)) for line in form.addressees)
    return not (upward and not _is_from_above(document, form)) and not (
        _ASKS_UPWARD.match(subject) is not None and not _asks_somebody(form)
    )


def items_of(form: Form, document: Header, known: Directory | None, time: Time) -> list[Item]:
    """Give the items of body and annexes."""
    if not assigns(form, document):
        return []
    place = (
        Place(level=document.level, name=document.place or "")
        if document.place and document.level
        else Place()
    )
    reader = Reader(time=time, place=place, known=known)
    scope = Scope(mode="strict" if document.doc_type in {"quyết định", "nghị quyết"} else "list")
    found: list[Item] = []
    body = _without_closing(blocks(form.body))
    found += reader.read(tree(body), scope)
    if form.annex:
        found += reader.read(tree(blocks(form.annex)), Scope(mode="list"))
    addressed = _addressed(form, place, known) if document.doc_type == "công văn" else ()
    if not addressed:
        return found
    return [_for_addressees(item, addressed) for item in found]


def _without_closing(found: list[Block]) -> list[Block]:
    """Drop the unnumbered last paragraph that asks everybody to carry the document out."""
    while found and found[-1].kind == "paragraph" and not found[-1].rows:
        last = found[-1].text
        own = clauses.is_formula(last) or clauses.is_difficulty(last)
        if not own and not (clauses.is_generic_closing(last) and len(found) > 3):  # noqa: PLR2004 - something stands before it
            break
        found = found[:-1]
    return found


def _addressed(form: Form, place: Place, known: Directory | None) -> tuple[str, ...]:
    return tuple(complete(name, place, known) for line in form.addressees for name in split(line.text))


def _for_addressees(item: Item, addressed: tuple[str, ...]) -> Item:
    from dataclasses import replace

    meant = re.match(
        r"^(?:các|quý|những)?\s*(?:cơ quan|đơn vị|địa phương|sở, ban, ngành)\b",
        " ".join(item.leads),
        re.IGNORECASE,
    )
    if not item.leads or (
        meant and len(addressed) == 1 and len(item.leads) == 1 and "quý" in item.leads[0].lower()
    ):
        return replace(item, leads=addressed)
    return item


def _is_from_above(document: Header, form: Form) -> bool:
    issuer = fold(document.issuer or "")
    to = [fold(line.text) for line in form.addressees]
    if issuer.startswith(("bo ", "thu tuong", "chinh phu", "van phong chinh phu")):
        return True
    return issuer.startswith(("tinh uy", "thanh uy", "van phong tinh uy")) and all(
        t.startswith(("uy ban", "ubnd", "hdnd")) for t in to
    )


def _asks_somebody(form: Form) -> bool:
    """Tell whether a sentence of the body orders or asks a unit below or beside."""
    for block in blocks(form.body):
        for start, end in clauses.sentences(block.text):
            sentence = block.text[start:end]
            who = roles.read(sentence)
            if (
                who.is_ordered
                and who.leads
                and not all(_HIGHER.match(fold(name)) for name in who.leads)
                and not clauses.is_formula(sentence)
            ):
                return True
    return False

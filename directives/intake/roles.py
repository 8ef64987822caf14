"""Leads and coordinators of one sentence: "Giao X chủ trì, phối hợp với Y …", "X có trách nhiệm …"."""

import re
from dataclasses import dataclass

from directives.deadline_phrases import find
from directives.intake import parties
from directives.intake.words import STARTS_PARTY, STARTS_PARTY_SMALL
from foundation.vietnamese import fold

_ORDER = re.compile(
    r"\b(?:giao(?!\s+(?-i:ban|thông|dịch|lưu|tiếp|nhận|hữu|thương|khoán|đất"
    r"|rừng))(?:\s+nhiệm vụ)?(?:\s+trách nhiệm)?|yêu cầu|kính đề nghị|trân trọng đề nghị|đề nghị|ủy quyền"
    r"|thống nhất giao|tiếp tục giao)(?:\s+cho)?\s*:?\s+",
    re.IGNORECASE,
)
_REQUEST = re.compile(r"đề nghị", re.IGNORECASE)
_INTRO = re.compile(
    r"^(?:(?:đồng thời|ngoài ra|bên cạnh đó|trước mắt|định kỳ|riêng|ngay sau khi|sau khi|trên cơ sở"
    r"|căn cứ|để|nhằm|theo|thực hiện"
    r"|trong thời gian|trong quá trình|trong trường hợp|từ nay|hàng|hằng|đối với|với|qua|khi|trong"
    r"|ngay)\b)[^:]{0,600}?,\s*(?=\S)",
    re.IGNORECASE,
)
_JOINTLY = re.compile(
    r"\bphối hợp(?:\s+(?:chặt chẽ|tốt|đồng bộ|thường xuyên|có hiệu quả|hiệu quả|kịp thời"
    r"|cùng))*(?:\s*,)?(?:\s+(?:với|cùng với|cùng))?\s*:?\s+",
    re.IGNORECASE,
)
_BY = re.compile(r"\bdo\s+(?=(?:[A-ZĐ]|các\s))")
_AFTER_BY = re.compile(
    r"^\s*,?\s*(?:làm\s+)?(?:chủ trì|chủ đầu tư|thực hiện|chịu trách nhiệm|phụ trách|đầu mối)"
)
_BRACKETS = re.compile(r"\((?:giao\s+|do\s+)?([^()]{4,200})\)(?=[\s.;]*$)", re.IGNORECASE)
_CHAIR = re.compile(
    r"^\s*,?\s*(?:chủ trì|làm đầu mối|là (?:cơ quan|đơn vị) (?:chủ trì|đầu mối))", re.IGNORECASE
)
#: behind the names of a label's value: words that do not belong to a name any more
_SAYS_MORE = re.compile(
    r"[.:()]\s*\S|\b(?:chủ trì|phối hợp|tham mưu|thực hiện|tổ chức|triển khai|xây dựng|hướng dẫn|để|theo"
    r"|trước|trong"
    r"|báo cáo|chịu trách nhiệm|có trách nhiệm|là|cùng|trình|tổng hợp|kiểm tra|hoàn thành|cung cấp|lập"
    r"|do|tùy|tại)\b"
    r"|^.{90,}",
    re.IGNORECASE,
)
_ONLY_ROLES = re.compile(
    r"^[\s,]*(?:(?:chủ trì|tham mưu|triển khai|tổ chức|thực hiện|theo quy định|xem xét|cùng|và|đơn vị"
    r"|cơ quan|làm|đầu mối)[\s,]*)*[.;]?\s*$"
)


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Who is named in a sentence, as written."""

    leads: tuple[str, ...] = ()
    coordinators: tuple[str, ...] = ()
    is_request: bool = False
    #: the sentence orders or asks somebody in so many words
    is_ordered: bool = False
    #: where the names of the leads end
    end: int = 0


def read(sentence: str, *, small: bool = False) -> Roles:
    """Find the doer of a sentence and those who work with it; `small` accepts names in small letters."""
    start, ordered, request = _place_of_lead(sentence)
    end = parties.span_of_parties(sentence, start, small=small or ordered)
    names = sentence[start:end]
    if end > start and _is_subject(sentence, start, end):
        leads = parties.split(_without_colleagues(names))
        return Roles(
            leads=leads,
            coordinators=_coordinators(sentence, end, leads),
            is_request=request,
            is_ordered=ordered,
            end=end,
        )
    by = _doer_after_by(sentence)
    if by is not None:
        leads = parties.split(sentence[by[0] : by[1]])
        return Roles(leads=leads, coordinators=_coordinators(sentence, by[1], leads), end=by[1])
    aside = _doer_in_brackets(sentence)
    if aside is not None:
        leads = parties.split(_without_colleagues(sentence[aside[0] : aside[1]]))
        return Roles(leads=leads, coordinators=_coordinators(sentence, 0, leads), end=0)
    return Roles(coordinators=_coordinators(sentence, 0, ()))


def of_label(value: str) -> Roles:
    """Read what stands after "Cơ quan chủ trì:" or "Cơ quan thực hiện:"."""
    value = value.strip()
    order = _ORDER.match(value)
    start = order.end() if order else 0
    end = parties.span_of_parties(value, start, small=True)
    if end == start:
        return Roles(leads=parties.split(re.split(r"[.;(]", value)[0]) if 0 < len(value) < 120 else ())  # noqa: PLR2004 - a limit of the form
    end = _over_sentence_breaks(value, start, end)
    if order is None and not _SAYS_MORE.search(value[end:]):
        end = len(value)
    leads = parties.split(_without_colleagues(value[start:end]))
    request = order is not None and _REQUEST.search(order[0]) is not None
    return Roles(leads=leads, coordinators=_coordinators(value, end, leads), is_request=request, end=end)


def of_coordinators(value: str) -> tuple[str, ...]:
    """Read what stands after "Cơ quan phối hợp:"."""
    value = value.strip()
    end = parties.span_of_parties(value, 0, small=True)
    if not _SAYS_MORE.search(value[end:]):
        end = len(value)
    return parties.split(value[:end] if end else value)


def is_only_roles(sentence: str) -> bool:
    """Tell whether a sentence says who does it and nothing else: "Sở A chủ trì, phối hợp với Sở B."."""
    roles = read(sentence)
    if not roles.leads:
        return False
    rest = sentence[roles.end :]
    joint = _JOINTLY.search(rest)
    if joint is not None:
        end = parties.span_of_parties(rest, joint.end(), small=True)
        if end > joint.end():
            rest = rest[: joint.start()] + rest[end:]
    return "chủ trì" in sentence.lower() and _ONLY_ROLES.match(rest) is not None


def _place_of_lead(sentence: str) -> tuple[int, bool, bool]:
    """Give where the doer's name should begin, whether it is ordered, whether it is asked."""
    order = _ORDER.search(sentence)
    while order is not None:
        if _may_order(sentence, order):
            return order.end(), True, _REQUEST.search(order[0]) is not None
        order = _ORDER.search(sentence, order.end())
    if STARTS_PARTY.match(sentence):
        return 0, False, False
    for phrase in find(sentence):
        if not sentence[: phrase.start].strip(" (-+") and sentence[phrase.end :].lstrip(" )").startswith(","):
            return sentence.index(",", phrase.end) + _spaces(sentence, phrase.end), False, False
    intro = _INTRO.match(sentence)
    while intro is not None:
        at = intro.end()
        if STARTS_PARTY.match(sentence, at):
            return at, False, False
        later = re.compile(r",\s*").search(sentence, at)
        if later is None or later.end() > 700:  # noqa: PLR2004 - an introduction, not the whole paragraph
            break
        intro = re.compile(r".*", re.DOTALL).match(sentence, later.end(), later.end())
    return 0, False, False


def _spaces(sentence: str, at: int) -> int:
    comma = sentence.index(",", at)
    rest = sentence[comma + 1 :]
    return 1 + len(rest) - len(rest.lstrip())


def _may_order(sentence: str, order: re.Match[str]) -> bool:
    if STARTS_PARTY_SMALL.match(sentence, order.end()) is None:
        return False
    before = sentence[: order.start()].rstrip()
    at_start = not before or before.endswith((".", ";", ":", ","))
    if at_start:
        return True
    if re.search(r"(?:được|nhiệm vụ|theo|các|sự|ý kiến|xét|về|nội dung|văn bản)$", before, re.IGNORECASE):
        return False
    return (
        STARTS_PARTY.match(before) is not None
        or re.search(
            r"\b(?:Chủ tịch|UBND|Giám đốc|Sở|kết luận|Chính phủ|Thủ tướng|Bộ|Ban Thường vụ|Thường trực)\b",
            before[-160:],
        )
        is not None
    )


def _is_subject(sentence: str, start: int, end: int) -> bool:
    rest = sentence[end:].lstrip(' )”"')
    if start == 0 and re.match(r"(?:,(?!\s*(?:căn cứ|theo|trên cơ sở|trong phạm vi|tùy|tuỳ)\b)|\.|$)", rest):
        return False
    return bool(sentence[start:end].strip())


def _without_colleagues(names: str) -> str:
    return re.sub(r"\s*,?\s*\bcùng(?: với)?\s+(?=(?:các|[A-ZĐ]))", ", ", names)


def _over_sentence_breaks(value: str, start: int, end: int) -> int:
    """Go on over ";" and "." between names in a label's value."""
    while True:
        after = re.compile(r"\s*[;.]\s*(?=\S)").match(value, end)
        if after is None or STARTS_PARTY.match(value, after.end()) is None:
            return end
        further = parties.span_of_parties(value, after.end(), small=True)
        if further <= after.end():
            return end
        end = further
        if start > end:
            return end


def _coordinators(sentence: str, start: int, leads: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for match in list(_JOINTLY.finditer(sentence, start))[:3]:
        end = parties.span_of_parties(sentence, match.end(), small=True)
        if end > match.end() and not fold(sentence[max(0, match.start() - 10) : match.start()]).endswith(
            ("qui che ", "cong tac ")
        ):
            found += [name for name in parties.split(sentence[match.end() : end]) if name not in leads]
    return tuple(dict.fromkeys(found))


def _doer_after_by(sentence: str) -> tuple[int, int] | None:
    for match in _BY.finditer(sentence):
        end = parties.span_of_parties(sentence, match.end())
        if end > match.end() and _AFTER_BY.match(sentence[end:]):
            return match.end(), end
    return None


def _doer_in_brackets(sentence: str) -> tuple[int, int] | None:
    """Find "(Phòng A chủ trì, …)" behind a task; brackets that explain something else name nobody."""
    for match in _BRACKETS.finditer(sentence):
        end = parties.span_of_parties(sentence, match.start(1))
        if end > match.start(1) and re.match(
            r"\s*(?:chủ trì|thực hiện|phụ trách|làm đầu mối|đầu mối|tham mưu|\)|[,;]\s*(?:hoàn thành|xong"
            r"|thời gian|trước|trong|phối hợp|chậm nhất|đến))",
            sentence[end:],
        ):
            return match.start(1), end
    return None


def has_chair(sentence: str, roles: Roles) -> bool:
    """Tell whether the leads are followed by "chủ trì" or a like word."""
    return _CHAIR.match(sentence[roles.end :]) is not None


def read_name(sentence: str, start: int) -> tuple[str, ...]:
    """Give the names that begin at a place in a sentence."""
    end = parties.span_of_parties(sentence, start)
    return parties.split(sentence[start:end]) if end > start else ()

"""One paragraph, several assignments: where a sentence or clause begins a duty of its own.

A new duty begins with a new doer, a periodic report, a deadline of its own after a finished one, or "trên cơ
sở đó".
Statements of completion ("Hoàn thành trước …", "Báo cáo kết quả …") belong to the duty before them.
"""

import re
from dataclasses import dataclass, replace
from datetime import date

from directives import deadline_phrases
from directives.deadline_phrases import Phrase
from directives.deadline_text import NO_DEADLINE, DeadlineText, Recurrence, WorkingTime, parse
from directives.intake import roles
from directives.intake.roles import Roles
from directives.intake.words import starts_with_action
from foundation.vietnamese import fold

#: sentences of one duty that are looked at; further ones are taken as its continuation
_MOST_SENTENCES = 60
_BREAK = re.compile(r"(?<=[.;])\s+(?=\S)")
_ABBREVIATED = re.compile(r"(?:\b(?:TP|TX|TT|Tp|KT|TS|ThS|GS|PGS|BS|Q|vv|tr|NQ|st|đ/c)|\d|\.\.)\.$")
_COMPLETION = re.compile(
    r"^(?:va )?(?:yeu cau |phan dau |dam bao |bao dam |du kien )?(?:hoan thanh|ket qua|thoi gian|thoi han"
    r"|tien do|han |bao cao|gui |trinh |xong|san pham|thuc hien thuong xuyen)"
)
_BASED = re.compile(r"^tren co so (?:do|nay)\b")
_ALSO = re.compile(r"^(?:dong thoi|ngoai ra|ben canh do)\b")
_DIFFICULTY = re.compile(
    r"^(?:trong qua trinh|qua trinh|neu |truong hop|khi )[^.]{0,160}(?:kho khan|vuong mac|phat sinh"
    r"|vuot tham quyen|chua phu hop|dieu chinh|sua doi|bat cap)"
    r"|^(?:moi |cac )?(?:kho khan|vuong mac)[^.]{0,80}(?:bao cao|phan anh|lien he)"
)
_FORMULA = re.compile(
    r"^(?:tren day la|vay,?\s|tran trong|kinh (?:mong|trinh|de nghi|bao cao)|rat mong|xin tran trong"
    r"|chi tiet xin|moi (?:thong tin|chi tiet)"
    r"|nhan duoc (?:van ban|cong van|ke hoach|chi thi))"
    r"|^(?!.*\b(?:tu|sau|khi)\b[^.;]{0,40}\bco hieu luc)[^.;]*\b(?:nay|chi thi|quyet dinh|ke hoach"
    r"|chuong trinh) co hieu luc\b"
    r"|\bchiu trach nhiem (?:thi hanh"
    r"|thuc hien) (?:quyet dinh|nghi quyet)\b"
    r"|\bthong bao (?:de |den )?(?:cac|qui|cho)\b[^.]{0,120}\bbiet\b|^bai bo\b|^quyet dinh nay\b"
    r"|\bcan cu quyet dinh thi hanh\b"
)
_NARRATIVE = re.compile(
    r"^(?:(?:co ban )?(?:thong nhat|dong y|nhat tri)(?! giao)|ghi nhan|danh gia cao|bieu duong"
    r"|hoan nghenh|trong thoi gian qua|thoi gian qua|tuy nhien"
    r"|nhin chung|hien nay|vua qua|nhung nam qua|nam qua|theo bao cao|qua theo doi|qua kiem tra|cho y kien)\b"
    r"|^(?!.*\bgiao\b)(?:cac |cong tac |viec |nhieu |mot so |hau het |den nay"
    r"|ket qua )[^.]{0,120}\b(?:da dat|da co nhieu|da duoc|da hoan thanh|da bao cao|con cham"
    r"|con han che|van con|chua dat|chua cao|chua duoc)\b"
)
_GENERIC = re.compile(r"\b(?:trien khai|thuc hien|to chuc thuc hien|nghiem tuc)\b")
_PERIODIC_REPORT = re.compile(r"\b(?:bao cao|tong hop|gui (?:ket qua|so lieu))\b")
_ON_TO = re.compile(r"\b(?:để|nhằm)\s+(?:\w+\s+)?(?:tổng hợp|tham mưu)(?P<rest>[^.;]{0,160})", re.IGNORECASE)
_SENT_TO = re.compile(
    r"\b(?:gửi|về|qua|cho|đến)\s+(?:về\s+|đến\s+|cho\s+)?(?=(?:Sở|Phòng|Văn phòng|Ban|Chi cục|Cục"
    r"|Trung tâm|UBND|Ủy ban|Thanh tra|Hội|Liên hiệp|Đài|Công an))"
)


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One duty in a paragraph: its place in the text, who and when."""

    start: int
    end: int
    text: str
    roles: Roles
    deadline: DeadlineText = NO_DEADLINE
    #: written out of another duty ("… để tổng hợp, báo cáo UBND tỉnh")
    is_consolidation: bool = False
    is_narrative: bool = False

    @property
    def does_something(self) -> bool:
        """Tell whether what is to be done follows the names of the doers."""
        rest = self.text[self.roles.end :].lstrip(" ,:;-–()")
        return (
            starts_with_action(rest)
            or re.match(
                r"(?:được (?:giao|phân công)[^,;.]{0,40} )?"
                r"(?:có|cần|phải|nghiêm|sớm|tự|cùng|theo|chịu|trực|\()",
                rest,
            )
            is not None
            or ":" in self.text[self.roles.end : self.roles.end + 3]
        )


@dataclass(frozen=True, kw_only=True)
class Time:
    """What deadlines are read against."""

    issued_on: date | None
    year: int | None
    working: WorkingTime | None = None

    def read(self, raw: str) -> DeadlineText:
        """Read one phrase."""
        return parse(raw, issued_on=self.issued_on, year=self.year, working=self.working)

    def phrase(self, sentence: str) -> Phrase | None:
        """Find the principal deadline phrase of a text."""
        found = deadline_phrases.find(sentence, issued_on=self.issued_on, year=self.year)
        return deadline_phrases.principal(found, sentence)

    def of(self, sentence: str) -> DeadlineText:
        """Read the principal deadline of a text."""
        phrase = self.phrase(sentence)
        return self.read(phrase.raw) if phrase is not None else NO_DEADLINE


def is_difficulty(text: str) -> bool:
    """Tell whether a text is the clause on difficulties, which every directive has and which is no task."""
    return _DIFFICULTY.match(fold(text)) is not None


def is_formula(text: str) -> bool:
    """Tell whether a text is a closing formula or a clause on effect."""
    return _FORMULA.search(fold(text)) is not None


def is_generic_closing(text: str) -> bool:
    """Tell whether an unnumbered last paragraph only asks everybody to carry out the document."""
    folded = fold(text)
    return (
        re.match(r"^(?:yeu cau|de nghi|can cu|nhan duoc)\b", folded) is not None
        and re.search(r"\b(?:theo doi|don doc|truoc ngay|cham nhat|tong hop)\b", folded) is None
        and _GENERIC.search(folded) is not None
        and re.search(r"\b(?:nay|tren|noi dung|quan tam|phoi hop thuc hien|nghiem tuc|khan truong)\b", folded)
        is not None
        and len(text) < 400  # noqa: PLR2004 - a formula
    )


def is_narrative(text: str) -> bool:
    """Tell whether a text reports or agrees instead of assigning."""
    return _NARRATIVE.search(fold(text)[:200]) is not None


def sentences(text: str) -> list[tuple[int, int]]:
    """Give the places of sentences and of clauses that ";" divides."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        if text[: match.start()].endswith("..."):
            if text[match.end()].islower():
                continue
        elif _ABBREVIATED.search(text[: match.start()]) and not re.search(r"\d{4}\.$", text[: match.start()]):
            continue
        if text.count("(", start, match.start()) > text.count(")", start, match.start()):
            continue
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    return spans


def duties(text: str, time: Time) -> list[Duty]:
    """Take a paragraph apart into duties, in order."""
    groups: list[list[tuple[int, int]]] = []
    for span in sentences(text):
        sentence = text[slice(*span)]
        if is_difficulty(sentence) or (is_formula(sentence) and groups):
            continue
        if groups and (len(groups[-1]) > _MOST_SENTENCES or not _begins_duty(text, groups[-1], span, time)):
            groups[-1].append(span)
        else:
            groups.append([span])
    found: list[Duty] = []
    for group in groups:
        found += _read(text, group, time)
    return found


def _begins_duty(text: str, group: list[tuple[int, int]], span: tuple[int, int], time: Time) -> bool:  # noqa: PLR0911 - one return per rule
    sentence, before = text[slice(*span)], text[group[0][0] : group[-1][1]]
    folded = fold(sentence)
    if _BASED.match(folded):
        return True
    is_new_sentence = text[group[-1][1] - 1] == "."
    if _is_periodic_report(sentence, time) and not _is_periodic_report(before, time):
        return True
    if is_narrative(before) and roles.read(sentence).is_ordered:
        return True
    if roles.is_only_roles(sentence) and not roles.read(before).leads:
        return False
    mine = roles.read(sentence)
    if (
        mine.leads
        and (is_new_sentence or mine.is_ordered or roles.has_chair(sentence, mine))
        and mine.leads != roles.read(before).leads
    ):
        return not _COMPLETION.match(folded)
    if not is_new_sentence:
        return False
    phrase = time.phrase(sentence)
    if phrase is None:
        return _ALSO.match(folded) is not None and _deadline_follows(text, span, time)
    if _COMPLETION.match(folded) and "moi nam" not in folded[:24]:
        return False
    earlier = time.phrase(before)
    if phrase.form == "recurrence" and not (earlier and earlier.form == "recurrence"):
        return True
    return earlier is not None and earlier.raw != phrase.raw and phrase.form != "continuous"


def _is_periodic_report(sentence: str, time: Time) -> bool:
    folded = fold(sentence)
    if not _PERIODIC_REPORT.search(folded):
        return False
    if re.match(r"^(?:dong thoi,?\s*)?(?:va )?dinh ki\b", folded) and "bao cao" in folded:
        return True
    phrase = time.phrase(sentence)
    return phrase is not None and phrase.form == "recurrence"


def _deadline_follows(text: str, span: tuple[int, int], time: Time) -> bool:
    """Tell whether a statement of completion behind the sentence gives it a deadline."""
    rest = text[span[1] :].strip()
    first = rest[slice(*sentences(rest)[0])] if rest else ""
    return bool(first) and _COMPLETION.match(fold(first)) is not None and time.phrase(first) is not None


def _read(text: str, group: list[tuple[int, int]], time: Time) -> list[Duty]:
    start, end = group[0][0], group[-1][1]
    words = text[start:end].strip()
    who = roles.read(words)
    deadline = NO_DEADLINE
    if re.match(r"^tren co so (?:do|nay)\b", fold(words)):
        deadline = time.read(words[: len("Trên cơ sở đó")])
    else:
        deadline = time.of(words)
    duty = Duty(
        start=start,
        end=end,
        text=words,
        roles=who,
        deadline=deadline,
        is_narrative=is_narrative(words) and not who.is_ordered,
    )
    onward = _consolidation(duty)
    return [duty, onward] if onward is not None else [duty]


def _consolidation(duty: Duty) -> Duty | None:
    """Give the duty of who collects periodic reports: "… gửi về Sở X để tổng hợp, báo cáo …" (R-S6)."""
    if not duty.deadline.kind.startswith("recurring"):
        return None
    onward = _ON_TO.search(duty.text)
    if onward is None or "báo cáo" not in onward["rest"].lower():
        return None
    places = list(_SENT_TO.finditer(duty.text, 0, onward.start()))
    if not places:
        return None
    collector = roles.read_name(duty.text, places[-1].end())
    if not collector:
        return None
    raw = re.search(r"(?:hàng|hằng|mỗi)\s+(?:năm|quý|tháng)", duty.text, re.IGNORECASE)
    deadline = DeadlineText(
        kind=duty.deadline.kind, raw=raw[0] if raw else duty.deadline.raw, recurrence=_undated(duty.deadline)
    )
    return Duty(
        start=duty.start + onward.start(), end=duty.start + onward.end(),
        text=duty.text[onward.start() : onward.end()].strip(" .;/"),
        roles=Roles(leads=collector), deadline=deadline, is_consolidation=True,
    )  # fmt: skip


def _undated(deadline: DeadlineText) -> Recurrence | None:
    return replace(deadline.recurrence, month=None, day=None) if deadline.recurrence else None

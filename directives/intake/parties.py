"""Who is told to do something: names of organisations, groups and people inside sentences and after labels.

A name begins with a noun that can name a doer and ends at punctuation or at what is done. Names are completed
with the province of the issuer, because "Sở Nội vụ" means another body in each province (R-S10).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from directives.intake import plurals
from directives.intake.words import (
    ENDS_NAME,
    GROUP,
    HEAD,
    SMALL_PERSON,
    STARTS_PARTY,
    STARTS_PARTY_SMALL,
    STARTS_WITH_ACTION,
    WORDS_OF_NAMES,
)
from directives.organisation_names import name_key

_LONGEST = 600
_TRIM = ' ,;:.-–—()"“”'
_TRAIL = re.compile(
    r"[\s,;]+(?:và|cùng|với|cùng với|là|thì|có|do|các|để|theo|nghiêm|chủ|khẩn|trong|cụ thể như sau"
    r"|như sau|sau đây)$",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    rf"\s*;\s*|\s*,\s*(?={SMALL_PERSON})|\s*,\s*(?:và\s+|cùng\s+(?:với\s+)?)?(?={GROUP}|{HEAD})|\s+(?:và"
    rf"|cùng với"
    rf"|cùng)\s+(?={GROUP}|{HEAD})"
    rf"|(?<=tỉnh)\s+(?=các\s+(?:phòng|sở|đơn vị|cơ quan|ban))"
)
_JOINED_NAMES = re.compile(
    r"(?:Đoàn (?:ĐBQH|đại biểu Quốc hội)|Tỉnh đoàn|Hội đồng nhân dân|HĐND)$", re.IGNORECASE
)
_BARE = re.compile(r"^(?:Báo|Đài|Sở|Ban|Phòng|Hội|Trường|Viện)$")
_GENERAL_NOUN = re.compile(
    r"(?:Trường(?: Đại học| Cao đẳng)?|Viện|Doanh nghiệp|Tổ chức|Hội|Ban|Phòng|Trung tâm)\s*(?:,|;|$|và\b"
    r"|thuộc\b|trên\b)"
)
_BODIES = re.compile(
    r"(?:các )?tổ chức(?= (?:liên quan|có liên quan|chính trị|xã hội|đoàn thể|thuộc|trên|trong|hội)"
    r"|,? (?:và )?cá nhân)"
)
_PERSON = re.compile(r"(?:đồng chí|đ/c|ông|bà)\s+[A-ZĐÀ-Ỹ]", re.IGNORECASE)
_OFFICE = re.compile(
    r"(?:Phó|Trưởng|Giám đốc|Chủ tịch|Bí thư|Chánh|Ủy viên|Thường trực|Quyền|Tổ trưởng|Chuyên viên)\b"
)
#: what "các phòng" do: no division is called so
_NEVER_NAMES = frozenset(
    {"báo cáo", "tham mưu", "tổng hợp", "hướng dẫn", "tổ chức", "kiểm tra", "thẩm định", "xây dựng",
     "công bố", "vận động", "tuyên truyền", "khảo sát", "đánh giá", "tiếp nhận", "phòng chống", "giám sát"}
)  # fmt: skip
#: "các đơn vị được giao nhiệm vụ có trách nhiệm …": which units, not yet what they do
_CHARGED = re.compile(
    r"\s+được (?:giao|phân công)(?: (?:nhiệm vụ|chủ trì|phối hợp|thực hiện|phụ trách|theo dõi|địa bàn"
    r"|lĩnh vực"
    r"|quản lý))*(?=\s+(?:có trách|chịu|phải|cần|báo cáo|định kỳ|xây dựng|căn cứ|chủ động|khẩn trương|tổ chức"
    r"|triển khai|nghiêm túc|kịp thời|tập trung|tiếp tục))"
    r"|\s+phụ trách (?:lĩnh vực|khối|địa bàn)(?: [a-zà-ỹđ]+){0,3}?(?=\s+(?:trực tiếp|chỉ đạo|có trách"
    r"|chịu|xử lý|báo cáo|[,.;]))"
)
#: "đồng chí" before an office says nothing; before a bare name it is all there is
_TITLED = re.compile(
    r"(?:Đồng chí|Đ/c)\s+(?=(?:Phó|Chủ tịch|Giám đốc|Trưởng|Chánh|Bí thư|Ủy viên)\b)", re.IGNORECASE
)
_BELONGS = re.compile(r"\s+(?:trực )?thuộc (?:Sở|Ban|Cục|huyện|tỉnh|UBND (?:tỉnh|huyện|xã))$")
_NOTE = re.compile(r"\s*\([^)]*\)")
_GENERAL = re.compile(r"^(?:các|những|toàn thể|tất cả|từng|mỗi)\b", re.IGNORECASE)
_PROVINCIAL_HEAD = re.compile(r"^(?:Sở)\s+\S")
_ENDS_IN_LEVEL = re.compile(r"\b(tỉnh|thành phố|Tỉnh ủy|Tỉnh uỷ|Thành ủy|Thành uỷ|Tỉnh đoàn|Thành đoàn)$")
_ABBREVIATIONS = (
    (re.compile(r"\bU(?:ỷ|ủy)? ?ban nhân dân\b", re.IGNORECASE), "UBND"),
    (re.compile(r"\bỦy ban Mặt trận Tổ quốc\b|\bUBMTTQ\b|\bỦy ban MTTQ\b", re.IGNORECASE), "Ủy ban MTTQ"),
)


@dataclass(frozen=True, kw_only=True)
class Known:
    """One organisation of the directory: its name and the other names it is called by."""

    name: str
    aliases: tuple[str, ...] = ()


class Directory:
    """The organisations an installation knows, looked up by any usual spelling (R-O5)."""

    def __init__(self, organisations: Iterable[Known]) -> None:
        """Index names and aliases; an alias of two organisations is ambiguous and finds none."""
        found: dict[str, set[str]] = {}
        for organisation in organisations:
            for name in (organisation.name, *organisation.aliases):
                found.setdefault(name_key(name), set()).add(organisation.name)
        self._names = {key: names.pop() for key, names in found.items() if len(names) == 1}

    def find(self, name: str) -> str | None:
        """Give the directory's name for a spelling, or None when unknown or ambiguous."""
        return self._names.get(name_key(name))


@dataclass(frozen=True, kw_only=True)
class Place:
    """The area a document is issued for: "tỉnh" or "thành phố" and its name."""

    level: str = "tỉnh"
    name: str = ""

    @property
    def full(self) -> str:
        """Give level and name, or nothing when the name is not known."""
        return f"{self.level} {self.name}" if self.name else ""


def span_of_parties(text: str, start: int = 0, *, small: bool = False) -> int:
    """Give where the names that begin at `start` end; `start` itself when none begins there."""
    several = plurals.end(text, start)
    if several > start:
        return _after_several(text, several)
    begins = (STARTS_PARTY_SMALL if small else STARTS_PARTY).match(text, start)
    if begins is None:
        return start
    limit = min(len(text), start + _LONGEST)
    stop = _stop(text, begins.end(), limit)
    named = start + len(text[start:stop].rstrip(_TRIM))
    charged = _CHARGED.match(text, named)
    return charged.end() if charged is not None else named


def _after_several(text: str, at: int) -> int:
    """Go on behind several bodies named at once when further names follow."""
    more = re.compile(r"\s*[,;]\s*(?:và\s+|cùng\s+)?|\s+và\s+").match(text, at)
    if more is None or STARTS_PARTY_SMALL.match(text, more.end()) is None:
        return at
    further = span_of_parties(text, more.end(), small=True)
    return further if further > more.end() else at


def _stop(text: str, at: int, limit: int) -> int:
    hard = re.compile(r"[.:!?(](?!\s*(?:[a-zđ]\)))")
    while at < limit:
        candidates = [m for m in (ENDS_NAME.search(text, at, limit), hard.search(text, at, limit)) if m]
        separator = re.compile(r"[,;]").search(text, at, limit)
        verb = min(candidates, key=lambda m: m.start(), default=None)
        if separator is not None and (verb is None or separator.start() < verb.start()):
            if not _list_goes_on(text, separator.end()):
                return separator.start()
            body = _BODIES.match(text[separator.end() :].lstrip())
            at = separator.end() + (body.end() + 1 if body else 0)
            continue
        if verb is None:
            return limit
        if _is_part_of_name(text, verb) or _is_abbreviation(text, verb):
            at = verb.end()
            continue
        return verb.start()
    return limit


def _list_goes_on(text: str, at: int) -> bool:
    rest = text[at:].lstrip()
    rest = re.sub(r"^(?:và|cùng với|cùng)\s+", "", rest)
    if STARTS_PARTY_SMALL.match(rest) is not None:
        return ENDS_NAME.match(rest) is None or _BODIES.match(rest) is not None
    role = re.search(r"\b(?:chủ trì|có trách nhiệm|chịu trách nhiệm|tham mưu|phối hợp)\b", rest[:70])
    if rest[:1].islower() and role and "," not in rest[: role.start()] and not STARTS_WITH_ACTION.match(rest):
        stop = ENDS_NAME.search(rest)
        if stop is not None and stop.start() == role.start():
            return True
    return (
        re.match(r"(?:[A-ZĐÀ-Ỹ][\w]+)(?:\s+[a-zà-ỹđ]+){0,4}\s+và\s+[A-ZĐÀ-Ỹ]", rest) is not None
        or re.match(
            r"(?:Thể thao|Thương binh|Thanh thiếu niên|Gia đình|thể thao|thương binh|nông thôn"
            r"|thủ công nghiệp|giáo dục pháp luật|cứu nạn)",
            rest,
        )
        is not None
    )


def _is_part_of_name(text: str, verb: re.Match[str]) -> bool:
    word = verb[0]
    special = _special_case(word, text[: verb.start()], text[verb.end() :])
    if special is not None:
        return special
    if word == "có" or (word == "theo" and text[verb.end() :].startswith(" dõi")):
        return False
    if word not in WORDS_OF_NAMES:
        return False
    before = text[max(0, verb.start() - 60) : verb.start()]
    if re.search(
        r"\b(?:Ban (?:Chỉ đạo|chỉ đạo|Chỉ huy|chỉ huy)|Hội đồng|Tổ công tác|Quỹ)[^,;]{0,20}$", before
    ):
        return True
    before = before[-45:]
    if re.search(
        r"\b(?:Trung tâm|Chi cục|Cục|Ban|Phòng|Viện|Trường|Bộ phận|Tổ|Hội đồng|Đội|Trạm|Quỹ|phòng|ban"
        r"|trung tâm|tổ)\s+$",
        before,
    ):
        return True
    return re.search(r"(?:\b(?:[Pp]hòng|[Bb]an|[Ss]ở|[Tt]rung tâm|Chi cục)[^,;]{0,40}\b(?:và|đầu tư"
        r"|dự án)|[-–])\s+$", before) is not None and word in {
        "đầu tư", "phát triển", "xây dựng", "đào tạo", "quản lý", "chuyển giao", "ứng dụng", "nghiên cứu",
    }  # fmt: skip


def _special_case(word: str, before: str, after: str) -> bool | None:
    """Decide by the neighbours of an action: "Văn phòng thường trực Ban …", but "các phòng báo cáo …"."""
    if word in _NEVER_NAMES and re.search(r"\b[Cc]ác (?:phòng|ban|trung tâm|tổ)\s+$", before[-20:]):
        return False
    in_name = (
        (word == "thông tin" and re.search(r"\b[Cc]ông nghệ\s+$", before[-12:]))
        or re.search(r"\b[Tt]ư vấn\s+$", before[-8:])
        or (word == "thường trực" and re.match(r"\s+(?:[A-ZĐ]|của\b)", after))
        or (word == "tổ chức" and re.search(r"\b(?:các|những|mọi)\s+$", before[-10:]))
        or (word in {"xây dựng", "phát triển"} and re.search(r"\b[Cc]hương trình\s+$", before[-16:]))
    )
    return True if in_name else None


def _is_abbreviation(text: str, match: re.Match[str]) -> bool:
    return (
        match[0] == "."
        and re.search(r"\b(?:TP|TX|TT|Tp|tp|KT|TS|ThS|GS|PGS|BS|Q)$", text[: match.start()]) is not None
    )


def split(text: str) -> tuple[str, ...]:
    """Split a run of names into names; "các sở, ban, ngành" stays one group."""
    text = _NOTE.sub("", text).strip(_TRIM)
    parts: list[str] = []
    at = 0
    for match in _SPLIT.finditer(text):
        part = text[at : match.start()]
        if not part.strip(_TRIM):
            continue
        if "và" in match[0] and _JOINED_NAMES.search(part):
            continue
        if _GENERAL.match(part.strip(_TRIM)) and _GENERAL_NOUN.match(text, match.end()):
            continue
        parts.append(part)
        at = match.end()
    parts.append(text[at:])
    parts = _without_titles(parts)
    cleaned = (name for part in parts for name in plurals.expanded(_cleaned(part)))
    return tuple(dict.fromkeys(name for name in cleaned if _is_name(name)))


def _without_titles(parts: list[str]) -> list[str]:
    """Leave out the office behind a person's name: "đồng chí A, Phó Chủ tịch UBND tỉnh"."""
    kept: list[str] = []
    for part in parts:
        if kept and _PERSON.match(kept[-1].strip(_TRIM)) and _OFFICE.match(part.strip(_TRIM)):
            continue
        kept.append(re.sub(r"\s+[-–]\s+.*$", "", part) if _PERSON.match(part.strip(_TRIM)) else part)
    return kept


def _cleaned(part: str) -> str:
    part = " ".join(part.split()).strip(_TRIM)
    previous = None
    while part != previous:
        previous = part
        part = _TRAIL.sub("", part).strip(_TRIM)
        titled = _TITLED.match(part)
        part = part[titled.end() :] if titled is not None else part
        if not _GENERAL.match(part):
            part = _BELONGS.sub("", part).strip(_TRIM)
    return part[:1].upper() + part[1:]


def _is_name(name: str) -> bool:
    return 1 < len(name) <= 250 and not re.fullmatch(  # noqa: PLR2004 - a limit of the form
        r"(?i:và|các|những|cùng|với|đơn vị chủ trì|chủ trì)", name
    )


def complete(name: str, place: Place, known: Directory | None = None) -> str:
    """Give the name as the directory writes it, else with the province it belongs to."""
    if known is not None:
        found = known.find(name) or known.find(qualified(name, place))
        if found is not None:
            return found
    return qualified(name, place)


def qualified(name: str, place: Place) -> str:
    """Add the province to names that leave it out: "UBND tỉnh", "Sở Nội vụ", "Ban Tuyên giáo Tỉnh ủy"."""
    if not place.name or _GENERAL.match(name) or _BARE.match(name):
        return name
    if re.search(re.escape(place.name), name, re.IGNORECASE):
        return name
    if _PROVINCIAL_HEAD.match(name):
        return f"{re.sub(r' (?:tỉnh|thành phố)$', '', name)} {place.full}"
    level = _ENDS_IN_LEVEL.search(name)
    if (
        level is not None
        and _same_level(level[1], place)
        and not re.search(r"\b(?:huyện|xã|phường|,|và) ?,? thành phố$", name)
    ):
        return f"{name} {place.name}"
    return name


def _same_level(word: str, place: Place) -> bool:
    return (word.lower().startswith("tỉnh")) == (place.level == "tỉnh")

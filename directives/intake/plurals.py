"""Several bodies named at once: "các Sở: Tài chính, Nội vụ", "UBND các huyện Thanh Miện, Bình Giang".

Each of them is told to do the work, so each is a name of its own. "Các sở, ban, ngành" names nobody and stays
a group.
"""

import re

#: fields of state administration, as the names of ministries, departments and divisions have them
_FIELDS = (
    "Văn hóa, Thể thao và Du lịch", "Văn hoá, Thể thao và Du lịch", "Văn hóa và Thể thao",
    "Văn hóa và Thông tin",
    "Văn hóa, Khoa học và Thông tin", "Văn hóa - Xã hội", "Văn hóa - Thông tin", "Du lịch",
    "Giáo dục và Đào tạo", "Khoa học và Công nghệ", "Thông tin và Truyền thông", "Tài nguyên và Môi trường",
    "Nông nghiệp và Môi trường", "Nông nghiệp và Phát triển nông thôn", "Nông nghiệp và PTNT",
    "Lao động - Thương binh và Xã hội", "Lao động, Thương binh và Xã hội", "Lao động - Thương binh - Xã hội",
    "Kế hoạch và Đầu tư", "Giao thông vận tải", "Dân tộc và Tôn giáo", "Tài chính - Kế hoạch", "Tài chính",
    "Nội vụ", "Tư pháp", "Công Thương", "Công thương", "Y tế", "Xây dựng", "Ngoại vụ", "Ngoại giao",
    "Quốc phòng", "Công an", "Kinh tế và Hạ tầng", "Kinh tế, Hạ tầng và Đô thị", "Kinh tế", "Quản lý đô thị",
    "Quy hoạch - Kiến trúc", "Quy hoạch và Kiến trúc", "Dân tộc", "TN&MT", "NN&PTNT", "GD&ĐT", "KH&CN",
    "KH&ĐT", "TT&TT", "VHTTDL", "VH,TT&DL", "LĐTBXH", "LĐ-TB&XH", "GTVT", "NN&MT",
)  # fmt: skip
_FIELD = "|".join(re.escape(name) for name in sorted(_FIELDS, key=len, reverse=True))
_PROPER = (
    r"(?:(?:huyện|thị xã|thành phố|quận|phường|xã|thị trấn"
    r"|đặc khu)\s+)?[A-ZĐÀ-Ỹ][\w'’]*(?:\s+[A-ZĐÀ-Ỹ][\w'’]*){0,4}"
)
_AND = r"(?:\s*[,;]\s*(?:và\s+)?|\s+và\s+)"
_DEPARTMENTS = re.compile(
    rf"[Cc]ác\s+(?P<noun>[Ss]ở|[Bb]ộ)\s*:?\s+(?P<names>(?:{_FIELD})(?:{_AND}(?:{_FIELD})(?![\w]))*)(?![\w])"
)
_AREAS = re.compile(
    r"(?P<who>(?:(?:Chủ tịch\s+)?(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân)|Công an|Huyện ủy)\s+)?[Cc]ác\s+"
    r"(?P<noun>tỉnh|huyện|thị xã|thành phố|quận|phường|xã|thị trấn|đặc khu)\s*:?\s+"
    rf"(?P<names>{_PROPER}(?:{_AND}{_PROPER})+)(?![\w])"
)
_NOUN = re.compile(r"^(?:huyện|thị xã|thành phố|quận|phường|xã|thị trấn|đặc khu)\s")


def end(text: str, start: int) -> int:
    """Give where several bodies named at once end; `start` when none are named there."""
    match = _DEPARTMENTS.match(text, start) or _AREAS.match(text, start)
    return match.end() if match is not None else start


def expanded(name: str) -> tuple[str, ...]:
    """Give the single names; the name itself when it is not several at once."""
    departments = _DEPARTMENTS.fullmatch(name)
    if departments is not None:
        noun = departments["noun"].capitalize()
        return tuple(f"{noun} {field}" for field in re.findall(_FIELD, departments["names"]))
    areas = _AREAS.fullmatch(name)
    if areas is None:
        return (name,)
    found = [part.strip() for part in re.split(_AND, areas["names"])]
    noun = areas["noun"]
    full = [part if _NOUN.match(part) else f"{noun} {part}" for part in found]
    who = areas["who"] or ""
    return tuple(f"{who}{part}" if who else f"{part[:1].upper()}{part[1:]}" for part in full)

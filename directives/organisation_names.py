"""Comparing names of organisations: case, diacritics, “và/&” and usual abbreviations do not matter (R-O5)."""

import re
from functools import lru_cache

from foundation.vietnamese import fold

# Abbreviations of the administration, in the folded form of `fold`; single words and compounds alike.
# They are rules of the language; what one province alone uses belongs into its alias table.
_ABBREVIATIONS = {
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "khcn": "khoa hoc cong nghe",
    "khkt": "khoa hoc ki thuat",
    "tttt": "thong tin truyen thong",
    "gddt": "giao duc dao tao",
    "nnptnt": "nong nghiep phat trien nong thon",
    "nnmt": "nong nghiep moi truong",
    "tnmt": "tai nguyen moi truong",
    "khdt": "ke hoach dau tu",
    "ldtbxh": "lao dong thuong binh xa hoi",
    "vhttdl": "van hoa the thao du lich",
    "vhtt": "van hoa the thao",
    "gtvt": "giao thong van tai",
    "mttq": "mat tran to quoc",
    "mttqvn": "mat tran to quoc viet nam",
    "ubmttq": "uy ban mat tran to quoc",
    "ldld": "lien doan lao dong",
    "tncshcm": "thanh nien cong san ho chi minh",
    "lhhnkhkt": "lien hiep cac hoi khoa hoc ki thuat",
    "ptth": "phat thanh truyen hinh",
    "tttdt": "trang thong tin dien tu",
    "cttdt": "cong thong tin dien tu",
    "bql": "ban quan li",
    "kcn": "khu cong nghiep",
    "kkt": "khu kinh te",
    "kbnn": "kho bac nha nuoc",
    "bhxh": "bao hiem xa hoi",
    "nhnn": "ngan hang nha nuoc",
    "vp": "van phong",
    "tp": "thanh pho",
    "tx": "thi xa",
}
# “SKHCN” is “Sở KHCN”; the same for every department
_ABBREVIATIONS |= {
    "s" + short: "so " + full
    for short, full in list(_ABBREVIATIONS.items())
    if short in {"khcn", "tttt", "gddt", "nnptnt", "nnmt", "tnmt", "khdt", "ldtbxh", "vhttdl", "vhtt", "gtvt"}
}
_IGNORED = {"va", "cac", "cua"}
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=20_000)
def name_key(name: str) -> str:
    """Give the key under which all usual spellings of an organisation's name meet.

    “Sở KH&CN tỉnh Đồng Nai” and “SỞ KHOA HỌC VÀ CÔNG NGHỆ ĐỒNG NAI” have one key.
    """
    words: list[str] = []
    for token in fold(name).split():
        parts = _WORD.findall(token)
        whole = _ABBREVIATIONS.get("".join(parts))
        if whole is not None:
            words += whole.split()
            continue
        for part in parts:
            words += _ABBREVIATIONS.get(part, part).split()
    words = [word for word in words if word not in _IGNORED]
    return " ".join(word for at, word in enumerate(words) if not _is_spare_province_word(words, at))


def _is_spare_province_word(words: list[str], at: int) -> bool:
    """Tell whether “tỉnh” only introduces a name (“Sở Nội vụ tỉnh Đồng Nai”)."""
    return words[at] == "tinh" and 0 < at < len(words) - 1 and words[at + 1] not in {"uy", "doan"}

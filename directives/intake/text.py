"""From bytes to numbered lines of text: .txt in any usual encoding, .docx, .pdf with a text layer.

Markdown, HTML remains and separators that conversion tools leave are taken out of the words; line numbers
stay
those of the text as it was given.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from foundation.errors import Invalid, TooLarge
from foundation.texts import _

#: bytes of a plain text; the longest directives have a tenth of it
LARGEST_TEXT = 1_000_000
#: bytes of a .docx or .pdf
LARGEST_FILE = 30_000_000
#: lines of a text
MOST_LINES = 50_000
_LONGEST_LINE = 200_000
#: characters of a line that are read; the longest paragraphs of directives have a fifth of it
READ_OF_LINE = 10_000
_SHARE_OF_CONTROLS = 0.01
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATOR = re.compile(r"^[\s\-–—_=*~.·|:+#<>/]{3,}$|^[-–—_*=~]+$")
_PAGE = re.compile(
    r"^(?:[-–—]\s*)?(?:(?:trang|page)\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?(?:\s*[-–—])?$", re.IGNORECASE
)
_HTML = re.compile(r"</?(?:br|u|b|i|p|em|strong|sup|sub|span|div|center)\b[^<>]{0,80}>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--[^<>]{0,300}-->")
_ENTITIES = {"&amp;": "&", "&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'"}
_ITALIC = re.compile(r"(?<![\w_])_(?=\S)([^_\n]{1,400}?)(?<=\S)_(?![\w_])")
_ESCAPE = re.compile(r"\\(?=[-+.#*_()\[\]|>!&/])")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: its words without markup, and what the markup said."""

    number: int
    text: str
    #: a Markdown heading, or bold from end to end
    is_strong: bool = False
    #: cells of a table row
    cells: tuple[str, ...] = ()
    #: the last line of a row whose cells were written below each other; 0 for one line
    until: int = 0

    @property
    def is_blank(self) -> bool:
        """Tell whether the line has no words."""
        return not self.text and not self.cells


def raw_lines(content: bytes, filename: str = "") -> tuple[str, ...]:
    """Give the text of a file as lines.

    Raises TooLarge above the limits, Invalid for an empty, binary, unreadable or scanned file.
    """
    if not content.strip():
        raise Invalid(_("Tệp rỗng, không có nội dung để đọc. Hãy chọn lại tệp văn bản."), found="empty")
    lower = filename.lower()
    if content.startswith(b"%PDF") or lower.endswith(".pdf"):
        return _checked(_from_pdf(content))
    if content.startswith(b"PK\x03\x04") or lower.endswith(".docx"):
        return _checked(_from_docx(content))
    if content.startswith(b"\xd0\xcf\x11\xe0") or lower.endswith(".doc"):
        raise Invalid(
            _("Tệp .doc (Word 97–2003) không đọc được. Hãy lưu lại thành .docx hoặc .pdf rồi tải lên."),
            found="doc",
        )
    if len(content) > LARGEST_TEXT:
        raise _too_large(LARGEST_TEXT, len(content))
    return _checked(_decoded(content).replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def clean(lines: tuple[str, ...]) -> tuple[Line, ...]:
    """Take markup out of the lines; separators and page numbers become blank."""
    return tuple(_cleaned(number, line) for number, line in enumerate(lines, start=1))


def _checked(lines: list[str]) -> tuple[str, ...]:
    if not any(line.strip() for line in lines):
        raise Invalid(
            _(
                "Tệp không có lớp chữ (có thể là bản quét ảnh). Hãy nhận dạng chữ (OCR) hoặc dùng bản "
                ".docx gốc."
            ),
            found="no_text",
        )
    if len(lines) > MOST_LINES:
        raise TooLarge(
            _("Tệp có quá nhiều dòng: {found}, giới hạn {limit}.", found=len(lines), limit=MOST_LINES),
            limit=MOST_LINES,
            found=len(lines),
        )
    if sum(len(line) for line in lines) > LARGEST_TEXT:
        raise _too_large(LARGEST_TEXT, sum(len(line) for line in lines))
    return tuple(line[:_LONGEST_LINE] for line in lines)


def _too_large(limit: int, found: int) -> TooLarge:
    return TooLarge(
        _(
            "Tệp quá lớn: {found} byte, giới hạn {limit} byte. Hãy tách phần văn bản chính và tải lên riêng.",
            found=found,
            limit=limit,
        ),
        limit=limit,
        found=found,
    )


def _decoded(content: bytes) -> str:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _decode(content, encoding)
    pairs = len(content) // 2
    if pairs and content[1::2].count(0) > pairs // 3:
        return _decode(content, "utf-16-le")
    if pairs and content[0::2].count(0) > pairs // 3:
        return _decode(content, "utf-16-be")
    return _decode(content, "utf-8")


def _decode(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable() from error
    controls = sum(1 for c in text[:100_000] if ord(c) < 32 and c not in "\n\r\t\f\v")  # noqa: PLR2004 - control codes
    if "\0" in text[:100_000] or controls > max(2, _SHARE_OF_CONTROLS * len(text[:100_000])):
        raise _unreadable()
    return unicodedata.normalize("NFC", text.lstrip("\ufeff"))


def _unreadable() -> Invalid:
    return Invalid(
        _(
            "Không đọc được nội dung: tệp không phải văn bản, hoặc dùng bảng mã cũ (TCVN3, VNI). "
            "Hãy dùng tệp .docx, .pdf có lớp chữ, hoặc .txt lưu ở mã Unicode (UTF-8)."
        ),
        found="binary",
        expected="utf-8, utf-16, docx, pdf",
    )


def _from_docx(content: bytes) -> list[str]:
    from directives.intake.word import lines_of_docx

    if len(content) > LARGEST_FILE:
        raise _too_large(LARGEST_FILE, len(content))
    return lines_of_docx(content, LARGEST_TEXT)


def _from_pdf(content: bytes) -> list[str]:
    from directives.intake.pdf import lines_of_pdf

    if len(content) > LARGEST_FILE:
        raise _too_large(LARGEST_FILE, len(content))
    return lines_of_pdf(content)


def _cleaned(number: int, raw: str) -> Line:
    text = (
        unicodedata.normalize("NFC", raw[:READ_OF_LINE])
        .replace("\xa0", " ")
        .replace("\u200b", "")
        .replace("\ufeff", "")
    )
    if text.lstrip().startswith("|") and _BREAK.search(text):
        text = _breaks_in_cells(text.strip())
    text = text.replace("\t", "   ").replace("\f", " ").replace("\v", " ").strip()
    if _SEPARATOR.match(text) or _PAGE.match(text):
        return Line(number=number, text="")
    text, strong = _without_markup(text)
    if text.startswith("|") and text.count("|") > 1:
        cells = tuple(" ".join(cell.split()) for cell in text.strip("|").split("|"))
        is_rule = all(re.fullmatch(r":?-{2,}:?|", cell) for cell in cells)
        return Line(number=number, text="", cells=() if is_rule else cells)
    return Line(number=number, text=text, is_strong=strong)


def _breaks_in_cells(row: str) -> str:
    from directives.intake.word import cell_text

    return "|".join(f" {cell_text(_BREAK.split(cell))} " if cell.strip() else cell for cell in row.split("|"))


def _without_markup(text: str) -> tuple[str, bool]:
    heading = re.match(r"#{1,6}\s+", text)
    text = text[heading.end() :] if heading else text
    text = re.sub(r"^(?:>\s*)+", "", text)
    strong = (
        bool(heading)
        or re.match(r"^(?:[\w().]{1,6}\s+)?\*\*[^*]+\*\*[.:;]?$|^\*\*[^*]+$|^[^*]+\*\*$", text) is not None
    )
    text = re.sub(r"^\*\s+(?=\S)", "• ", text)
    text = _COMMENT.sub("", _HTML.sub(" ", text))
    for entity, char in _ENTITIES.items():
        text = text.replace(entity, char)
    text = _ESCAPE.sub("", text).replace("*", "").replace("`", "").replace("__", "")
    return _ITALIC.sub(r"\1", text).strip(), strong

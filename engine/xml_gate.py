"""The gate every uploaded XML passes: small, plain, UTF-8, without DTD; everything else is refused by name.

Nothing behind the gate meets a document type, an entity, a processing instruction or a tree too deep or too
large to walk. Limits and their reasons: OWASP ASVS 5.0 1.5.1; the BPMN content itself is judged by the lint.
"""

import re
from io import BytesIO
from typing import Any, Final

from lxml import etree
from lxml.etree import _Element as XmlElement

from engine.bpmn import BPMN, BPMN_NAMESPACE
from engine.findings import DefinitionRefused, Finding
from engine.rules import Rule, error
from foundation.texts import _

#: bytes of one file
MAX_BYTES: Final = 5 * 1024 * 1024
MAX_ELEMENTS: Final = 20_000
#: levels of nesting, the root included
MAX_DEPTH: Final = 100
#: bytes of one attribute value in UTF-8
MAX_ATTRIBUTE_BYTES: Final = 4 * 1024

_DECLARATION = re.compile(rb"\A<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
#: single-byte encodings that read ASCII bytes as UTF-8 does
_ASCII_COMPATIBLE = re.compile(r"\A(us-ascii|ascii|iso-8859-\d{1,2}|latin-?1|windows-125\d)\Z", re.IGNORECASE)
_BEFORE_ROOT = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)

TOO_LARGE = error(
    "xml.too-large",
    _("Tệp có {found} byte, vượt giới hạn {limit} byte; hãy tách thành nhiều tệp hoặc bỏ bớt hình vẽ."),
    why=_("Tệp quá lớn làm chậm cả hệ thống."),
    example="tệp 6 MB",
)
EMPTY = error(
    "xml.empty",
    _("Tệp rỗng; hãy chọn đúng tệp sơ đồ BPMN."),
    why=_("Tệp không có nội dung thì không có gì để triển khai."),
    example="tệp 0 byte",
)
ENCODING = error(
    "xml.encoding",
    _("Tệp phải dùng mã UTF-8 nhưng đang là {found}; hãy lưu lại tệp với mã UTF-8."),
    why=_("Chỉ một bảng mã thì mọi nơi đọc tệp giống nhau."),
    example='<?xml version="1.0" encoding="UTF-16"?>',
)
MALFORMED = error(
    "xml.malformed",
    _("XML sai cú pháp ở dòng {line}, cột {column}: {detail}; hãy sửa chỗ đó hoặc xuất lại tệp."),
    why=_("Tệp XML sai cú pháp không đọc được."),
    example="<bpmn:process>…</bpmn:task>",
)
DOCTYPE = error(
    "xml.doctype",
    _("Tệp có khai báo DOCTYPE; hãy xóa khai báo này, sơ đồ BPMN không cần đến nó."),
    why=_("DOCTYPE cho phép thực thể XML, một đường tấn công quen thuộc."),
    example="<!DOCTYPE definitions [ … ]>",
)
TOO_MANY = error(
    "xml.too-many-elements",
    _("Tệp có hơn {limit} phần tử XML; hãy tách quy trình thành nhiều tệp."),
    why=_("Sơ đồ lớn đến vậy không còn đọc được và làm chậm cả hệ thống."),
    example="20 001 phần tử",
)
TOO_DEEP = error(
    "xml.too-deep",
    _("Phần tử {tag} ở dòng {line} lồng sâu hơn {limit} cấp; hãy giảm số cấp lồng nhau."),
    why=_("XML lồng quá sâu dùng để làm cạn bộ nhớ của máy chủ."),
    example="101 cấp",
)
ATTRIBUTE_TOO_LONG = error(
    "xml.attribute-too-long",
    _("Thuộc tính {attribute} ở dòng {line} dài {found} byte, vượt giới hạn {limit} byte; hãy rút ngắn."),
    why=_("Thuộc tính là nơi cho giá trị ngắn; nội dung dài đặt trong phần tử hoặc biểu mẫu."),
    example='name="… 5 000 ký tự …"',
)
NOT_BPMN = error(
    "xml.not-bpmn",
    _("Phần tử gốc phải là definitions của BPMN 2.0 ({expected}) tệp có {found}; hãy chọn đúng tệp."),
    why=_("Chỉ tệp BPMN 2.0 mới chạy được như quy trình."),
    example="<html>…</html>",
)


def parse(content: bytes, *, file: str) -> XmlElement:
    """Read a BPMN 2.0 file and give its `definitions` element.

    Raises `DefinitionRefused` with one finding that names the limit or rule the file breaks.
    """
    root = read(content, file=file)
    if root.tag != f"{BPMN}definitions":
        raise _refused(NOT_BPMN, file, expected=BPMN_NAMESPACE, found=root.tag)
    return root


def read(content: bytes, *, file: str) -> XmlElement:
    """Read any XML file (BPMN or DMN) under the limits of the gate, comments and instructions dropped.

    Raises `DefinitionRefused` with one finding.
    """
    if len(content) > MAX_BYTES:
        raise _refused(TOO_LARGE, file, found=len(content), limit=MAX_BYTES)
    if not content.strip():
        raise _refused(EMPTY, file)
    body = _utf8(content, file)
    if _starts_with_doctype(body):
        raise _refused(DOCTYPE, file)
    root = _tree(body, file)
    if _has_document_type(root):
        raise _refused(DOCTYPE, file)
    return root


def _has_document_type(root: XmlElement) -> bool:
    return root.getroottree().docinfo.internalDTD is not None


def _utf8(content: bytes, file: str) -> bytes:
    """Give the bytes without a byte order mark, proven to be UTF-8 whatever the declaration claims."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(ENCODING, file, found="UTF-16")
    body = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _DECLARATION.match(body)
    name = declared[1].decode("ascii") if declared else "UTF-8"
    if name.lower().replace("-", "") != "utf8" and not (_ASCII_COMPATIBLE.match(name) and body.isascii()):
        raise _refused(ENCODING, file, found=name)
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as problem:
        found = _("dữ liệu khác UTF-8 ở byte {position}", position=problem.start)
        raise _refused(ENCODING, file, found=found, position=problem.start) from None
    return body


def _starts_with_doctype(body: bytes) -> bool:
    position = 0
    while match := _BEFORE_ROOT.match(body, position):
        position = match.end()
    return body[position : position + 9].upper() == b"<!DOCTYPE"


def _tree(body: bytes, file: str) -> XmlElement:
    events = etree.iterparse(
        BytesIO(body),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
        encoding="utf-8",
    )
    count = depth = 0
    try:
        for event, node in events:
            if event == "end":
                depth -= 1
                continue
            count, depth = count + 1, depth + 1
            if count > MAX_ELEMENTS:
                raise _refused(TOO_MANY, file, limit=MAX_ELEMENTS)
            if depth > MAX_DEPTH:
                raise _refused(TOO_DEEP, file, line=node.sourceline, tag=node.tag, limit=MAX_DEPTH)
            _check_attributes(node, file)
    except etree.XMLSyntaxError as problem:
        raise _malformed(body, problem, file) from None
    root: XmlElement = events.root
    return root


def _check_attributes(node: XmlElement, file: str) -> None:
    for name, text in node.attrib.items():
        size = len(str(text).encode())
        if size > MAX_ATTRIBUTE_BYTES:
            raise _refused(
                ATTRIBUTE_TOO_LONG,
                file,
                line=node.sourceline,
                attribute=name,
                found=size,
                limit=MAX_ATTRIBUTE_BYTES,
            )


def _malformed(body: bytes, problem: etree.XMLSyntaxError, file: str) -> DefinitionRefused:
    """Name the fault; the incremental parser reports some faults without place, the whole parser with it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8")
    try:
        etree.fromstring(body, parser)
    except etree.XMLSyntaxError as better:
        problem = better
    line, column = problem.position
    detail = re.sub(r",? line \d+, column \d+.*\Z", "", str(problem.msg), flags=re.DOTALL)
    return _refused(MALFORMED, file, line=line, column=column, detail=detail)


def _refused(rule: Rule, file: str, **params: Any) -> DefinitionRefused:
    finding: Finding = rule.for_file(file, **params)
    return DefinitionRefused([finding])

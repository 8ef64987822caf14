"""The XML gate: every refused file says which limit it breaks and where."""

import time

import pytest

from engine import xml_gate
from engine.findings import DefinitionRefused, Finding

HEAD = '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">'
TAIL = "</bpmn:definitions>"


def refusal(content: str | bytes) -> Finding:
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(DefinitionRefused) as caught:
        xml_gate.parse(data, file="a.bpmn")
    (finding,) = caught.value.findings
    assert finding.file == "a.bpmn"
    assert finding.is_error
    return finding


def test_a_plain_diagram_passes() -> None:
    root = xml_gate.parse(f'{HEAD}<bpmn:process id="p" name="Giao việc"/>{TAIL}'.encode(), file="a.bpmn")
    assert root[0].get("name") == "Giao việc"


def test_a_byte_order_mark_and_blank_lines_before_the_declaration_pass() -> None:
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    content = b"\xef\xbb\xbf\n" + (declaration + HEAD + TAIL).encode()
    assert xml_gate.parse(content, file="a.bpmn").get("id") == "d"


def test_comments_and_processing_instructions_are_dropped() -> None:
    root = xml_gate.parse(f"{HEAD}<?php evil()?><!-- x --><bpmn:process/>{TAIL}".encode(), file="a.bpmn")
    assert len(root) == 1


def test_malformed_xml_names_line_and_column() -> None:
    finding = refusal(f"{HEAD}\n<bpmn:process>\n</bpmn:task>{TAIL}")
    assert finding.rule == "xml.malformed"
    assert finding.facts["line"] == 3
    assert finding.facts["column"] == 13


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"  \n").rule == "xml.empty"


def test_noise_is_refused_as_malformed_or_wrongly_encoded() -> None:
    assert refusal("không phải xml").rule == "xml.malformed"
    assert refusal(bytes(range(128, 256))).rule == "xml.encoding"


@pytest.mark.parametrize(
    "document_type",
    [
        "<!DOCTYPE definitions>",
        '<!-- c --><?a b?> <!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d SYSTEM "http://10.0.0.1/x.dtd">',
        '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
    ],
)
def test_any_document_type_is_refused(document_type: str) -> None:
    assert refusal(document_type + HEAD + "&e;" + TAIL).rule == "xml.doctype"


def test_an_entity_without_a_document_type_is_malformed() -> None:
    finding = refusal(f"{HEAD}&bomb;{TAIL}")
    assert finding.rule == "xml.malformed"
    assert "bomb" in str(finding.message)


def test_a_million_comments_before_the_root_do_not_slow_the_gate() -> None:
    started = time.process_time()
    assert refusal(b"<!---->" * 700_000).rule == "xml.malformed"
    assert time.process_time() - started < 2


@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-7", "Shift_JIS"])
def test_other_encodings_are_refused_by_name(encoding: str) -> None:
    finding = refusal(f'<?xml version="1.0" encoding="{encoding}"?>{HEAD}{TAIL}')
    assert (finding.rule, finding.facts["found"]) == ("xml.encoding", encoding)


def test_a_utf_16_file_is_refused() -> None:
    assert refusal((HEAD + TAIL).encode("utf-16")).rule == "xml.encoding"


def test_latin_1_passes_only_while_its_bytes_are_ascii() -> None:
    declaration = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    plain = f'{declaration}{HEAD}<bpmn:process id="p"/>{TAIL}'
    assert len(xml_gate.parse(plain.encode("latin-1"), file="a.bpmn")) == 1
    accented = f'{declaration}{HEAD}<bpmn:process name="é"/>{TAIL}'
    assert refusal(accented.encode("latin-1")).rule == "xml.encoding"


def test_a_file_over_five_megabytes_is_refused_unread() -> None:
    assert refusal(b"<" * (xml_gate.MAX_BYTES + 1)).rule == "xml.too-large"


def test_too_many_elements_are_refused_before_the_tree_is_complete() -> None:
    assert refusal(HEAD + "<a/>" * xml_gate.MAX_ELEMENTS + TAIL).rule == "xml.too-many-elements"


def test_the_element_limit_itself_passes() -> None:
    content = HEAD + "<a/>" * (xml_gate.MAX_ELEMENTS - 1) + TAIL
    assert len(xml_gate.parse(content.encode(), file="a.bpmn")) == xml_gate.MAX_ELEMENTS - 1


def test_a_tree_too_deep_is_refused() -> None:
    deep = xml_gate.MAX_DEPTH
    assert refusal(HEAD + "<a>" * deep + "</a>" * deep + TAIL).rule == "xml.too-deep"


def test_a_long_attribute_is_refused_by_its_bytes_not_its_letters() -> None:
    fits = "đ" * (xml_gate.MAX_ATTRIBUTE_BYTES // 2)
    xml_gate.parse(f'{HEAD}<bpmn:process name="{fits}"/>{TAIL}'.encode(), file="a.bpmn")
    finding = refusal(f'{HEAD}\n<bpmn:process name="{fits}đ"/>{TAIL}')
    assert (finding.rule, finding.facts["attribute"], finding.facts["line"]) == (
        "xml.attribute-too-long",
        "name",
        2,
    )


def test_another_kind_of_xml_is_refused_with_what_was_found() -> None:
    finding = refusal('<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>')
    assert finding.rule == "xml.not-bpmn"
    assert "DMN" in finding.facts["found"]


def test_a_refusal_tells_the_file_and_what_to_do() -> None:
    with pytest.raises(DefinitionRefused) as caught:
        xml_gate.parse(b"", file="giao-viec.bpmn")
    assert str(caught.value).startswith("giao-viec.bpmn: Tệp rỗng; hãy chọn")


def test_a_finding_becomes_json() -> None:
    shown = refusal(b"").as_json()
    assert shown["rule"] == "xml.empty"
    assert shown["severity"] == "error"
    assert set(shown) == {"file", "element", "element_name", "rule", "severity", "message", "facts"}

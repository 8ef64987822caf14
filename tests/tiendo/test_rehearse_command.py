"""`tiendo rehearse` as its users meet it: a timeline for people, JSON for machines, one line for mistakes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tiendo import demo
from tiendo.cli import tiendo

PLAN = Path(demo.__file__).parent / "documents" / "dong-nai-ke-hoach-so.txt"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(tiendo, ["rehearse", *map(str, arguments)])


def test_the_timeline_is_printed_with_load_and_warnings() -> None:
    result = run(PLAN, "--issued-on", "06/02/2024", "--late", "Phòng Quản lý Khoa học=4")
    assert result.exit_code == 0
    assert "01/04/2024 23:59" in result.stdout
    assert "VI PHẠM HẠN" in result.stdout
    assert "Khối lượng" in result.stdout
    assert "Lưu ý: Văn bản chưa ghi ngày ban hành; diễn tập với ngày 06/02/2024." in result.stdout


def test_json_has_nothing_but_json_on_standard_output() -> None:
    result = run(PLAN, "--issued-on", "2024-02-06", "--json")
    found = json.loads(result.stdout)
    assert {"document", "timeline", "load", "warnings"} <= set(found)
    assert found["timeline"][-1]["kind"] in {"accepted", "due", "closed"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("khong-co.txt",), "Không có tệp"),
        ((PLAN, "--late", "Phòng Quản lý Khoa học"), "tên đơn vị=số ngày"),
        ((PLAN, "--late", "Sở Y tế=2"), "không chỉ rõ một đơn vị nào"),
        ((PLAN, "--issued-on", "31/4/2024"), "Ngày phải có dạng"),
        ((Path(__file__),), "không có gì để diễn tập"),
    ],
)
def test_a_mistake_is_one_line(arguments: tuple[object, ...], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output

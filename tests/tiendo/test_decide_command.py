"""`tiendo decide`: a decision tried from the shell, without an installation."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tiendo.cli import tiendo

PROCESSES = Path(__file__).parents[2] / "processes"
URGENCY = PROCESSES / "directive-cycle" / "urgency-profile.dmn"


def decide(*words: str) -> Result:
    return CliRunner().invoke(tiendo, ["decide", *words])


def decided(*words: str) -> Any:
    result = decide(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_only_decision_of_a_file_is_made_and_names_its_rules() -> None:
    answer = decided(str(URGENCY), "--input", '{"urgency": 3}')
    assert answer["result"] is not None
    assert answer["matched_rules"]
    assert answer["warnings"] == []


def test_a_missing_input_is_told_not_guessed() -> None:
    answer = decided(str(URGENCY))
    assert [(one["code"], one["element"]) for one in answer["warnings"]] == [("missing", "urgency")]


def test_among_several_decisions_one_has_to_be_chosen() -> None:
    refused = decide(str(PROCESSES))
    assert refused.exit_code == 1
    assert "--decision" in refused.stderr
    chosen = decided(str(PROCESSES), "--decision", "urgency-profile", "--input", '{"urgency": 0}')
    assert chosen["decision"] == "Thời gian xử lý nội bộ theo độ khẩn"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--decision", "không-có"], "Không có quyết định “không-có”"),
        (["--input", "{urgency: 0}"], "Biến phải là JSON hợp lệ"),
        (["--input", "[1]"], "đối tượng JSON"),
        (["--at", "hôm qua"], "hôm qua"),
    ],
)
def test_wrong_words_are_one_clear_line(words: list[str], said: str) -> None:
    refused = decide(str(URGENCY), *words)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.output


def test_a_broken_model_is_refused_with_its_reason(tmp_path: Path) -> None:
    broken = tmp_path / "broken.dmn"
    broken.write_text("<definitions>", "utf-8")
    refused = decide(str(broken))
    assert (refused.exit_code, "Traceback" in refused.output) == (1, False)

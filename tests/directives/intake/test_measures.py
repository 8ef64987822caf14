"""Intake against ground truth: documents of our own wording, and the real ones where they are at hand."""

import json
from pathlib import Path

import pytest

from directives import intake
from tests.directives.intake.measure import Score, measure, measure_file

OWN = sorted((Path(__file__).parent / "documents").glob("*.txt"))
SEEDS = Path(__file__).parents[4] / "shared" / "seeds"


def _seeds() -> list[Path]:
    found = sorted(SEEDS.glob("0*.txt"))
    if not found:
        pytest.skip(f"the real documents are not here ({SEEDS})")
    return found


def _assert_good(score: Score) -> None:
    report = f"{score}\n" + "\n".join(score.misses)
    assert score.items_f1 >= 0.95, report
    assert score.leads_f1 >= 0.90, report
    assert score.kinds >= 0.95, report
    assert score.dues >= 0.95, report
    assert score.bases_f1 >= 0.95, report


def test_there_are_enough_documents_of_our_own() -> None:
    assert len(OWN) >= 25


def test_our_own_documents_are_read_well() -> None:
    total = Score()
    for path in OWN:
        total.add(measure_file(path, path.with_suffix(".json")))
    _assert_good(total)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_the_head_of_a_document_is_read(path: Path) -> None:
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["document"]
    document = intake.read(path.read_bytes(), filename=path.name).as_json()["document"]
    for key in ("number", "doc_type", "date", "issuer"):
        if key in truth:
            assert document[key] == truth[key], key
    assert document["signer"]["name"] == truth["signer"]["name"]


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_every_item_points_to_lines_that_hold_its_words(path: Path) -> None:
    proposal = intake.read(path.read_bytes(), filename=path.name)
    for item in proposal.items:
        words = " ".join(proposal.lines[line - 1] for line in item.source_lines).replace("*", "")
        assert item.text.split()[0] in words
        assert item.text.rstrip(" .;/").split()[-1] in words


@pytest.mark.seeds
def test_the_real_documents_with_ground_truth_are_read_well() -> None:
    total = Score()
    for path in _seeds():
        if path.with_suffix(".json").exists():
            score = measure_file(path, path.with_suffix(".json"))
            _assert_good(score)
            total.add(score)
    assert total.true == 43


@pytest.mark.seeds
@pytest.mark.parametrize(("start", "expected"), [("003", 56), ("004", 14)])
def test_the_other_real_documents_give_sensible_counts(start: str, expected: int) -> None:
    path = next(p for p in _seeds() if p.name.startswith(start))
    items = intake.read(path.read_bytes(), filename=path.name).items
    assert abs(len(items) - expected) <= 2


def test_the_measure_counts_a_missed_item_a_wrong_lead_and_a_wrong_date() -> None:
    def item(line: int, lead: str, due: str | None) -> dict[str, object]:
        deadline = {"kind": "fixed" if due else "none", "due": due, "raw": ""}
        return {"source_lines": [line], "text": f"việc {line}", "leads": [lead], "deadline": deadline}

    truth = {
        "items": [item(1, "Sở A", None), item(2, "Sở B", "2024-01-01"), item(3, "Sở C", None)],
        "legal_bases": [],
    }
    mine = {"items": [item(1, "Sở X", None), item(2, "Sở B", None)], "document": {"legal_bases": []}}
    score = measure(mine, truth)
    assert (score.found, score.lead_hits, score.kind_hits, score.due_hits) == (2, 1, 1, 1)

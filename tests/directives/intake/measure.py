"""How good intake is against a ground truth: items, leads, deadlines, legal bases.

An item counts as found when its source lines overlap those of a true item, one to one; among several
candidates
the one with the most similar words is taken. Names are compared without case, diacritics, spaces and usual
abbreviations; a name may leave out the province or a clarification in brackets, nothing else.
Run it by hand: `python -m tests.directives.intake.measure FILE.txt TRUTH.json`.
"""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from directives import intake
from directives.organisation_names import name_key


@dataclass
class Score:
    """Counts over one or more documents."""

    found: int = 0
    proposed: int = 0
    true: int = 0
    lead_hits: int = 0
    leads_proposed: int = 0
    leads_true: int = 0
    kind_hits: int = 0
    due_hits: int = 0
    bases_hit: int = 0
    bases_proposed: int = 0
    bases_true: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Add the counts of another document."""
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def items_f1(self) -> float:
        """Give F1 of items."""
        return f1(self.found, self.proposed, self.true)

    @property
    def leads_f1(self) -> float:
        """Give F1 of (item, lead) pairs; a missed item loses its leads."""
        return f1(self.lead_hits, self.leads_proposed, self.leads_true)

    @property
    def kinds(self) -> float:
        """Give the share of true items whose deadline kind was found."""
        return self.kind_hits / max(1, self.true)

    @property
    def dues(self) -> float:
        """Give the share of true items whose due date (or its absence) was found."""
        return self.due_hits / max(1, self.true)

    @property
    def bases_f1(self) -> float:
        """Give F1 of cited documents by number and date, by words where there is no number."""
        return f1(self.bases_hit, self.bases_proposed, self.bases_true)

    def __str__(self) -> str:
        """Give one line of figures."""
        return (
            f"items {self.found}/{self.proposed}/{self.true} F1 {self.items_f1:.3f} · leads "
            f"{self.leads_f1:.3f} · "
            f"kind {self.kinds:.3f} · due {self.dues:.3f} · bases {self.bases_f1:.3f}"
        )


def f1(hits: int, proposed: int, true: int) -> float:
    """Give the harmonic mean of precision and recall; 1 when nothing is to find and nothing proposed."""
    return 1.0 if proposed + true == 0 else 2 * hits / (proposed + true)


def measure(proposal: dict[str, Any], truth: dict[str, Any]) -> Score:
    """Compare a proposal with a ground truth in the shape of the seeds' JSON or of the proposal."""
    items, true_items = proposal["items"], truth.get("tasks", truth.get("items", []))
    score = Score(proposed=len(items), true=len(true_items))
    pairs = match(items, true_items)
    score.found = len(pairs)
    for item in items:
        score.leads_proposed += len(item["leads"])
    for at, true in enumerate(true_items):
        leads = true.get("lead", true.get("leads", []))
        score.leads_true += len(leads)
        item = pairs.get(at)
        if item is None:
            score.misses.append(f"missed {true['source_lines']} {_text(true)[:80]}")
            continue
        _compare(item, true, leads, score)
    for item in items:
        if not any(item is other for other in pairs.values()):
            score.misses.append(f"extra {item['source_lines']} {item['text'][:80]}")
    _bases(
        proposal["document"]["legal_bases"],
        truth.get("legal_bases", truth.get("document", {}).get("legal_bases", [])),
        score,
    )
    return score


def match(items: list[dict[str, Any]], true_items: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Pair items one to one by overlapping lines, the most similar words first."""
    candidates = []
    for at, true in enumerate(true_items):
        for place, item in enumerate(items):
            if set(item["source_lines"]) & set(true["source_lines"]):
                likeness = SequenceMatcher(
                    None, _text(true)[:200], item["text"][:200], autojunk=False
                ).ratio()
                candidates.append((-likeness, at, place))
    pairs: dict[int, dict[str, Any]] = {}
    used: set[int] = set()
    for _likeness, at, place in sorted(candidates):
        if at not in pairs and place not in used:
            pairs[at] = items[place]
            used.add(place)
    return pairs


def _compare(item: dict[str, Any], true: dict[str, Any], leads: list[str], score: Score) -> None:
    hits = sum(any(same_name(lead, found) for found in item["leads"]) for lead in leads)
    score.lead_hits += hits
    where = f"{true['source_lines']}"
    if hits < len(leads) or len(item["leads"]) > len(leads):
        score.misses.append(f"leads {where}: expected {leads}, found {item['leads']}")
    mine, theirs = item["deadline"], true["deadline"]
    score.kind_hits += mine["kind"] == theirs["kind"]
    score.due_hits += mine["due"] == theirs.get("due")
    if mine["kind"] != theirs["kind"] or mine["due"] != theirs.get("due"):
        score.misses.append(
            f"deadline {where}: expected {theirs['kind']} {theirs.get('due')}, found {mine['kind']} "
            f"{mine['due']} ({mine['raw']})"
        )


def _bases(found: list[dict[str, Any]], true: list[dict[str, Any]], score: Score) -> None:
    mine, theirs = {_basis_key(b) for b in found}, {_basis_key(b) for b in true}
    score.bases_proposed, score.bases_true, score.bases_hit = len(mine), len(theirs), len(mine & theirs)
    score.misses += [f"basis missing {key}" for key in sorted(theirs - mine)]
    score.misses += [f"basis extra {key}" for key in sorted(mine - theirs)]


def _basis_key(basis: dict[str, Any]) -> str:
    if basis["number"]:
        return f"{basis['number'].casefold()} {basis['date']}"
    return name_key(basis["quoted"])


def same_name(true: str, found: str) -> bool:
    """Compare two names of organisations as the module docstring says."""
    one, other = _key(true), _key(found)
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    rest = long.removeprefix(short).strip() if long.startswith(short + " ") else None
    return rest is not None and short != "" and _is_province(rest, true, found)


def _key(name: str) -> str:
    words = name_key(re.sub(r"\([^)]*\)", " ", name)).split()
    return " ".join(
        word
        for at, word in enumerate(words)
        if word != "tinh" or words[at + 1 : at + 2] in (["uy"], ["doan"])
    )


def _is_province(rest: str, *names: str) -> bool:
    """Tell whether what one name has more is only the area: up to three words."""
    return len(rest.split()) <= 3 and any(name[-1:].isalpha() and _key(name).endswith(rest) for name in names)


def _text(item: dict[str, Any]) -> str:
    return str(item.get("text_vi", item.get("text", "")))


def measure_file(text: Path, truth: Path) -> Score:
    """Read a document and compare it with its ground truth."""
    proposal = intake.read(text.read_bytes(), filename=text.name).as_json()
    return measure(proposal, json.loads(truth.read_text(encoding="utf-8")))


def main(arguments: Iterable[str]) -> None:
    """Print the score of pairs of files."""
    names = list(arguments)
    total = Score()
    for text, truth in zip(names[::2], names[1::2], strict=True):
        score = measure_file(Path(text), Path(truth))
        total.add(score)
        sys.stdout.write(
            "\n".join([f"{Path(text).name}: {score}", *(f"   {miss}" for miss in score.misses), ""])
        )
    sys.stdout.write(f"total: {total}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Every spelling seen in the five real documents leads to its organisation (R-O5, R-S10)."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from directives import organisations
from foundation.database import UnitOfWork

SEEN = Path(__file__).parents[3] / "shared" / "seeds" / "_organisations.json"
PROVINCE_OF = {
    "000": "Đồng Nai",
    "001": "Đồng Nai",
    "002": "Quảng Ngãi",
    "003": "Đắk Nông",
    "004": "Quảng Trị",
}
START, TODAY = date(2020, 1, 1), date(2024, 2, 5)


def enter_all(work: UnitOfWork, seen: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Enter all organisations below their provinces; give issuer, spelling and expected organisation."""
    organisations.seed_levels(work)
    roots = {
        place: organisations.create(work, name=f"UBND tỉnh {place}", kind="ubnd", level="province", on=START)
        for place in set(PROVINCE_OF.values())
    }
    expected = []
    for one in seen:
        places = sorted({PROVINCE_OF[document] for document in one["docs"]})
        home = roots[places[0]]
        if one["kind"] != "ubnd_tinh":
            home = organisations.create(
                work, name=one["canonical"], kind=one["kind"], level="department", on=START, parent_id=home
            )
        for place in places:
            for alias in one["aliases"]:
                organisations.add_alias(work, home, alias, scope_id=roots[place])
            spellings = [one["canonical"], one["canonical"].upper(), *one["aliases"]]
            expected += [(roots[place], spelling, home) for spelling in spellings]
    return expected


@pytest.mark.seeds
@pytest.mark.skipif(
    not SEEN.exists(), reason="the real documents are not beside the project (../shared/seeds)"
)
def test_every_spelling_of_the_real_documents_leads_to_one_organisation(work: UnitOfWork) -> None:
    expected = enter_all(work, json.loads(SEEN.read_text(encoding="utf-8"))["organisations"])
    missed = [
        spelling
        for issuer, spelling, home in expected
        if organisations.resolve(work.session, spelling, scope=issuer, on=TODAY).organisation_id != home
    ]
    assert len(expected) > 300
    assert missed == []

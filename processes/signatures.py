"""Who signs, under which number: a signature has its words from the positions of who acts (R-D10)."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from directives import document_numbers, organisations
from directives.account_tables import AccountRow
from directives.people_tables import PositionRow
from directives.roles import ROLES
from directives.signing import Signer
from foundation.database import UnitOfWork
from foundation.vietnamese import fold
from foundation.working_time import local_date

#: roles that sign, the highest first, with the capacity that goes with each
_CAPACITIES = {"head": (), "deputy_head": ("KT",), "office_head": ("TL",), "unit_head": ()}
#: words of a name that have no letter in the symbol
_SILENT = frozenset({"va", "cac", "cua"})
#: where the name of the place begins, which is no part of the symbol
_PLACES = frozenset({"tinh", "thanh", "huyen", "xa", "phuong"})


@dataclass(frozen=True, kw_only=True)
class WrittenNumber:
    """A number and symbol as a clerk writes it; without one the register gives the next."""

    sequence: int | None
    #: what stands behind the type, "SKHCN" or "UBND-KGVX"
    symbol: str
    #: None keeps the type of the draft
    type_code: str | None


def signer(work: UnitOfWork, organisation_id: str, capacity: str | None = None) -> Signer:
    """Give the signature of whoever acts for an organisation; `capacity` as chosen in the form."""
    role, title = _position(work, organisation_id)
    chosen = (
        _CAPACITIES.get(role, ()) if capacity in (None, "") else () if capacity == "head" else (capacity,)
    )
    head = _head_title(work, organisation_id)
    return Signer(
        name=work.actor.name,
        own_title=title,
        capacity=tuple(one for one in chosen if one),
        signed_for_title=head if chosen and chosen != ("TM",) else "",
    )


def number_of(work: UnitOfWork, written: str | None, organisation_id: str) -> WrittenNumber:
    """Read what a clerk wrote ("21/KH-SKHCN", "21", nothing); a missing symbol comes from the name."""
    written = (written or "").strip()
    parsed = document_numbers.read(written)
    symbol = _symbol(organisations.current(work.session, organisation_id, local_date(work.now)).name)
    if "/" not in written:
        sequence = int(written) if written.isdigit() else None
        return WrittenNumber(sequence=sequence, symbol=symbol, type_code=None)
    tail = parsed.canonical.partition("/")[2]
    kind = parsed.type_code
    stem = tail.removeprefix(f"{kind}-") if kind else tail
    return WrittenNumber(sequence=parsed.sequence, symbol=stem or symbol, type_code=kind or "CV")


def _symbol(name: str) -> str:
    """Give the usual symbol of an agency: the initials of its name up to the place ("SKHCN", "UBND")."""
    letters: list[str] = []
    for word in name.split():
        plain = fold(word)
        if plain in _PLACES and letters:
            break
        if plain not in _SILENT:
            # the letter without its marks: Ủy is U, Đầu stays Đ
            letters.append(unicodedata.normalize("NFD", word)[0].upper())
    return "".join(letters)


def _position(work: UnitOfWork, organisation_id: str) -> tuple[str, str]:
    actor = work.actor
    person = actor.on_behalf_of or work.session.scalar(
        select(AccountRow.person_id).where(AccountRow.id == actor.id)
    )
    today = local_date(work.now)
    query = select(PositionRow.role, PositionRow.title).where(
        PositionRow.person_id == person,
        PositionRow.organisation_id == organisation_id,
        PositionRow.valid_from <= today,
        (PositionRow.valid_to.is_(None)) | (PositionRow.valid_to >= today),
    )
    held = {row.role: row.title for row in work.session.execute(query)}
    for role in _CAPACITIES:
        if role in held:
            return role, held[role] or str(ROLES[role].title)
    return "", next((title for title in held.values() if title), "")


def _head_title(work: UnitOfWork, organisation_id: str) -> str:
    today = local_date(work.now)
    return (
        work.session.scalars(
            select(PositionRow.title)
            .where(
                PositionRow.organisation_id == organisation_id,
                PositionRow.role == "head",
                PositionRow.valid_from <= today,
            )
            .order_by(PositionRow.valid_from.desc())
        ).first()
        or ""
    )


def from_json(data: Mapping[str, Any]) -> Signer:
    """Read a signature kept as plain data."""
    until = data.get("authorised_until")
    return Signer(
        name=str(data.get("name") or ""),
        own_title=str(data.get("own_title") or ""),
        capacity=tuple(data.get("capacity") or ()),
        signed_for_title=str(data.get("signed_for_title") or ""),
        authorised_until=date.fromisoformat(until) if until else None,
    )

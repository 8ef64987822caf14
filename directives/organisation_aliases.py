"""Which organisation a text means: names and aliases, scoped by the issuer (R-O5, R-S10). Never a guess."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import organisation_tree
from directives.organisation_names import name_key
from directives.organisation_tables import OrganisationAlias
from foundation.database import UnitOfWork
from foundation.errors import Invalid
from foundation.ids import new_id
from foundation.texts import _

#: the rank of an organisation that no ancestor joins to the issuer
_OUTSIDE = (2, 0)


class Outcome(StrEnum):
    """How the search for an organisation ended."""

    UNIQUE = "unique"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """The organisations a text may mean: one, several to ask about, or none."""

    outcome: Outcome
    #: the candidates; exactly one when unique
    organisation_ids: tuple[str, ...] = ()
    #: True when the text is a name of another time than the day asked for
    is_former_name: bool = False
    #: True when nothing joins it to the issuer (another province, the Party): look before relying on it
    is_outside_scope: bool = False

    @property
    def organisation_id(self) -> str | None:
        """Give the one organisation meant, None unless unique."""
        return self.organisation_ids[0] if self.outcome is Outcome.UNIQUE else None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An organisation that can be written as the text, and where that spelling holds."""

    organisation_id: str
    scope_id: str | None
    valid_from: date | None
    valid_to: date | None

    def holds(self, on: date) -> bool:
        """Tell whether the spelling is in use on a day."""
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


def add_alias(
    work: UnitOfWork,
    organisation_id: str,
    alias: str,
    *,
    scope_id: str | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> None:
    """Enter a spelling of an organisation, in documents of `scope_id` and below it only when given."""
    key = name_key(alias)
    if not key:
        raise Invalid(fields={"alias": _("Tên gọi khác không được để trống.")})
    known = work.session.scalar(
        select(OrganisationAlias.id).where(
            OrganisationAlias.key == key,
            OrganisationAlias.organisation_id == organisation_id,
            OrganisationAlias.scope_id == scope_id,
            OrganisationAlias.is_name.is_(False),
        )
    )
    if known is None:
        work.session.add(
            OrganisationAlias(
                id=new_id(),
                organisation_id=organisation_id,
                alias=alias.strip(),
                key=key,
                scope_id=scope_id,
                valid_from=valid_from,
                valid_to=valid_to,
            )
        )
        work.session.flush()


def enter_names(work: UnitOfWork, organisation_id: str, names: Iterable[str], on: date) -> None:
    """Enter the proper names of a new version, so that they are found like aliases."""
    for name in dict.fromkeys(names):
        work.session.add(
            OrganisationAlias(
                id=new_id(),
                organisation_id=organisation_id,
                alias=name,
                key=name_key(name),
                is_name=True,
                valid_from=on,
            )
        )


def resolve(session: Session, alias: str, *, on: date, scope: str | None = None) -> Resolution:
    """Find the organisation a text means in a document of the issuer `scope` on a day."""
    return resolve_all(session, [alias], on=on, scope=scope)[alias]


def resolve_all(
    session: Session, aliases: Iterable[str], *, on: date, scope: str | None = None
) -> dict[str, Resolution]:
    """Find the organisations that texts mean, all in one query (R-O5).

    Case, diacritics, “và/&” and usual abbreviations do not matter. A spelling scoped to the issuer or to one
    above it wins, the nearest first; among unscoped ones those nearest to the issuer in the tree win. Where
    several are left the answer is ambiguous. A name that is not in use on the day is found as a former one.
    """
    keys = {alias: name_key(alias) for alias in aliases}
    row = OrganisationAlias
    found: dict[str, list[Candidate]] = {}
    query = select(row.key, row.organisation_id, row.scope_id, row.valid_from, row.valid_to)
    for key, organisation_id, scope_id, valid_from, valid_to in session.execute(
        query.where(row.key.in_(set(keys.values()) - {""}))
    ):
        found.setdefault(key, []).append(
            Candidate(
                organisation_id=organisation_id, scope_id=scope_id, valid_from=valid_from, valid_to=valid_to
            )
        )
    nodes = organisation_tree.tree(session, on)
    return {alias: _choose(nodes, found.get(key, []), on, scope) for alias, key in keys.items()}


def _choose(
    nodes: organisation_tree.Tree, candidates: list[Candidate], on: date, scope: str | None
) -> Resolution:
    holding = [one for one in candidates if one.holds(on) and one.organisation_id in nodes.parents]
    ranks = _ranks(nodes, holding or candidates, scope)
    if not ranks:
        return Resolution(outcome=Outcome.NONE)
    best = min(ranks.values())
    chosen = tuple(sorted(one for one, rank in ranks.items() if rank == best))
    return Resolution(
        outcome=Outcome.UNIQUE if len(chosen) == 1 else Outcome.AMBIGUOUS,
        organisation_ids=chosen,
        is_former_name=not holding,
        is_outside_scope=best == _OUTSIDE,
    )


def _ranks(
    nodes: organisation_tree.Tree, candidates: list[Candidate], scope: str | None
) -> dict[str, tuple[int, int]]:
    """Rank the organisations by their nearness to the scope, each by its best spelling; the least is best."""
    if scope is None:
        return {one.organisation_id: (0, 0) for one in candidates}
    steps = {one: step for step, one in enumerate((scope, *nodes.ancestors(scope)))}
    ranks: dict[str, tuple[int, int]] = {}
    for one in candidates:
        if one.scope_id is None:
            line = (one.organisation_id, *nodes.ancestors(one.organisation_id))
            rank = min(((1, steps[each]) for each in line if each in steps), default=_OUTSIDE)
        elif one.scope_id in steps:
            rank = (0, steps[one.scope_id])
        else:
            continue
        ranks[one.organisation_id] = min(rank, ranks.get(one.organisation_id, rank))
    return ranks

"""Who belongs under whom on a day; kept in memory and read again when the directory changed."""

import threading
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ScalarSelect, Select, or_, select
from sqlalchemy.orm import Session

from directives.organisation_tables import DirectoryState, OrganisationRow, OrganisationVersion
from foundation.database import UnitOfWork
from foundation.ids import new_id

#: days whose trees are kept at a time
_KEPT = 6
_STATE = 1
_MOST_ANSWERS = 2000


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The organisations that exist on one day and their parents."""

    #: changes with every change of the directory
    revision: str
    on: date
    #: parent id by organisation id; None for a root
    parents: Mapping[str, str | None]
    _children: Mapping[str, list[str]] = field(repr=False)
    #: answers derived from this tree, kept as long as it is
    memo: dict[Hashable, object] = field(default_factory=dict, repr=False)

    def children(self, organisation_id: str) -> tuple[str, ...]:
        """Give the ids directly below an organisation."""
        return tuple(self._children.get(organisation_id, ()))

    def subtree(self, roots: Iterable[str]) -> frozenset[str]:
        """Give the ids of the roots and everything below them; remembered, as pages ask again and again."""
        wanted = ("subtree", frozenset(roots))
        found = self.memo.get(wanted)
        if not isinstance(found, frozenset):
            found = frozenset(self._below(wanted[1]))
            self.remember(wanted, found)
        return found

    def remember(self, question: Hashable, answer: object) -> None:
        """Keep an answer derived from this tree; all are forgotten when they become many."""
        if len(self.memo) >= _MOST_ANSWERS:
            self.memo.clear()
        self.memo[question] = answer

    def ancestors(self, organisation_id: str) -> tuple[str, ...]:
        """Give the ids above an organisation, its parent first."""
        chain: list[str] = []
        above = self.parents.get(organisation_id)
        while above is not None and above not in chain:
            chain.append(above)
            above = self.parents.get(above)
        return tuple(chain)

    def _below(self, roots: Iterable[str]) -> set[str]:
        seen: set[str] = set()
        waiting = list(roots)
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += self._children.get(one, ())
        return seen


def revision_query() -> ScalarSelect[str]:
    """Give the revision as a column for a query that has other things to ask as well."""
    return select(DirectoryState.revision).where(DirectoryState.id == _STATE).scalar_subquery()


def tree(session: Session, on: date, revision: str | None = None) -> Tree:
    """Give the tree of a day; one tiny query when it is known, none when the caller knows the revision."""
    if revision is None:
        revision = session.scalar(_REVISION) or ""
    known = _KNOWN.get((revision, on))
    # an empty revision is an empty directory: nothing to remember
    if known is None:
        known = _read(session, on, revision)
        if revision:
            with _KEEPING:
                while len(_KNOWN) >= _KEPT:
                    del _KNOWN[next(iter(_KNOWN))]
                _KNOWN[revision, on] = known
    return known


def subtree_ids(session: Session, organisation_id: str, on: date) -> frozenset[str]:
    """Give the ids of an organisation and everything below it on a day."""
    return tree(session, on).subtree([organisation_id])


def ancestors(session: Session, organisation_id: str, on: date) -> tuple[str, ...]:
    """Give the ids above an organisation on a day, its parent first."""
    return tree(session, on).ancestors(organisation_id)


def below(roots: Iterable[str], on: date) -> Select[str]:
    """Give the ids of the roots and everything below them as a query, walked by the database itself."""
    version = OrganisationVersion
    top = select(OrganisationRow.id).where(OrganisationRow.id.in_(sorted(roots))).cte("below", recursive=True)
    child = (
        select(version.organisation_id)
        .join(top, version.parent_id == top.c.id)
        .where(version.valid_from <= on, or_(version.valid_to.is_(None), version.valid_to >= on))
    )
    walked = top.union(child)
    return select(walked.c.id)


def begin_change(work: UnitOfWork) -> None:
    """Make changes of the directory wait for each other. Called first by every change."""
    end_change(work)


def end_change(work: UnitOfWork) -> None:
    """Give the directory a new revision, so that no tree read during the change is taken for the new one."""
    state = work.session.get(DirectoryState, _STATE, with_for_update=True)
    if state is None:
        work.session.add(DirectoryState(id=_STATE, revision=new_id()))
    else:
        state.revision = new_id()
    work.session.flush()


def _read(session: Session, on: date, revision: str) -> Tree:
    version = OrganisationVersion
    rows = session.execute(
        select(version.organisation_id, version.parent_id).where(
            version.valid_from <= on, or_(version.valid_to.is_(None), version.valid_to >= on)
        )
    )
    parents = dict(rows.all())
    children: dict[str, list[str]] = {}
    for one, parent in parents.items():
        if parent is not None:
            children.setdefault(parent, []).append(one)
    return Tree(revision=revision, on=on, parents=parents, _children=children)


# made once: making it takes longer than running it
_REVISION = select(DirectoryState.revision).where(DirectoryState.id == _STATE)
#: trees by revision and day; revisions are never used twice, so an entry never goes stale
_KNOWN: dict[tuple[str, date], Tree] = {}
_KEEPING = threading.Lock()

"""Who may do what: rights come with roles, reach over a subtree of organisations, and are denied by default.

A `Principal` is made once per request, from a session or an API key, with two queries; everything after that
is asked of it in memory: `allow`, `require`, and `within` as the condition of a list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    false,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from directives import api_keys, people, sign_in
from directives.account_tables import AccountGrant
from directives.accounts import Account
from directives.organisation_tree import Tree, below, tree
from directives.people import HeldRole
from directives.roles import PERMISSIONS, ROLES, Reach
from foundation.actors import Actor
from foundation.errors import Forbidden, NotFound
from foundation.texts import _
from foundation.working_time import local_date

#: a list filtered by at most so many organisations names them; beyond, the database walks the tree
_NAMED_AT_MOST = 200


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Whoever asks, with everything needed to say yes or no."""

    account_id: str
    #: None for machines
    person_id: str | None
    name: str
    #: candidate groups `role@organisation_id` and `member@organisation_id`, delegated ones included
    groups: frozenset[str]
    #: organisations of the positions and everything below them
    organisation_ids: frozenset[str]
    #: may do everything everywhere
    is_admin: bool
    #: rights held somewhere
    permissions: frozenset[str]
    language: str
    #: the one named in history when no delegation is at play
    actor: Actor
    #: the day for which all this holds
    on: date
    #: rights held in the whole installation
    everywhere: frozenset[str] = frozenset()
    #: organisations a right holds for, by right; with everything below them
    reach: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    #: the organisations at the top of `reach`, by right
    roots: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    #: id and name of the person stood in for, by delegated group
    delegated: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)

    def actor_for(self, groups: frozenset[str] | set[str]) -> Actor:
        """Give the one named in history for an act open to `groups`, “An (thay Bình)” if delegated (R-U6)."""
        own = self.groups - set(self.delegated)
        borrowed = sorted(group for group in groups if group in self.delegated)
        if not borrowed or own & groups:
            return self.actor
        person_id, name = self.delegated[borrowed[0]]
        return Actor(id=self.account_id, name=f"{self.name} (thay {name})", on_behalf_of=person_id)


@dataclass(frozen=True, kw_only=True)
class _Rights:
    permissions: frozenset[str]
    everywhere: frozenset[str]
    reach: Mapping[str, frozenset[str]]
    roots: Mapping[str, frozenset[str]]
    organisation_ids: frozenset[str]


def principal_of_key(session: Session, key: str, now: datetime) -> tuple[Principal, api_keys.KeyOwner]:
    """Give the principal of a presented API key, limited to its scopes; two queries.

    Raises Unauthenticated when the key is not good.
    """
    owner = api_keys.owner_of(session, key, now)
    return principal_of(session, owner.account, now, revision=owner.revision, scopes=owner.scopes), owner


def principal_of_session(
    session: Session, token: str, now: datetime
) -> tuple[Principal, sign_in.SignedIn] | None:
    """Give the principal of a session token, None when the session does not hold; two queries."""
    signed_in = sign_in.session_for(session, token, now)
    if signed_in is None:
        return None
    return principal_of(session, signed_in.account, now, revision=signed_in.revision), signed_in


def principal_of(
    session: Session,
    account: Account,
    now: datetime,
    *,
    revision: str | None = None,
    scopes: frozenset[str] = frozenset(),
) -> Principal:
    """Give the principal of an account; one query when the revision of the directory is known."""
    on = local_date(now)
    own, lent = _roles(session, account, on)
    nodes = tree(session, on, revision)
    rights = _rights(nodes, frozenset((one.role, one.organisation_id) for one in own + lent))
    permissions = frozenset(PERMISSIONS) if account.is_admin else rights.permissions
    everywhere = permissions if account.is_admin else rights.everywhere
    if scopes:
        permissions, everywhere = permissions & scopes, everywhere & scopes
    own_groups = people.groups(own)
    delegated = {
        group: (one.holder_id, one.holder_name)
        for one in lent
        for group in people.groups([one])
        if group not in own_groups
    }
    return Principal(
        account_id=account.id,
        person_id=account.person_id,
        name=account.name,
        groups=own_groups | set(delegated),
        organisation_ids=rights.organisation_ids,
        is_admin=account.is_admin and not scopes,
        permissions=permissions,
        language=account.language,
        actor=Actor(id=account.id, name=account.name),
        on=on,
        everywhere=everywhere,
        reach=rights.reach,
        roots=rights.roots,
        delegated=delegated,
    )


def allow(principal: Principal, permission: str, organisation_id: str | None = None) -> bool:
    """Tell whether a principal has a right, for an organisation if given, else anywhere.

    Raises LookupError for a right that does not exist: that is a mistake in the program.
    """
    if permission not in PERMISSIONS:
        raise LookupError(f"there is no right {permission!r}")
    if permission not in principal.permissions:
        return False
    if organisation_id is None or permission in principal.everywhere:
        return True
    return organisation_id in principal.reach.get(permission, ())


def require(principal: Principal, permission: str, organisation_id: str | None = None) -> None:
    """Raise Forbidden, saying which right is missing, unless the principal has it."""
    if allow(principal, permission, organisation_id):
        return
    right = PERMISSIONS[permission]
    if organisation_id is not None and permission in principal.permissions:
        message = _("Bạn không có quyền {right} của cơ quan, đơn vị này.", right=right)
    else:
        message = _("Bạn không có quyền {right}.", right=right)
    raise Forbidden(message, permission=permission, organisation=organisation_id)


def require_visible(principal: Principal, permission: str, organisation_id: str) -> None:
    """Raise NotFound unless the principal has the right for the organisation: what is hidden is not there."""
    if not allow(principal, permission, organisation_id):
        raise NotFound


def visible_organisation_ids(principal: Principal, permission: str) -> frozenset[str] | None:
    """Give the organisations a right holds for; None means all of them."""
    if not allow(principal, permission):
        return frozenset()
    if permission in principal.everywhere:
        return None
    return principal.reach.get(permission, frozenset())


def within(
    principal: Principal, permission: str, column: SQLColumnExpression[str] | SQLColumnExpression[str | None]
) -> ColumnElement[bool]:
    """Give the condition under which rows with an organisation id in `column` are visible to a principal."""
    visible = visible_organisation_ids(principal, permission)
    if visible is None:
        return true()
    if not visible:
        return false()
    if len(visible) <= _NAMED_AT_MOST:
        return column.in_(sorted(visible))
    return column.in_(below(principal.roots[permission], principal.on))


def _roles(session: Session, account: Account, on: date) -> tuple[list[HeldRole], list[HeldRole]]:
    """Give the roles of an account: own and granted ones, and those of people it stands in for."""
    parameters = {"account_id": account.id, "on": on}
    if account.person_id is None:
        rows = session.execute(_GRANTS, parameters)
    else:
        rows = session.execute(
            _HELD_OR_GRANTED, parameters | {"person_id": account.person_id, "cycle_id": ""}
        )
    roles = people.roles_from(rows, account.person_id or "")
    own = [one for one in roles if one.holder_id in {"", account.person_id}]
    return own, [one for one in roles if one not in own]


def _rights(nodes: Tree, roles: frozenset[tuple[str, str]]) -> _Rights:
    known = nodes.memo.get(roles)
    if isinstance(known, _Rights):
        return known
    roots: dict[str, set[str]] = {}
    everywhere: set[str] = set()
    for key, organisation_id in roles:
        role = ROLES.get(key)
        if role is None:
            continue
        if role.reach is Reach.EVERYWHERE:
            everywhere |= role.permissions
        for permission in role.permissions:
            roots.setdefault(permission, set()).add(organisation_id)
    fixed = {permission: frozenset(ids) for permission, ids in roots.items()}
    rights = _Rights(
        permissions=frozenset(roots) | everywhere,
        everywhere=frozenset(everywhere),
        reach={permission: nodes.subtree(ids) for permission, ids in fixed.items()},
        roots=fixed,
        organisation_ids=nodes.subtree(organisation_id for _role, organisation_id in roles),
    )
    nodes.remember(roles, rights)
    return rights


def _grants() -> Select[str, str, str, str]:
    on = bindparam("on", type_=Date)
    return select(AccountGrant.role, AccountGrant.organisation_id, literal(""), literal("")).where(
        AccountGrant.account_id == bindparam("account_id", type_=String),
        AccountGrant.valid_from <= on,
        or_(AccountGrant.valid_to.is_(None), AccountGrant.valid_to >= on),
    )


# made once: making them takes longer than running them
_GRANTS = _grants()
_HELD_OR_GRANTED = union_all(people.HELD_ROLES, _GRANTS)

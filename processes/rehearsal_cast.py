"""The directory of a rehearsal: every organisation a document names, with somebody in each role.

A group (“các sở, ban, ngành”) has no members here and stands for itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from directives import accounts, organisations, people
from directives.organisation_names import name_key
from foundation.database import UnitOfWork
from foundation.texts import _
from foundation.vietnamese import fold

#: stands in for the lead of a task that names none (R-S1)
UNASSIGNED = _("Đơn vị chưa được phân công")
#: where nobody can be read as issuer
UNKNOWN_ISSUER = _("Cơ quan ban hành")
#: roles in the issuing organisation, in a subordinate agency, in a unit of the issuer
_ISSUER = ("clerk", "office_head", "head", "officer")
_AGENCY = ("head", "officer")
_UNIT = ("unit_head", "officer")
_TITLES = {
    "clerk": _("Văn thư"),
    "office_head": _("Chánh Văn phòng"),
    "head": _("Lãnh đạo"),
    "unit_head": _("Lãnh đạo đơn vị"),
    "officer": _("Chuyên viên"),
}
_UNIT_WORDS = ("phong ", "trung tam ", "chi cuc ", "van phong", "thanh tra so", "cac phong", "cac don vi")
_SUBORDINATE = ("so ", "ubnd", "uy ban nhan dan", "cac so", "van phong", "cac don vi", "cac phong")
_GROUP_WORDS = ("cac ", "ubnd cac ", "uy ban nhan dan cac ", "so, ban", "nhung ")
#: papers that come from below or beside: their issuers are no superiors
_FROM_BELOW = ("to trinh", "bao cao", "luat", "nghi dinh", "thong tu", "quyet dinh", "nghi quyet dai hoi")


@dataclass(kw_only=True)
class RehearsalCast:
    """Who plays: organisations by the key of their name, one account per role."""

    issuer_id: str = ""
    superior_id: str | None = None
    superior_name: str = ""
    #: number and subject of the document that is rehearsed
    title: str = ""
    #: name key → organisation id
    ids: dict[str, str] = field(default_factory=dict)
    #: organisation id → name as first written
    names: dict[str, str] = field(default_factory=dict)
    #: group `role@organisation` → account id
    accounts: dict[str, str] = field(default_factory=dict)
    #: organisations that are groups without members
    groups: set[str] = field(default_factory=set)

    def id_of(self, name: str) -> str:
        """Give the organisation of a name; raises KeyError."""
        return self.ids[name_key(name)]

    def canonical(self, name: str) -> str:
        """Give the first spelling of a name."""
        return self.names[self.id_of(name)]

    def account(self, role: str, organisation_id: str) -> str | None:
        """Give the account that plays a role."""
        return self.accounts.get(people.group(role, organisation_id))


def superior_basis(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the document from above that this one carries out: the latest cited from another organisation.

    Conclusions of a meeting of one's own (“Thông báo”) carry out nothing from above.
    """
    if fold(str(document.get("doc_type") or "")) == "thong bao":
        return None
    own = name_key(str(document.get("issuer") or ""))
    found = [
        basis
        for basis in document.get("legal_bases") or ()
        if basis.get("number")
        and basis.get("date")
        and basis.get("issuer")
        and name_key(basis["issuer"]) != own
        and not fold(str(basis.get("type") or "")).startswith(_FROM_BELOW)
    ]
    return max(found, key=lambda basis: str(basis["date"]), default=None)


def enter(work: UnitOfWork, proposal: Mapping[str, Any], on: date) -> RehearsalCast:
    """Enter the organisations of a proposal and the people that play in them."""
    document = proposal["document"]
    words = (document.get("number"), document.get("subject"))
    cast = RehearsalCast(title=" ".join(str(word) for word in words if word))
    issuer = str(document.get("issuer") or UNKNOWN_ISSUER)
    cast.issuer_id = _organisation(work, cast, issuer, None, on)
    _staff(work, cast, cast.issuer_id, _ISSUER, on)
    basis = superior_basis(document)
    if basis is not None:
        cast.superior_name = str(basis["issuer"])
        cast.superior_id = _organisation(work, cast, cast.superior_name, None, on, level="party")
        _staff(work, cast, cast.superior_id, _AGENCY, on)
    for name in (*_parties(proposal["items"]), str(UNASSIGNED)):
        if name_key(name) not in cast.ids:
            _enter_party(work, cast, name, issuer, on)
    return cast


def _enter_party(work: UnitOfWork, cast: RehearsalCast, name: str, issuer: str, on: date) -> None:
    folded = fold(name)
    is_unit = folded.startswith(_UNIT_WORDS) or name == str(UNASSIGNED)
    is_below = is_unit or folded.startswith(_SUBORDINATE)
    own_kind = folded.split(" ")[0] == fold(issuer).split(" ")[0]
    parent = cast.issuer_id if is_below and not (own_kind and not is_unit) else None
    found = _organisation(work, cast, name, parent, on)
    if folded.startswith(_GROUP_WORDS):
        cast.groups.add(found)
    _staff(work, cast, found, _UNIT if is_unit else _AGENCY, on)


def _parties(items: Iterable[Mapping[str, Any]]) -> list[str]:
    names = [name for item in items for key in ("leads", "coordinators") for name in item.get(key) or ()]
    return [name for name in dict.fromkeys(names) if name_key(name)]


def _organisation(
    work: UnitOfWork,
    cast: RehearsalCast,
    name: str,
    parent: str | None,
    on: date,
    *,
    level: str = "department",
) -> str:
    found = organisations.create(work, name=name, kind="", level=level, on=on, parent_id=parent)
    cast.ids[name_key(name)] = found
    cast.names[found] = name
    return found


def _staff(
    work: UnitOfWork, cast: RehearsalCast, organisation_id: str, roles: Iterable[str], on: date
) -> None:
    for role in roles:
        title = str(_TITLES[role])
        person = people.create(work, full_name=title)
        people.appoint(work, person, role, organisation_id, valid_from=on, title=title)
        username = f"{role}.{len(cast.accounts)}"
        group = people.group(role, organisation_id)
        cast.accounts[group] = accounts.create(work, username=username, person_id=person)

"""Organisations: an identity with dated versions; nothing about them is hard-coded (R-O1 to R-O6).

Changes: create, rename, reparent, merge, split, dissolve, each with its first day and the document it rests
on. Names of the past stay in documents of the past (`name_on`). Spellings: `directives.organisation_aliases`;
groups such as “các sở, ban, ngành”: `directives.organisation_groups`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from directives import organisation_aliases, organisation_tree
from directives.organisation_aliases import Outcome, Resolution, add_alias, resolve, resolve_all
from directives.organisation_groups import add_members, members, remove_member
from directives.organisation_tables import (
    GroupMember,
    OrganisationAlias,
    OrganisationLevel,
    OrganisationRow,
    OrganisationSuccession,
    OrganisationVersion,
)
from directives.organisation_tree import ancestors, subtree_ids
from directives.organisation_versions import (
    Organisation,
    children,
    current,
    label,
    name_on,
    names_on,
    search,
    several,
    standing_on,
    successors,
    versions,
)
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.texts import _
from foundation.vietnamese import fold, format_date, sort_key

__all__ = [
    "FIRST_LEVELS",
    "Organisation",
    "Outcome",
    "Resolution",
    "add_alias",
    "add_members",
    "ancestors",
    "change",
    "children",
    "create",
    "current",
    "dissolve",
    "label",
    "members",
    "merge",
    "name_on",
    "names_on",
    "remove_member",
    "rename",
    "reparent",
    "resolve",
    "resolve_all",
    "search",
    "seed_levels",
    "several",
    "split",
    "standing_on",
    "subtree_ids",
    "successors",
    "versions",
]

_DAY = timedelta(days=1)
#: levels every installation starts with (R-O4); administrators add and end them as data
FIRST_LEVELS: tuple[tuple[str, str, bool, date | None], ...] = (
    ("central", "Trung ương", True, None),
    ("province", "Cấp tỉnh", True, None),
    ("district", "Cấp huyện", True, date(2025, 6, 30)),
    ("commune", "Cấp xã", True, None),
    ("department", "Sở, ban, ngành", True, None),
    ("unit", "Phòng, đơn vị trực thuộc", True, None),
    ("vertical", "Cơ quan ngành dọc", True, None),
    ("press", "Cơ quan báo chí", True, None),
    ("association", "Hội, đoàn thể", False, None),
    ("party", "Cơ quan Đảng", False, None),
)


def seed_levels(work: UnitOfWork) -> None:
    """Write the first levels where they are missing."""
    known = set(work.session.scalars(select(OrganisationLevel.key)))
    for rank, (key, name, is_subordinate, valid_to) in enumerate(FIRST_LEVELS):
        if key not in known:
            work.session.add(
                OrganisationLevel(
                    key=key, name=name, rank=rank, is_subordinate=is_subordinate, valid_to=valid_to
                )
            )
    work.session.flush()


def create(  # noqa: PLR0913  each is a fact of the organisation, all by keyword
    work: UnitOfWork,
    *,
    name: str,
    kind: str,
    level: str,
    on: date,
    parent_id: str | None = None,
    short_name: str = "",
    code: str | None = None,
    aliases: Iterable[str] = (),
    basis: str = "",
    is_group: bool = False,
) -> str:
    """Enter an organisation (or a group) that exists from `on`; give its id.

    Raises Invalid without a name, or when the level or the parent does not exist on that day.
    """
    if not name.strip():
        raise Invalid(fields={"name": _("Tên cơ quan không được để trống.")})
    organisation_tree.begin_change(work)
    _require_level(work.session, level)
    if parent_id is not None:
        _require_parent(work.session, parent_id, on)
    organisation_id = new_id()
    work.session.add(OrganisationRow(id=organisation_id, is_group=is_group, created_at=work.now))
    work.session.flush()
    version = {"name": name.strip(), "short_name": short_name, "kind": kind, "level": level, "code": code}
    _begin_version(work, organisation_id, {**version, "parent_id": parent_id}, on, "created", basis)
    for alias in aliases:
        organisation_aliases.add_alias(work, organisation_id, alias)
    _tell(work, "created", organisation_id, name, on, basis)
    return organisation_id


def change(work: UnitOfWork, organisation_id: str, *, on: date, basis: str = "", **new: Any) -> None:
    """Begin a version from `on` that differs in `name`, `short_name`, `kind`, `level`, `parent_id` or `code`.

    Raises NotFound when the organisation does not exist on that day, Conflict when it changed on that day or
    later, Invalid when it would come to lie below itself.
    """
    organisation_tree.begin_change(work)
    last = _last_version(work.session, organisation_id)
    if last.valid_to is not None and last.valid_to < on:
        raise _gone(last.name, last.valid_to)
    if on <= last.valid_from:
        raise Conflict(
            _(
                "Cơ quan {name} đã có thay đổi từ ngày {date}; thay đổi mới phải từ ngày sau đó.",
                name=last.name,
                date=format_date(last.valid_from),
            ),
            organisation=organisation_id,
        )
    values = {c: getattr(last, c) for c in ("name", "short_name", "kind", "level", "parent_id", "code")}
    if unknown := set(new) - set(values):
        raise TypeError(f"an organisation has no {', '.join(sorted(unknown))}")
    values |= new
    _require_level(work.session, values["level"])
    if values["parent_id"] != last.parent_id and values["parent_id"] is not None:
        _require_parent(work.session, values["parent_id"], on, below=organisation_id)
    what = "renamed" if values["name"] != last.name else "changed"
    if values["parent_id"] != last.parent_id:
        what = "reparented"
    last.valid_to = on - _DAY
    _end_names(work, organisation_id, on)
    _begin_version(work, organisation_id, values, on, what, basis)
    _tell(work, what, organisation_id, values["name"], on, basis)


def rename(
    work: UnitOfWork, organisation_id: str, name: str, *, on: date, basis: str = "", short_name: str = ""
) -> None:
    """Give an organisation another name from a day; documents before it keep the old one (R-O2)."""
    if not name.strip():
        raise Invalid(fields={"name": _("Tên cơ quan không được để trống.")})
    change(work, organisation_id, on=on, basis=basis, name=name.strip(), short_name=short_name)


def reparent(
    work: UnitOfWork, organisation_id: str, parent_id: str | None, *, on: date, basis: str = ""
) -> None:
    """Put an organisation under another one from a day."""
    change(work, organisation_id, on=on, basis=basis, parent_id=parent_id)


def merge(work: UnitOfWork, source_ids: Sequence[str], successor_id: str, *, on: date, basis: str) -> None:
    """Merge organisations into one from a day; the successor may be one of them or was created before (R-O1).

    What lies below the sources comes to lie below the successor. Open work is not moved here (R-O3).
    """
    current(work.session, successor_id, on)
    for source_id in source_ids:
        if source_id != successor_id:
            _end(work, source_id, [successor_id], on, "merged", basis)


def split(
    work: UnitOfWork,
    source_id: str,
    successor_ids: Sequence[str],
    *,
    on: date,
    basis: str,
    continues: bool = False,
) -> None:
    """Split an organisation into several created before; it ends unless it `continues` beside them.

    What lies below it goes to the first successor when it ends.
    """
    if not successor_ids:
        raise Invalid(
            fields={"successor_ids": _("Cần ghi ít nhất một cơ quan được thành lập từ việc chia tách.")}
        )
    for successor_id in successor_ids:
        current(work.session, successor_id, on)
    if not continues:
        _end(work, source_id, successor_ids, on, "split", basis)
        return
    source = current(work.session, source_id, on)
    organisation_tree.begin_change(work)
    _succeed(work, source_id, successor_ids, on, "split", basis)
    _tell(work, "split", source_id, source.name, on, basis)


def dissolve(
    work: UnitOfWork, organisation_id: str, *, on: date, basis: str, successor_id: str | None = None
) -> None:
    """End an organisation; `on` is the first day without it.

    Raises Conflict when something still lies below it and no successor takes that over.
    """
    successors = [] if successor_id is None else [successor_id]
    if successor_id is not None:
        current(work.session, successor_id, on)
    _end(work, organisation_id, successors, on, "dissolved", basis)


def _begin_version(
    work: UnitOfWork, organisation_id: str, values: dict[str, Any], on: date, what: str, basis: str
) -> None:
    names = [n for n in (values["name"], values["short_name"]) if n]
    work.session.add(
        OrganisationVersion(
            id=new_id(),
            organisation_id=organisation_id,
            **values,
            sort_key=sort_key(values["name"])[:1000],
            search_text=fold(" | ".join(names)),
            valid_from=on,
            change=what,
            basis=basis,
        )
    )
    organisation_aliases.enter_names(work, organisation_id, names, on)
    work.session.flush()


def _end(
    work: UnitOfWork, organisation_id: str, successor_ids: Sequence[str], on: date, what: str, basis: str
) -> None:
    organisation_tree.begin_change(work)
    last = _last_version(work.session, organisation_id)
    if last.valid_to is not None and last.valid_to < on:
        raise _gone(last.name, last.valid_to)
    if on <= last.valid_from:
        raise Conflict(
            _(
                "Cơ quan {name} có thay đổi từ ngày {date} nên không thể kết thúc từ ngày {on}.",
                name=last.name,
                date=format_date(last.valid_from),
                on=format_date(on),
            ),
            organisation=organisation_id,
        )
    below = organisation_tree.tree(work.session, on).children(organisation_id)
    if below and not successor_ids:
        raise Conflict(
            _(
                "Cơ quan {name} còn {count} đơn vị trực thuộc; hãy chuyển chúng hoặc chọn cơ quan kế thừa.",
                name=last.name,
                count=len(below),
            ),
            organisation=organisation_id,
        )
    for child_id in below:
        if child_id not in successor_ids:
            reparent(work, child_id, successor_ids[0], on=on, basis=basis)
    last.valid_to = on - _DAY
    _end_names(work, organisation_id, on)
    work.session.execute(
        update(GroupMember)
        .where(GroupMember.member_id == organisation_id, GroupMember.valid_to.is_(None))
        .values(valid_to=on - _DAY)
    )
    _succeed(work, organisation_id, successor_ids, on, what, basis)
    _tell(work, what, organisation_id, last.name, on, basis, successors=list(successor_ids))


def _succeed(
    work: UnitOfWork, organisation_id: str, successor_ids: Sequence[str], on: date, what: str, basis: str
) -> None:
    for successor_id in successor_ids:
        work.session.add(
            OrganisationSuccession(
                predecessor_id=organisation_id,
                successor_id=successor_id,
                effective_on=on,
                change=what,
                basis=basis,
            )
        )
    work.session.flush()


def _end_names(work: UnitOfWork, organisation_id: str, on: date) -> None:
    work.session.execute(
        update(OrganisationAlias)
        .where(
            OrganisationAlias.organisation_id == organisation_id,
            OrganisationAlias.is_name.is_(True),
            OrganisationAlias.valid_to.is_(None),
        )
        .values(valid_to=on - _DAY)
    )


def _last_version(session: Session, organisation_id: str) -> OrganisationVersion:
    query = select(OrganisationVersion).where(OrganisationVersion.organisation_id == organisation_id)
    last = session.scalars(query.order_by(OrganisationVersion.valid_from.desc()).limit(1)).first()
    if last is None:
        raise NotFound(_("Không tìm thấy cơ quan này."), organisation=organisation_id)
    return last


def _require_level(session: Session, level: str) -> None:
    if session.get(OrganisationLevel, level) is None:
        known = ", ".join(session.scalars(select(OrganisationLevel.key).order_by(OrganisationLevel.rank)))
        raise Invalid(
            fields={
                "level": _(
                    "Cấp “{level}” chưa có; các cấp hiện có: {known}.", level=level, known=known or "–"
                )
            }
        )


def _require_parent(session: Session, parent_id: str, on: date, below: str | None = None) -> None:
    nodes = organisation_tree.tree(session, on)
    if parent_id not in nodes.parents:
        raise Invalid(
            fields={"parent_id": _("Cơ quan cấp trên không tồn tại vào ngày {date}.", date=format_date(on))}
        )
    if below is not None and (parent_id == below or below in nodes.ancestors(parent_id)):
        raise Invalid(
            fields={"parent_id": _("Cơ quan không thể trực thuộc chính mình hoặc cấp dưới của mình.")}
        )


def _gone(name: str, last_day: date) -> Conflict:
    return Conflict(
        _("Cơ quan {name} đã kết thúc hoạt động sau ngày {date}.", name=name, date=format_date(last_day))
    )


def _tell(
    work: UnitOfWork,
    what: str,
    organisation_id: str,
    name: str,
    on: date,
    basis: str,
    successors: Sequence[str] = (),
) -> None:
    organisation_tree.end_change(work)
    data = {
        "change": what,
        "name": name,
        "on": on.isoformat(),
        "basis": basis,
        "successors": list(successors),
    }
    outbox.record(work, "org.changed", subject=organisation_id, data=data)

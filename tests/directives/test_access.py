"""Rights: roles, subtrees, deny by default, and how few queries they take."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import event, select

from directives import access, accounts, api_keys, delegations, organisations, people, sign_in
from directives.organisation_tables import OrganisationRow
from directives.roles import PERMISSIONS
from foundation.database import Database, UnitOfWork
from foundation.errors import Forbidden, NotFound

NEW_YEAR = date(2024, 1, 1)
TODAY = date(2024, 2, 5)


def account_of(work: UnitOfWork, name: str, *positions: tuple[str, str]) -> accounts.Account:
    person_id = people.create(work, full_name=name)
    for role, organisation_id in positions:
        people.appoint(work, person_id, role, organisation_id, valid_from=NEW_YEAR)
    return accounts.get(
        work.session, accounts.create(work, username=name.replace(" ", "."), person_id=person_id)
    )


def principal(work: UnitOfWork, name: str, *positions: tuple[str, str]) -> access.Principal:
    return access.principal_of(work.session, account_of(work, name, *positions), work.now)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":
            seen.append(statement)

    event.listen(database.read_engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.read_engine, "before_cursor_execute", note)


def test_a_right_reaches_over_the_own_organisation_and_below(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    head = principal(work, "Lê Bình", ("head", province.science))
    assert access.allow(head, "reports.sign", province.science)
    assert access.allow(head, "reports.sign", province.division)
    assert not access.allow(head, "reports.sign", province.committee)
    assert not access.allow(head, "reports.sign", province.home_affairs)
    assert head.organisation_ids == {province.science, province.division}


def test_nobody_has_a_right_by_default(work: UnitOfWork, province: SimpleNamespace) -> None:
    stranger = principal(work, "Người Lạ")
    assert not any(access.allow(stranger, right) for right in PERMISSIONS)


def test_a_missing_right_is_named(work: UnitOfWork, province: SimpleNamespace) -> None:
    officer = principal(work, "Nguyễn An", ("officer", province.division))
    with pytest.raises(Forbidden, match="Bạn không có quyền ký báo cáo\\."):
        access.require(officer, "reports.sign", province.division)
    with pytest.raises(Forbidden, match="quyền xem báo cáo của cơ quan, đơn vị này"):
        access.require(officer, "reports.read", province.home_affairs)
    with pytest.raises(NotFound):
        access.require_visible(officer, "reports.read", province.home_affairs)
    access.require(officer, "reports.read", province.division)


def test_a_right_that_does_not_exist_is_a_mistake_in_the_program(work: UnitOfWork) -> None:
    with pytest.raises(LookupError, match=r"reports\.eat"):
        access.allow(principal(work, "Nguyễn An"), "reports.eat")


def test_two_positions_give_each_right_where_it_is_held(work: UnitOfWork, province: SimpleNamespace) -> None:
    both = principal(work, "Nguyễn An", ("head", province.science), ("officer", province.home_affairs))
    assert access.allow(both, "reports.read", province.home_affairs)
    assert not access.allow(both, "reports.sign", province.home_affairs)


def test_an_inspector_reads_everything_and_changes_nothing(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    inspector = principal(work, "Thanh Tra", ("inspector", province.division))
    assert access.allow(inspector, "audit.read", province.committee)
    assert access.visible_organisation_ids(inspector, "assignments.read") is None
    assert {right for right in inspector.permissions if not right.endswith(".read")} == set()


def test_an_administrator_may_do_everything(work: UnitOfWork, province: SimpleNamespace) -> None:
    account_id = accounts.create(work, username="root", is_admin=True)
    admin = access.principal_of(work.session, accounts.get(work.session, account_id), work.now)
    assert all(access.allow(admin, right, province.party) for right in PERMISSIONS)


def test_lists_show_only_what_the_principal_may_see(work: UnitOfWork, province: SimpleNamespace) -> None:
    def seen(who: access.Principal) -> set[str]:
        row = OrganisationRow
        return set(work.session.scalars(select(row.id).where(access.within(who, "assignments.read", row.id))))

    assert seen(principal(work, "A", ("head", province.science))) == {province.science, province.division}
    assert seen(principal(work, "B", ("inspector", province.division))) == set(vars(province).values())
    assert seen(principal(work, "C")) == set()


def test_a_large_subtree_is_walked_by_the_database_with_the_same_answer(
    work: UnitOfWork, province: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = principal(work, "A", ("head", province.committee))
    row = OrganisationRow
    named = set(work.session.scalars(select(row.id).where(access.within(head, "reports.read", row.id))))
    monkeypatch.setattr(access, "_NAMED_AT_MOST", 1)
    walked = set(work.session.scalars(select(row.id).where(access.within(head, "reports.read", row.id))))
    assert walked == named == organisations.subtree_ids(work.session, province.committee, TODAY)


def test_a_delegate_has_the_rights_of_the_absent_one_and_is_named_with_both_names(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    head = account_of(work, "Lê Bình", ("head", province.science))
    deputy = account_of(work, "Nguyễn An", ("officer", province.division))
    delegations.delegate(
        work,
        delegator_id=str(head.person_id),
        delegate_id=str(deputy.person_id),
        valid_from=TODAY,
        valid_to=TODAY,
        reason="Nghỉ phép",
    )
    acting = access.principal_of(work.session, deputy, work.now)
    assert access.allow(acting, "reports.sign", province.science)
    actor = acting.actor_for({f"head@{province.science}"})
    assert (actor.name, actor.on_behalf_of) == ("Nguyễn An (thay Lê Bình)", head.person_id)
    assert acting.actor_for({f"officer@{province.division}", f"head@{province.science}"}).name == "Nguyễn An"


def test_a_machine_has_the_roles_granted_to_its_account(work: UnitOfWork, province: SimpleNamespace) -> None:
    account_id = accounts.create(work, username="truc-lien-thong")
    accounts.grant(work, account_id, "clerk", province.committee, valid_from=NEW_YEAR)
    machine = access.principal_of(work.session, accounts.get(work.session, account_id), work.now)
    assert access.allow(machine, "documents.register", province.science)
    assert f"clerk@{province.committee}" in machine.groups


def test_a_key_is_limited_to_its_scopes_even_for_an_administrator(work: UnitOfWork) -> None:
    account_id = accounts.create(work, username="root", is_admin=True)
    key = api_keys.create(work, account_id, name="đọc", scopes=["reports.read"]).key
    who, owner = access.principal_of_key(work.session, key, work.now)
    assert access.allow(who, "reports.read", "anything")
    assert not access.allow(who, "reports.sign")
    assert not who.is_admin
    assert owner.is_touch_due


def test_a_key_or_a_session_becomes_a_principal_with_two_queries(
    database: Database, work: UnitOfWork, province: SimpleNamespace
) -> None:
    account = account_of(work, "Lê Bình", ("head", province.committee))
    key = api_keys.create(work, account.id, name="k").key
    token = sign_in.sign_in(work, sign_in.PasswordCheck(username=account.username, account=account)).token
    work.commit()
    with database.reading() as session:
        access.principal_of_key(session, key, database.clock.now())
    with database.reading() as session, counted(database) as queries:
        who, _owner = access.principal_of_key(session, key, database.clock.now())
    assert len(queries) == 2
    with database.reading() as session, counted(database) as queries:
        assert access.principal_of_session(session, token, database.clock.now())
    assert len(queries) == 2
    assert province.division in who.organisation_ids

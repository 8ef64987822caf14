"""People, positions, candidate groups and delegation (§2.1, R-U6)."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from directives import delegations, people
from directives.delegations import Scope
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid
from foundation.outbox import OutboxEvent

TODAY = date(2024, 2, 5)
NEW_YEAR = date(2024, 1, 1)


def hire(work: UnitOfWork, name: str, role: str, organisation_id: str) -> str:
    person_id = people.create(work, full_name=name)
    people.appoint(work, person_id, role, organisation_id, valid_from=NEW_YEAR)
    return person_id


def stand_in(work: UnitOfWork, absent: str, deputy: str, **more: object) -> str:
    values: dict[str, object] = {
        "valid_from": TODAY,
        "valid_to": date(2024, 2, 9),
        "reason": "Đi công tác",
        **more,
    }
    return delegations.delegate(work, delegator_id=absent, delegate_id=deputy, **values)  # type: ignore[arg-type]


def test_a_position_gives_its_role_and_membership_as_candidate_groups(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    officer = hire(work, "Nguyễn Văn An", "officer", province.division)
    assert people.groups_of(work.session, officer, TODAY) == {
        *{f"officer@{province.division}", f"member@{province.division}"}
    }
    assert people.groups_of(work.session, officer, date(2023, 12, 31)) == frozenset()


def test_a_position_ends_after_its_last_day(work: UnitOfWork, province: SimpleNamespace) -> None:
    person = people.create(work, full_name="Lê Bình")
    position = people.appoint(work, person, "head", province.science, valid_from=NEW_YEAR)
    people.dismiss(work, position, last_day=TODAY)
    assert people.groups_of(work.session, person, TODAY)
    assert not people.groups_of(work.session, person, date(2024, 2, 6))


def test_holders_come_by_given_name_and_only_active_ones(work: UnitOfWork, province: SimpleNamespace) -> None:
    for name in ("Trần Văn Ước", "Đỗ Thị Ánh", "Cao An"):
        hire(work, name, "officer", province.division)
    gone = hire(work, "Bùi Ái", "officer", province.division)
    people.change(work, gone, is_active=False)
    found = people.holders(work.session, "officer", province.division, TODAY)
    assert [one.full_name for one in found] == ["Cao An", "Đỗ Thị Ánh", "Trần Văn Ước"]
    assert people.holders(work.session, "head", province.division, TODAY) == []
    assert len(people.holders(work.session, people.MEMBER, province.division, TODAY)) == 3


def test_an_unknown_role_and_a_role_held_twice_are_refused(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    person = hire(work, "Nguyễn An", "officer", province.division)
    with pytest.raises(Invalid) as refused:
        people.appoint(work, person, "wizard", province.division, valid_from=NEW_YEAR)
    assert "“wizard”" in str(refused.value.fields["role"])
    with pytest.raises(Conflict, match="Chuyên viên"):
        people.appoint(work, person, "officer", province.division, valid_from=TODAY)


def test_people_are_found_without_marks(work: UnitOfWork) -> None:
    people.create(work, full_name="  Đỗ   Thị Ánh ")
    assert [one.full_name for one in people.search(work.session, "do thi anh")] == ["Đỗ Thị Ánh"]


def test_a_delegate_acts_in_the_groups_of_the_absent_one_within_the_dates(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    head = hire(work, "Lê Bình", "head", province.science)
    deputy = hire(work, "Nguyễn An", "deputy_head", province.science)
    stand_in(work, head, deputy)
    borrowed = f"head@{province.science}"
    assert borrowed in people.groups_of(work.session, deputy, date(2024, 2, 9))
    assert borrowed not in people.groups_of(work.session, deputy, date(2024, 2, 10))
    assert [one.holder_name for one in people.held_roles(work.session, deputy, TODAY)] == [
        "Nguyễn An",
        "Lê Bình",
    ]


def test_a_delegation_for_one_cycle_counts_only_for_that_cycle(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    head = hire(work, "Lê Bình", "head", province.science)
    deputy = hire(work, "Nguyễn An", "deputy_head", province.science)
    stand_in(work, head, deputy, scope=Scope.CYCLE, scope_id="c1")
    borrowed = f"head@{province.science}"
    assert borrowed not in people.groups_of(work.session, deputy, TODAY)
    assert borrowed in people.groups_of(work.session, deputy, TODAY, cycle_id="c1")
    assert borrowed not in people.groups_of(work.session, deputy, TODAY, cycle_id="c2")


def test_a_delegation_for_one_organisation_lends_only_the_positions_there(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    head = hire(work, "Lê Bình", "head", province.science)
    people.appoint(work, head, "officer", province.home_affairs, valid_from=NEW_YEAR)
    deputy = people.create(work, full_name="Nguyễn An")
    stand_in(work, head, deputy, scope=Scope.ORGANISATION, scope_id=province.science)
    assert people.groups_of(work.session, deputy, TODAY) == {
        *{f"head@{province.science}", f"member@{province.science}"}
    }


def test_what_is_delegated_cannot_be_delegated_on(work: UnitOfWork, province: SimpleNamespace) -> None:
    head, deputy, third = (hire(work, name, "officer", province.science) for name in ("Lê A", "Lê B", "Lê C"))
    stand_in(work, head, deputy)
    with pytest.raises(Conflict, match="không thể ủy quyền tiếp"):
        stand_in(work, deputy, third)
    with pytest.raises(Conflict, match="Lê A đã ủy quyền cho người khác"):
        stand_in(work, third, head)
    stand_in(work, deputy, third, valid_from=date(2024, 3, 1), valid_to=date(2024, 3, 5))


def test_two_people_cannot_stand_in_for_each_other(work: UnitOfWork, province: SimpleNamespace) -> None:
    head, deputy = (hire(work, name, "officer", province.science) for name in ("Lê A", "Lê B"))
    stand_in(work, head, deputy)
    with pytest.raises(Conflict):
        stand_in(work, deputy, head)
    with pytest.raises(Invalid, match="không hợp lệ"):
        stand_in(work, head, head)


def test_an_ended_delegation_lends_nothing_more(work: UnitOfWork, province: SimpleNamespace) -> None:
    head, deputy = (hire(work, name, "head", province.science) for name in ("Lê A", "Lê B"))
    delegation = stand_in(work, head, deputy)
    delegations.end(work, delegation, last_day=date(2024, 2, 4))
    assert delegations.listing(work.session, person_id=deputy, on=TODAY) == []
    assert len(people.held_roles(work.session, deputy, TODAY)) == 1


def test_a_delegation_needs_a_reason_and_dates_in_order(work: UnitOfWork, province: SimpleNamespace) -> None:
    head, deputy = (hire(work, name, "head", province.science) for name in ("Lê A", "Lê B"))
    with pytest.raises(Invalid) as refused:
        stand_in(work, head, deputy, reason=" ", valid_to=date(2024, 1, 1))
    assert set(refused.value.fields) == {"reason", "valid_to"}


def test_the_end_of_a_delegation_is_told_once(work: UnitOfWork, province: SimpleNamespace) -> None:
    head, deputy = (hire(work, name, "head", province.science) for name in ("Lê A", "Lê B"))
    stand_in(work, head, deputy)
    assert delegations.tell_ended(work) == 0
    work.now += timedelta(days=5)
    assert delegations.tell_ended(work) == 1
    assert delegations.tell_ended(work) == 0
    told = work.session.scalars(select(OutboxEvent.type).where(OutboxEvent.type.startswith("delegation")))
    assert list(told) == ["delegation.started", "delegation.ended"]

"""Organisations over time: versions, merges, names of their day, spellings, groups (R-O1 to R-O5, R-S3)."""

from datetime import date
from types import SimpleNamespace

import pytest

from directives import organisations
from directives.organisation_names import name_key
from directives.organisation_tree import tree
from directives.organisations import Outcome
from foundation.database import Database, UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound

REFORM = date(2025, 3, 1)
TODAY = date(2024, 2, 5)


def enter(work: UnitOfWork, name: str, parent_id: str | None = None, **more: object) -> str:
    values = {"kind": "so", "level": "department", "on": date(2024, 1, 1), **more}
    return organisations.create(work, name=name, parent_id=parent_id, **values)  # type: ignore[arg-type]


def test_a_renamed_department_keeps_its_old_name_in_old_documents(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    organisations.rename(work, province.home_affairs, "Sở Nội vụ và Lao động", on=REFORM, basis="QĐ 01")
    assert organisations.name_on(work.session, province.home_affairs, date(2025, 2, 28)) == "Sở Nội vụ"
    assert organisations.name_on(work.session, province.home_affairs, REFORM) == "Sở Nội vụ và Lao động"
    assert (
        organisations.label(work.session, province.home_affairs, written_on=TODAY, today=date(2026, 1, 1))
        == "Sở Nội vụ và Lao động (trước đây: Sở Nội vụ)"
    )


def test_a_merger_moves_divisions_to_the_successor_and_ends_the_sources(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    media = enter(work, "Sở Thông tin và Truyền thông", province.committee)
    desk = enter(work, "Phòng Chuyển đổi số", media, level="unit")
    organisations.merge(work, [media, province.science], province.science, on=REFORM, basis="NQ 18")
    session = work.session
    assert organisations.current(session, desk, REFORM).parent_id == province.science
    assert organisations.current(session, media, date(2025, 2, 28)).name == "Sở Thông tin và Truyền thông"
    with pytest.raises(NotFound, match="01/03/2025"):
        organisations.current(session, media, REFORM)
    assert organisations.successors(session, media, REFORM) == [province.science]
    assert organisations.successors(session, media, TODAY) == [media]
    assert (
        organisations.label(session, media, written_on=TODAY, today=REFORM)
        == "Sở Khoa học và Công nghệ (trước đây: Sở Thông tin và Truyền thông)"
    )


def test_a_split_has_several_successors_and_may_leave_the_source_standing(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    one, two = enter(work, "Phòng A", province.science), enter(work, "Phòng B", province.science)
    organisations.split(work, province.division, [one, two], on=REFORM, basis="QĐ 2")
    assert sorted(organisations.successors(work.session, province.division, REFORM)) == sorted([one, two])
    organisations.split(work, one, [two], on=REFORM, basis="QĐ 3", continues=True)
    assert organisations.successors(work.session, one, REFORM) == [one]


def test_an_organisation_with_units_is_not_dissolved_without_a_successor(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    with pytest.raises(Conflict, match="còn 1 đơn vị trực thuộc"):
        organisations.dissolve(work, province.science, on=REFORM, basis="QĐ 4")
    organisations.dissolve(work, province.division, on=REFORM, basis="QĐ 4")
    with pytest.raises(Conflict, match="đã kết thúc hoạt động sau ngày 28/02/2025"):
        organisations.rename(work, province.division, "Phòng khác", on=date(2025, 4, 1))


def test_changes_before_the_last_change_are_refused(work: UnitOfWork, province: SimpleNamespace) -> None:
    organisations.rename(work, province.science, "Sở KHCN mới", on=REFORM)
    with pytest.raises(Conflict, match="từ ngày 01/03/2025"):
        organisations.rename(work, province.science, "Sở KHCN khác", on=TODAY)


def test_an_organisation_cannot_lie_below_itself(work: UnitOfWork, province: SimpleNamespace) -> None:
    with pytest.raises(Invalid) as refused:
        organisations.reparent(work, province.committee, province.division, on=REFORM)
    assert "chính mình" in str(refused.value.fields["parent_id"])


def test_an_unknown_level_is_refused_with_the_known_ones(work: UnitOfWork, province: SimpleNamespace) -> None:
    with pytest.raises(Invalid) as refused:
        enter(work, "Sở Lạ", province.committee, level="galaxy")
    assert "“galaxy” chưa có" in str(refused.value.fields["level"])
    assert "commune" in str(refused.value.fields["level"])


def test_the_tree_follows_the_day(work: UnitOfWork, province: SimpleNamespace) -> None:
    organisations.reparent(work, province.division, province.home_affairs, on=REFORM)
    session = work.session
    assert province.division in organisations.subtree_ids(session, province.science, TODAY)
    assert province.division not in organisations.subtree_ids(session, province.science, REFORM)
    assert organisations.ancestors(session, province.division, REFORM) == (
        province.home_affairs,
        province.committee,
    )


def test_a_change_is_seen_by_the_next_reader(
    database: Database, work: UnitOfWork, province: SimpleNamespace
) -> None:
    work.commit()
    with database.reading() as session:
        before = organisations.subtree_ids(session, province.committee, TODAY)
    with database.unit_of_work() as later:
        new = enter(later, "Phòng mới", province.science)
        later.commit()
    with database.reading() as session:
        assert organisations.subtree_ids(session, province.committee, TODAY) == before | {new}


def test_a_change_rolled_back_leaves_no_trace_in_the_tree(
    database: Database, work: UnitOfWork, province: SimpleNamespace
) -> None:
    work.commit()
    with database.unit_of_work() as abandoned:
        new = enter(abandoned, "Phòng bỏ", province.science)
        assert new in tree(abandoned.session, TODAY).parents
    with database.reading() as session:
        assert new not in tree(session, TODAY).parents


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sở KH&CN", "SỞ KHOA HỌC VÀ CÔNG NGHỆ"),
        ("SKHCN", "Sở Khoa học và Công nghệ"),
        ("Sở Khoa học & Công nghệ tỉnh Đồng Nai", "so khcn dong nai"),
        ("UBND tỉnh", "Ủy ban nhân dân tỉnh"),
        ("Sở LĐ-TB&XH", "Sở Lao động – Thương binh và Xã hội"),
        ("Sở GD-ĐT", "Sở Giáo dục và Đào tạo"),
        ("các sở, ban, ngành", "Các sở ban ngành"),
        ("Đài PT-TH", "Đài Phát thanh - Truyền hình"),
        ("Sở VH,TT&DL", "Sở Văn hóa, Thể thao và Du lịch"),
        ("Liên hiệp các Hội Khoa học và Kĩ thuật tỉnh", "Liên hiệp Hội KH&KT tỉnh"),
    ],
)
def test_usual_spellings_of_a_name_meet(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("UBND tỉnh", "UBND xã"), ("Tỉnh ủy", "Ủy ban"), ("Sở Nội vụ", "Ban Nội chính"), ("Tỉnh đoàn", "Đoàn")],
)
def test_different_bodies_stay_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_the_same_spelling_means_another_body_in_another_province(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    other = enter(work, "Ủy ban nhân dân tỉnh Quảng Ngãi", level="province")
    science = enter(work, "Sở Khoa học và Công nghệ", other)
    session = work.session
    here = organisations.resolve(session, "Sở KH&CN", scope=province.committee, on=TODAY)
    assert here.organisation_id == province.science
    assert organisations.resolve(session, "sở khcn", scope=other, on=TODAY).organisation_id == science
    unknown = organisations.resolve(session, "Sở KH&CN", on=TODAY)
    assert unknown.outcome is Outcome.AMBIGUOUS
    assert set(unknown.organisation_ids) == {province.science, science}
    assert organisations.resolve(session, "Sở Y tế", scope=other, on=TODAY).outcome is Outcome.NONE


def test_a_scoped_alias_holds_only_for_documents_from_there(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    organisations.add_alias(work, province.committee, "UBND tỉnh", scope_id=province.committee)
    stranger = enter(work, "Ủy ban nhân dân tỉnh Quảng Trị", level="province")
    session = work.session
    from_science = organisations.resolve(session, "Ủy ban nhân dân tỉnh", scope=province.science, on=TODAY)
    assert from_science.organisation_id == province.committee
    assert organisations.resolve(session, "UBND tỉnh", scope=stranger, on=TODAY).outcome is Outcome.NONE


def test_two_divisions_of_one_name_are_told_apart_by_the_issuer(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    twin = enter(work, "Phòng Quản lý Khoa học", province.home_affairs, level="unit")
    session = work.session
    assert (
        organisations.resolve(
            session, "phòng QUẢN LÍ khoa học", scope=province.home_affairs, on=TODAY
        ).organisation_id
        == twin
    )
    both = organisations.resolve(session, "Phòng Quản lý Khoa học", scope=province.committee, on=TODAY)
    assert both.outcome is Outcome.AMBIGUOUS


def test_a_former_name_is_found_and_said_to_be_former(work: UnitOfWork, province: SimpleNamespace) -> None:
    organisations.rename(work, province.home_affairs, "Sở Tổ chức", on=REFORM)
    found = organisations.resolve(work.session, "Sở Nội vụ", scope=province.committee, on=REFORM)
    assert found.organisation_id == province.home_affairs
    assert found.is_former_name


def test_a_party_body_is_found_but_marked_as_outside_the_issuers_tree(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    found = organisations.resolve(
        work.session, "Ban Tuyên giáo Tỉnh ủy Đồng Nai", scope=province.committee, on=TODAY
    )
    assert (found.organisation_id, found.is_outside_scope) == (province.party, True)


def test_a_group_stands_for_its_members_of_the_day(work: UnitOfWork, province: SimpleNamespace) -> None:
    group = enter(work, "Các sở, ban, ngành", province.committee, is_group=True)
    organisations.add_members(work, group, [province.science, province.home_affairs], on=date(2024, 1, 1))
    health = enter(work, "Sở Y tế", province.committee)
    organisations.add_members(work, group, [health], on=date(2024, 6, 1))
    organisations.remove_member(work, group, province.science, on=date(2024, 7, 1))
    session = work.session
    assert organisations.members(session, group, TODAY) == [province.science, province.home_affairs]
    assert organisations.members(session, group, date(2024, 6, 1)) == [
        *[province.science, province.home_affairs, health]
    ]
    assert organisations.members(session, group, date(2024, 7, 1)) == [province.home_affairs, health]
    assert (
        organisations.resolve(session, "sở ban ngành", scope=province.science, on=TODAY).organisation_id
        == group
    )


def test_a_dissolved_organisation_leaves_its_groups(work: UnitOfWork, province: SimpleNamespace) -> None:
    group = enter(work, "Các phòng", province.science, is_group=True)
    organisations.add_members(work, group, [province.division], on=date(2024, 1, 1))
    organisations.dissolve(work, province.division, on=REFORM, basis="QĐ 5")
    assert organisations.members(work.session, group, REFORM) == []


def test_groups_expand_inside_groups_but_never_in_a_circle(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    inner = enter(work, "Nhóm trong", is_group=True)
    outer = enter(work, "Nhóm ngoài", is_group=True)
    organisations.add_members(work, inner, [province.science], on=date(2024, 1, 1))
    organisations.add_members(work, outer, [inner], on=date(2024, 1, 1))
    assert organisations.members(work.session, outer, TODAY) == [province.science]
    with pytest.raises(Conflict, match="chính nó"):
        organisations.add_members(work, inner, [outer], on=date(2024, 1, 1))


def test_search_finds_names_without_marks_and_puts_exact_ones_first(
    work: UnitOfWork, province: SimpleNamespace
) -> None:
    enter(work, "Phòng Nội Vũ", province.science)
    found = organisations.search(work.session, "nội vụ", TODAY)
    assert [one.name for one in found] == ["Sở Nội vụ", "Phòng Nội Vũ"]
    assert {one.name for one in organisations.search(work.session, "noi vu", TODAY)} == {
        "Sở Nội vụ",
        "Phòng Nội Vũ",
    }


def test_children_come_in_vietnamese_order(work: UnitOfWork, province: SimpleNamespace) -> None:
    enter(work, "Sở Du lịch", province.committee)
    enter(work, "Sở Đối ngoại", province.committee)
    names = [one.name for one in organisations.children(work.session, province.committee, TODAY)]
    assert names == ["Sở Du lịch", "Sở Đối ngoại", "Sở Khoa học và Công nghệ", "Sở Nội vụ"]

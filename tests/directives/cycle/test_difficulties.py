"""Difficulties, explanations and notifications (R-S7, R-K3, §2.3)."""

from datetime import timedelta

import pytest

from directives import assignments, difficulties, explanations, notifications
from directives.assignment_tables import Assignment
from directives.difficulties import Remedy, Ruling
from directives.explanations import Cause
from foundation.errors import Conflict, Forbidden, Invalid
from foundation.texts import _
from tests.directives.cycle.world import World, day


def working(world: World) -> Assignment:
    return assignments.accept(world.work, world.assignment("29/03/2024").id)


def raised(world: World, task: Assignment, *route: str) -> difficulties.Difficulty:
    world.by("chuyen-vien")
    return difficulties.raise_(
        world.work, task.id, world.division, "Chưa có định mức", route=list(route) or None
    )


def test_a_difficulty_does_not_stop_the_clock(world: World) -> None:
    task = working(world)
    raised(world, task)
    assert (task.state, task.current_due) == ("dang_thuc_hien", day("29/03/2024"))
    assert world.events()[-1] == "issue.raised"


def test_a_difficulty_travels_its_route_and_the_desk_where_it_lies_decides(world: World) -> None:
    found = raised(world, working(world), world.science, world.committee)
    difficulties.forward(world.work, found.id, "Vượt thẩm quyền")
    assert [d.id for d in difficulties.waiting_for(world.session, world.committee)] == [found.id]
    world.by("giam-doc")
    guidance = Ruling(remedy=Remedy.GUIDANCE, answer="Áp dụng Thông tư 11")
    with pytest.raises(Forbidden):
        difficulties.decide(world.work, found.id, world.science, guidance)
    difficulties.decide(world.work, found.id, world.committee, guidance)
    assert (found.status, world.events()[-1]) == ("decided", "issue.decided")
    with pytest.raises(Conflict):
        difficulties.forward(world.work, found.id)


def test_who_reports_a_difficulty_does_not_decide_it(world: World) -> None:
    found = raised(world, working(world))
    with pytest.raises(Forbidden, match="không tự quyết định"):
        difficulties.decide(
            world.work, found.id, world.science, Ruling(remedy=Remedy.GUIDANCE, answer="Tự làm")
        )


def test_each_remedy_is_carried_out_in_the_same_command(world: World) -> None:
    task = working(world)
    later = Ruling(remedy=Remedy.EXTENSION, answer="Đồng ý", due=day("15/04/2024"))
    words = Ruling(remedy=Remedy.ADJUSTMENT, answer="Thu hẹp", content="Chỉ rà soát quy định của tỉnh")
    other = Ruling(remedy=Remedy.REASSIGNMENT, answer="Chuyển", lead_id=world.other_division)
    for ruling in (later, words, other):
        found = raised(world, task)
        world.by("giam-doc")
        difficulties.decide(world.work, found.id, world.science, ruling)
    assert task.current_due == day("15/04/2024")
    assert (task.content, task.lead_id) == ("Chỉ rà soát quy định của tỉnh", world.other_division)
    assert [d.remedy for d in difficulties.of_assignment(world.session, task.id)] == [
        "gia_han",
        "dieu_chinh",
        "giao_lai",
    ]


@pytest.mark.parametrize("remedy", [Remedy.EXTENSION, Remedy.ADJUSTMENT, Remedy.REASSIGNMENT])
def test_a_remedy_without_what_it_needs_is_refused_and_changes_nothing(world: World, remedy: Remedy) -> None:
    found = raised(world, working(world))
    world.by("giam-doc")
    with pytest.raises(Invalid):
        difficulties.decide(world.work, found.id, world.science, Ruling(remedy=remedy, answer="Đồng ý"))
    assert found.status == "raised"


def test_only_the_lead_or_a_coordinator_reports_a_difficulty(world: World) -> None:
    with pytest.raises(Forbidden):
        difficulties.raise_(world.work, working(world).id, world.committee, "Khó")


def test_a_late_lead_explains_and_another_person_confirms_the_cause(world: World) -> None:
    task = working(world)
    with pytest.raises(Conflict, match="không quá hạn"):
        explanations.explain(world.work, task.id, world.division, Cause.OBJECTIVE, "Mưa lũ")
    world.on("05/04/2024").by("truong-phong")
    said = explanations.explain(world.work, task.id, world.division, Cause.OBJECTIVE, "Mưa lũ")
    with pytest.raises(Forbidden):
        explanations.judge(world.work, said.id, is_confirmed=True)
    world.by("giam-doc")
    explanations.judge(world.work, said.id, is_confirmed=True)
    assert (said.status, said.judged_by) == ("confirmed", "giam-doc")


def notified(world: World, *recipients: str, title: str = "Dự thảo") -> list[str]:
    return notifications.notify(
        world.work,
        recipients,
        kind="task.due_soon",
        title=_("Nhiệm vụ “{title}” sắp đến hạn", title=title),
        subject_type="assignment",
        subject_id="a1",
    )


def test_a_group_is_told_once_and_each_of_its_people_reads_for_themselves(world: World) -> None:
    notified(world, "officer@qlkh", "officer@qlkh")
    groups = ["officer@qlkh"]
    (seen,) = notifications.unread(world.session, "an", groups, world.work.now)
    assert str(seen.title) == "Nhiệm vụ “Dự thảo” sắp đến hạn"
    notifications.mark_read(world.work, "an", [seen.id])
    assert notifications.count_unread(world.session, "an", groups, world.work.now) == 0
    assert notifications.count_unread(world.session, "binh", groups, world.work.now) == 1
    assert notifications.count_unread(world.session, "chi", [], world.work.now) == 0


def test_a_snoozed_notification_comes_back(world: World) -> None:
    (told,) = notified(world, "an")
    later = world.work.now + timedelta(hours=2)
    notifications.snooze(world.work, "an", told, later)
    assert notifications.unread(world.session, "an", [], world.work.now) == []
    assert len(notifications.unread(world.session, "an", [], later)) == 1


def test_what_was_read_stays_in_the_list(world: World) -> None:
    (told,) = notified(world, "an")
    notifications.mark_read(world.work, "an", [told])
    (seen,) = notifications.recent(world.session, "an", [])
    assert seen.read_at == world.work.now

"""Plans: drafting with versions, findings, groups, the proposal of the intake (R-S1 to R-S12)."""

import json
from datetime import date
from pathlib import Path

import pytest

from directives import (
    documents,
    openings,
    organisation_aliases,
    organisation_groups,
    organisations,
    plan_checks,
    plans,
)
from directives.deadlines import Deadline, DeadlineKind
from directives.documents import Header, Recipient
from directives.plans import Party, Trace
from foundation.errors import Conflict, Invalid, Stale
from tests.directives.cycle.world import World, day

SEEDS = Path(__file__).resolve().parents[4] / "shared" / "seeds"


def codes(world: World, plan_id: str) -> list[str]:
    return [finding.code for finding in plan_checks.check(world.session, plan_id, date(2024, 2, 6))]


def test_an_item_is_read_back_as_it_was_drafted(world: World) -> None:
    draft = world.item(
        world.division, due="29/03/2024", section="II.2", output="Dự thảo", source_lines=(31, 32)
    )
    plan = world.draft_plan(draft)
    (read,) = plans.items(world.session, plan.id)
    assert (read.draft.section, read.draft.output, read.draft.source_lines) == ("II.2", "Dự thảo", (31, 32))
    assert read.draft.deadline.effective_due == day("29/03/2024")
    assert read.draft.leads[0].is_accountable


def test_whoever_saves_a_row_second_is_told_that_it_changed(world: World) -> None:
    plan = world.draft_plan(world.item(world.division))
    (row,) = plans.items(world.session, plan.id)
    plans.edit_item(world.work, row.id, row.version, content="Nội dung mới")
    with pytest.raises(Stale):
        plans.edit_item(world.work, row.id, row.version, content="Nội dung khác")
    assert plans.view(world.session, row.id).draft.content == "Nội dung mới"


def test_two_people_may_edit_two_rows_at_once(world: World) -> None:
    plan = world.draft_plan(world.item(world.division), world.item(world.division))
    one, two = plans.items(world.session, plan.id)
    plans.edit_item(world.work, one.id, one.version, content="A")
    plans.edit_item(world.work, two.id, two.version, content="B")
    assert [row.draft.content for row in plans.items(world.session, plan.id)] == ["A", "B"]


def test_rows_are_inserted_moved_and_removed(world: World) -> None:
    plan = world.draft_plan(*(world.item(content=name) for name in "ABC"))
    plans.add_item(world.work, plan.id, world.item(content="X"), ordinal=2)
    rows = plans.items(world.session, plan.id)
    plans.move_item(world.work, rows[3].id, rows[3].version, 1)
    plans.remove_item(world.work, rows[0].id, rows[0].version)
    assert [row.draft.content for row in plans.items(world.session, plan.id)] == ["C", "X", "B"]


def test_only_one_lead_answers_for_an_item(world: World) -> None:
    two = (Party(name="A", is_accountable=True), Party(name="B", is_accountable=True))
    with pytest.raises(Invalid) as refusal:
        world.draft_plan(plans.ItemDraft(content="Việc", leads=two))
    assert "leads" in refusal.value.fields


def test_missing_leads_and_due_days_are_pointed_out_but_do_not_stop_the_plan(world: World) -> None:
    plan = world.draft_plan(world.item(), world.item(world.division, due="29/03/2024"))
    assert codes(world, plan.id) == ["no_lead", "no_due"]
    plans.issue(world.work, plan.id)
    assert len(openings.open_plan(world.work, plan.id)) == 1


def test_a_name_that_is_no_known_organisation_is_pointed_out(world: World) -> None:
    draft = plans.ItemDraft(content="Việc", leads=(Party(name="Sở Không Có"),))
    assert codes(world, world.draft_plan(draft).id) == ["unknown_organisation", "no_due"]


@pytest.mark.parametrize(
    ("due", "expected"),
    [("01/04/2024", ["due_after_parent"]), ("29/03/2024", ["due_equals_parent"]), ("28/03/2024", [])],
)
def test_a_child_due_after_its_parent_is_an_error_and_on_the_same_day_a_warning(
    world: World, due: str, expected: list[str]
) -> None:
    parent = world.assignment("29/03/2024")
    plan = plans.create(world.work, parent.directive_id, "Kế hoạch của phòng")
    traced = world.item(world.other_division, due=due, traces=(Trace(parent_assignment_id=parent.id),))
    plans.add_item(world.work, plan.id, traced)
    assert codes(world, plan.id) == expected


def test_a_plan_with_an_error_is_not_issued(world: World) -> None:
    parent = world.assignment("29/03/2024")
    plan = plans.create(world.work, parent.directive_id, "Kế hoạch của phòng")
    traced = world.item(
        world.other_division, due="01/04/2024", traces=(Trace(parent_assignment_id=parent.id),)
    )
    plans.add_item(world.work, plan.id, traced)
    with pytest.raises(Conflict, match="xin cấp trên gia hạn trước") as refusal:
        plans.issue(world.work, plan.id)
    assert refusal.value.facts["rule"] == "R-S4"


def test_a_due_day_on_a_sunday_a_past_one_and_an_impossible_one_are_pointed_out(world: World) -> None:
    impossible = Deadline(
        kind=DeadlineKind.FIXED,
        current_due=day("28/06/2024"),
        original_due=day("28/06/2024"),
        invalid="31/6/2024",
    )
    plan = world.draft_plan(
        world.item(world.division, due="31/03/2024"),
        world.item(world.division, due="05/02/2024"),
        plans.ItemDraft(content="C", leads=(Party(organisation_id=world.division),), deadline=impossible),
    )
    assert codes(world, plan.id) == ["due_on_day_off", "late_at_birth", "impossible_date"]


def test_units_named_in_a_task_but_missing_from_the_recipients_are_listed_once(world: World) -> None:
    recipients = (Recipient(name="Phòng Quản lý Khoa học", organisation_id=world.division),)
    document = documents.draft(
        world.work, world.science, Header(type_code="KH", subject="Kế hoạch", recipients=recipients)
    )
    helper = Party(name="Phòng Quản lý Chuyên ngành", organisation_id=world.other_division)
    row = world.item(world.division, due="29/03/2024", coordinators=(helper,))
    plan = world.draft_plan(row, row)
    plans.attach_document(world.work, plan.id, document.id)
    findings = plan_checks.check(world.session, plan.id, date(2024, 2, 6))
    assert [f.code for f in findings] == ["not_notified"]
    assert "Phòng Quản lý Chuyên ngành" in str(findings[0].text)


def test_a_group_is_expanded_to_its_members_of_the_day_one_assignment_each(world: World) -> None:
    group = organisations.create(
        world.work,
        name="Các phòng thuộc Sở",
        kind="nhom",
        level="unit",
        parent_id=world.science,
        on=date(2024, 1, 1),
        is_group=True,
    )
    organisation_groups.add_members(
        world.work, group, [world.division, world.other_division], on=date(2024, 1, 1)
    )
    organisation_groups.remove_member(world.work, group, world.other_division, on=date(2024, 3, 1))
    given = world.issued_plan(world.item(group, world.division, due="29/03/2024"))
    assert {(a.lead_id, a.group_id) for a in given} == {
        (world.division, None),
        (world.other_division, group),
    }
    world.on("04/03/2024")
    assert [
        lead.organisation_id
        for lead in plans.expand(world.session, [Party(organisation_id=group)], day("04/03/2024"))
    ] == [world.division]


def test_an_issued_plan_is_not_edited(world: World) -> None:
    plan = world.draft_plan(world.item(world.division, due="29/03/2024"))
    plans.issue(world.work, plan.id)
    (row,) = plans.items(world.session, plan.id)
    with pytest.raises(Conflict, match="điều chỉnh, bổ sung"):
        plans.edit_item(world.work, row.id, row.version, content="Khác")


def test_opening_a_plan_twice_gives_nothing_twice(world: World) -> None:
    first = world.issued_plan(world.item(world.division, due="29/03/2024"))
    assert first[0].plan_id is not None
    assert openings.open_plan(world.work, first[0].plan_id) == []


def test_a_proposal_becomes_a_draft_with_the_organisations_that_are_certain(world: World) -> None:
    item = {
        "section": "II.2",
        "text": "Rà soát các quy định",
        "leads": ["Phòng Quản lý Khoa học"],
        "coordinators": ["Các đơn vị liên quan"],
        "deadline": {"kind": "quarter", "raw": "Trong quý I/2024", "due": "2024-03-31"},
        "source_lines": [31],
    }
    directive = world.directive()
    plan = plans.from_proposal(world.work, directive.id, [item], "Kế hoạch", scope=world.science)
    (row,) = plans.items(world.session, plan.id)
    assert row.draft.leads[0].organisation_id == world.division
    assert row.draft.coordinators[0].organisation_id is None
    assert row.draft.deadline.raw == "Trong quý I/2024"
    assert row.draft.deadline.effective_due == day("01/04/2024")


@pytest.mark.seeds
@pytest.mark.parametrize("seed", ["000_e266267f0b20700c", "001_a51c2a9dde4d316a", "002_241023ceb20e6f40"])
def test_the_tasks_of_the_real_documents_become_plans(world: World, seed: str) -> None:
    if not SEEDS.is_dir():
        pytest.skip("../shared/seeds is absent")
    tasks = json.loads((SEEDS / f"{seed}.json").read_text(encoding="utf-8"))["tasks"]
    items = [{**task, "text": task["text_vi"], "leads": task["lead"]} for task in tasks]
    assert organisation_aliases.resolve(world.session, "x", on=date(2024, 1, 1)).organisation_id is None
    plan = plans.from_proposal(world.work, world.directive().id, items, "Kế hoạch", scope=world.science)
    rows = plans.items(world.session, plan.id)
    assert [row.draft.deadline.raw for row in rows] == [task["deadline"]["raw"] for task in tasks]
    assert plan_checks.check(world.session, plan.id, date(2024, 2, 6))

"""Extensions of a due day, rule by rule (R-X1 to R-X8)."""

from datetime import date

import pytest

from directives import assignments, extensions, openings, policies, results
from directives.assignment_tables import Assignment
from directives.extensions import Extension
from directives.openings import NewAssignment
from directives.results import ResultDraft
from foundation.errors import Conflict, Forbidden, Invalid
from foundation.texts import Text
from tests.directives.cycle.world import World, day


def working(world: World, due: str = "29/03/2024") -> Assignment:
    return assignments.accept(world.work, world.assignment(due).id)


def asked(world: World, task: Assignment, wanted: str = "15/04/2024", by: str = "truong-phong") -> Extension:
    world.by(by)
    return extensions.ask(
        world.work, task.id, lead_id=task.lead_id, wanted_due=day(wanted), reason="Chờ số liệu"
    )


def approved(world: World, request: Extension, *, erases: bool = False) -> Extension:
    world.by("giam-doc")
    return extensions.approve(
        world.work,
        request.id,
        holder_id=world.science,
        decision_number="15/SKHCN",
        erases_overdue=erases,
    )


def test_x1_only_the_lead_may_ask(world: World) -> None:
    task = working(world)
    with pytest.raises(Forbidden, match="đơn vị chủ trì") as refusal:
        extensions.ask(
            world.work, task.id, lead_id=world.other_division, wanted_due=day("15/04/2024"), reason="x"
        )
    assert refusal.value.facts["rule"] == "R-X1"


def test_x1_a_task_not_yet_accepted_may_be_extended(world: World) -> None:
    assert asked(world, world.assignment()).status == "open"


def test_x1_no_request_while_the_result_waits_for_confirmation(world: World) -> None:
    task = working(world)
    results.submit(world.work, task.id, ResultDraft(statement="Xong"))
    with pytest.raises(Conflict, match="xin gia hạn"):
        asked(world, task)


@pytest.mark.parametrize("wanted", ["29/03/2024", "28/03/2024"])
def test_x2_the_new_day_is_later_than_the_present_one(world: World, wanted: str) -> None:
    with pytest.raises(Invalid) as refusal:
        asked(world, working(world), wanted)
    assert refusal.value.facts["rule"] == "R-X2"


def test_x2_a_task_without_due_day_has_nothing_to_extend(world: World) -> None:
    task = assignments.accept(world.work, world.assignment(None).id)
    with pytest.raises(Conflict, match="không có thời hạn"):
        asked(world, task)


def test_x3_one_open_request_at_a_time(world: World) -> None:
    task = working(world)
    first = asked(world, task)
    with pytest.raises(Conflict) as refusal:
        asked(world, task)
    assert refusal.value.facts["rule"] == "R-X3"
    extensions.withdraw(world.work, first.id, lead_id=world.division)
    assert asked(world, task).status == "open"


def test_x4_the_holder_accepts_and_only_then_the_day_moves(world: World) -> None:
    task = working(world)
    request = asked(world, task)
    assert (task.current_due, task.is_extension_pending) == (day("29/03/2024"), True)
    approved(world, request)
    assert (task.current_due, task.is_extension_pending) == (day("15/04/2024"), False)
    assert world.events()[-2:] == ["extension.requested", "extension.approved"]


def test_x4_a_refusal_needs_a_reason_and_leaves_the_day(world: World) -> None:
    task = working(world)
    request = asked(world, task)
    world.by("giam-doc")
    with pytest.raises(Invalid):
        extensions.refuse(world.work, request.id, holder_id=world.science, reason="")
    extensions.refuse(world.work, request.id, holder_id=world.science, reason="Không đủ căn cứ")
    assert (request.status, task.current_due) == ("refused", day("29/03/2024"))


@pytest.mark.parametrize(("is_accepted", "due"), [(True, "08/04/2024"), (False, "29/03/2024")])
def test_x4_the_asker_takes_a_counter_proposal_or_not(world: World, *, is_accepted: bool, due: str) -> None:
    task = working(world)
    request = asked(world, task)
    world.by("giam-doc")
    extensions.counter(
        world.work, request.id, holder_id=world.science, due=day("08/04/2024"), reason="Cần sớm hơn"
    )
    assert task.current_due == day("29/03/2024")
    world.by("truong-phong")
    extensions.answer_counter(world.work, request.id, lead_id=world.division, is_accepted=is_accepted)
    assert (task.current_due, task.is_extension_pending) == (day(due), False)


def test_x4_the_asker_never_decides_the_own_request_not_even_under_a_delegation(world: World) -> None:
    request = asked(world, working(world), by="pho-giam-doc")
    for actor, behind in (
        ("pho-giam-doc", None),
        ("pho-giam-doc", "giam-doc"),
        ("nguoi-thay", "pho-giam-doc"),
    ):
        world.by(actor, on_behalf_of=behind)
        with pytest.raises(Forbidden, match="không được tự quyết định") as refusal:
            extensions.approve(world.work, request.id, holder_id=world.science)
        assert refusal.value.facts["rule"] == "R-X4"


def test_x4_only_the_organisation_that_set_the_day_decides(world: World) -> None:
    request = asked(world, working(world))
    world.by("nguoi-khac")
    with pytest.raises(Forbidden, match="đã ấn định thời hạn"):
        extensions.approve(world.work, request.id, holder_id=world.division)


def test_x4_a_decided_request_is_not_decided_again(world: World) -> None:
    request = approved(world, asked(world, working(world)))
    with pytest.raises(Conflict):
        extensions.refuse(world.work, request.id, holder_id=world.science, reason="Đổi ý")


def test_x5_a_part_does_not_end_after_the_whole_so_the_whole_is_extended_first(world: World) -> None:
    whole = working(world)
    shorter = world.item(due="22/03/2024").deadline
    (part,) = openings.split(
        world.work, whole.id, [NewAssignment(lead_id=world.other_division, content="A", deadline=shorter)]
    )
    with pytest.raises(Invalid, match="nhiệm vụ cấp trên trước") as refusal:
        asked(world, part, "05/04/2024")
    assert refusal.value.facts["rule"] == "R-X5"
    approved(world, asked(world, whole, "30/04/2024"))
    assert asked(world, part, "05/04/2024").status == "open"


def test_x6_history_keeps_every_day_the_decider_and_the_number(world: World) -> None:
    task = working(world)
    approved(world, asked(world, task, "15/04/2024"))
    approved(world, asked(world, task, "15/05/2024"))
    requests = extensions.of_assignment(world.session, task.id)
    assert [(r.ordinal, r.old_due, r.new_due) for r in requests] == [
        (1, day("29/03/2024"), day("15/04/2024")),
        (2, day("15/04/2024"), day("15/05/2024")),
    ]
    assert {(r.decided_by, r.decision_number) for r in requests} == {("giam-doc", "15/SKHCN")}
    assert task.original_due == day("29/03/2024")


@pytest.mark.parametrize(
    ("count", "words"), [(1, "Gia hạn lần 1"), (2, "Gia hạn lần 2"), (3, "Gia hạn nhiều lần (3 lần)")]
)
def test_x6_the_report_shows_how_often_and_flags_the_third(count: int, words: str) -> None:
    said = extensions.summary(count, policies.Policy())
    assert isinstance(said, Text)
    assert str(said) == words


@pytest.mark.parametrize(("asked_on", "is_late"), [("26/03/2024", False), ("27/03/2024", True)])
def test_x7_a_request_within_the_notice_is_marked_late(world: World, asked_on: str, *, is_late: bool) -> None:
    policies.put(world.work, policies.Policy(extension_notice_days=3), effective_from=date(2024, 1, 1))
    task = working(world, "29/03/2024")
    assert asked(world.on(asked_on), task).is_late is is_late


@pytest.mark.parametrize(("erases", "kept"), [(False, 5), (True, 0)])
def test_x7_a_late_request_does_not_erase_the_days_overdue_unless_the_decider_says_so(
    world: World,
    *,
    erases: bool,
    kept: int,
) -> None:
    task = working(world, "29/03/2024")
    request = asked(world.on("05/04/2024"), task, "26/04/2024")
    approved(world, request, erases=erases)
    assert (request.is_late, task.kept_overdue_days) == (True, kept)


def upper_and_lower(world: World) -> tuple[Assignment, Assignment]:
    """A task of the committee to the Sở, and the Sở's task to its division on the same day."""
    from directives import directives, documents, plans
    from directives.documents import Header
    from directives.plans import Trace

    dispatch = documents.register_incoming(world.work, world.committee, Header(subject="Kết luận 463-KL/TU"))
    above = directives.receive(world.work, dispatch.id, world.committee, received_on=day("05/02/2024"))
    due = world.item(due="29/03/2024").deadline
    upper = openings.assign(
        world.work, above.id, NewAssignment(lead_id=world.science, content="Tham mưu", deadline=due)
    )
    row = world.item(world.division, due="29/03/2024", traces=(Trace(parent_assignment_id=upper.id),))
    (lower,) = world.issued_plan(row)
    assert plans.of_item(world.session, str(lower.item_id)).status == "issued"
    return upper, lower


def test_x8_a_day_set_by_a_higher_level_is_asked_for_by_an_upward_document(world: World) -> None:
    upper, lower = upper_and_lower(world)
    assert lower.due_holder_id == world.committee
    approved_above = extensions.ask(
        world.work, upper.id, lead_id=world.science, wanted_due=day("30/04/2024"), reason="Chờ số liệu"
    )
    world.by("chu-tich")
    extensions.approve(world.work, approved_above.id, holder_id=world.committee)
    with pytest.raises(Conflict, match="văn bản đề nghị lên cấp trên") as refusal:
        asked(world, lower)
    assert refusal.value.facts["rule"] == "R-X8"


def test_x8_and_only_that_level_decides_it(world: World) -> None:
    upper, lower = upper_and_lower(world)
    assignments.redate(world.work, upper.id, day("30/04/2024"), "Gia hạn chung")
    world.by("truong-phong")
    letter = world.incoming("5/SKHCN")
    request = extensions.ask(
        world.work,
        lower.id,
        lead_id=world.division,
        wanted_due=day("15/04/2024"),
        reason="Chờ số liệu",
        request_document_id=letter.id,
    )
    world.by("giam-doc")
    with pytest.raises(Forbidden) as refusal:
        extensions.approve(world.work, request.id, holder_id=world.science)
    assert refusal.value.facts["rule"] == "R-X8"
    world.by("chu-tich")
    extensions.approve(world.work, request.id, holder_id=world.committee)
    assert lower.current_due == day("15/04/2024")


def test_a_request_for_a_cancelled_task_waits_for_nobody(world: World) -> None:
    task = working(world)
    request = asked(world, task)
    assert [r.id for r in extensions.waiting_for(world.session, world.science)] == [request.id]
    assignments.cancel(world.work, task.id, "Thu hồi")
    assert extensions.waiting_for(world.session, world.science) == []
    with pytest.raises(Conflict):
        approved(world, request)

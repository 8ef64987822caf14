"""Cycles: receiving, the bút phê and its branches, carrying out what a higher level gave (§2.2)."""

from threading import Barrier, Thread

import pytest

from directives import assignments, directives, documents, openings, policies, registers, results
from directives.directives import Decision, Instruction
from directives.documents import Header
from directives.openings import NewAssignment
from directives.policies import Policy, Roll
from directives.results import ResultDraft
from foundation.database import Database
from foundation.errors import Conflict, Invalid
from tests.directives.cycle.world import World, day


def test_one_document_has_one_cycle_per_organisation(world: World) -> None:
    document = world.incoming()
    directives.receive(world.work, document.id, world.science, received_on=day("05/02/2024"))
    with pytest.raises(Conflict, match="đã mở chu trình"):
        directives.receive(world.work, document.id, world.science, received_on=day("06/02/2024"))
    other = directives.receive(world.work, document.id, world.committee, received_on=day("06/02/2024"))
    assert other.root_id == other.id


def test_a_secret_document_opens_no_cycle(world: World) -> None:
    stub = documents.register_secret_stub(world.work, world.science)
    with pytest.raises(Conflict) as refusal:
        directives.receive(world.work, stub.id, world.science, received_on=day("05/02/2024"))
    assert refusal.value.facts["rule"] == "R-U7"


@pytest.mark.parametrize(
    ("decision", "status", "is_closed"),
    [
        (Decision.FOR_INFORMATION, "for_information", True),
        (Decision.FORWARD, "forwarded", True),
        (Decision.DO_NOW, "instructed", False),
        (Decision.ISSUE_PLAN, "instructed", False),
    ],
)
def test_the_instruction_takes_its_branch(
    world: World, decision: Decision, status: str, *, is_closed: bool
) -> None:
    cycle = world.directive()
    instruction = Instruction(
        decision=decision,
        text="Giao Phòng QLKH tham mưu",
        lead_unit_id=world.division,
        internal_due=day("20/02/2024"),
        urgency=1,
    )
    directives.instruct(world.work, cycle.id, instruction)
    assert (cycle.status, cycle.closed_at is not None, cycle.urgency) == (status, is_closed, 1)
    (written,) = directives.instructions(world.session, cycle.id)
    assert (written.text, written.by) == ("Giao Phòng QLKH tham mưu", "giam-doc")
    assert world.events()[-1] == ("cycle.closed" if is_closed else "document.instructed")


def test_a_forward_names_where_to(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        directives.instruct(world.work, world.directive().id, Instruction(decision=Decision.FORWARD))
    assert "lead_unit_id" in refusal.value.fields


def test_what_is_being_carried_out_is_not_instructed_again(world: World) -> None:
    task = world.assignment()
    with pytest.raises(Conflict, match="Đang triển khai"):
        directives.instruct(world.work, task.directive_id, Instruction(decision=Decision.FOR_INFORMATION))


def test_a_child_cycle_opened_from_a_task_belongs_to_its_tree(world: World) -> None:
    upper = world.assignment()
    letter = world.incoming("77/SKHCN")
    child = directives.receive(
        world.work, letter.id, world.division, received_on=day("06/02/2024"), parent_assignment_id=upper.id
    )
    below = openings.assign(
        world.work, child.id, NewAssignment(lead_id=world.other_division, content="Góp ý")
    )
    assert child.parent_id == upper.directive_id
    assert child.root_id == below.root_id == upper.root_id
    assert [d.id for d in directives.ancestors(world.session, child.id)] == [child.id, upper.directive_id]


def test_the_result_of_a_child_cycle_ends_the_task_above(world: World) -> None:
    upper = assignments.accept(world.work, world.assignment().id)
    results.submit(world.work, upper.id, ResultDraft(document_number="05/BC-QLKH"))
    results.confirm(world.work, upper.id)
    assert directives.close(world.work, upper.directive_id).status == "closed"
    with pytest.raises(Conflict, match="đã kết thúc"):
        directives.close(world.work, upper.directive_id)


def test_a_task_of_another_directive_cannot_be_the_parent(world: World) -> None:
    upper = world.assignment()
    stray = directives.receive(
        world.work, world.incoming("78/UBND").id, world.science, received_on=day("06/02/2024")
    )
    child = directives.receive(
        world.work, world.incoming("79/UBND").id, world.division, received_on=day("06/02/2024")
    )
    with pytest.raises(Invalid):
        directives.link_parent(world.work, child.id, parent_id=stray.id, parent_assignment_id=upper.id)


def test_a_policy_holds_from_its_day_on(world: World) -> None:
    policies.put(
        world.work, Policy(roll=Roll.NONE, due_soon_days=5), effective_from=day("01/03/2024"), basis="QĐ 12"
    )
    before = policies.current(world.session, day("29/02/2024"))
    after = policies.current(world.session, day("01/03/2024"))
    assert (before.roll, before.due_soon_days) == (Roll.NEXT, 3)
    assert (after.roll, after.due_soon_days, after.many_extensions) == (Roll.NONE, 5, 3)


def test_a_policy_below_zero_is_refused_by_the_name_of_its_knob(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        policies.put(world.work, Policy(due_soon_days=-1), effective_from=day("01/03/2024"))
    assert set(refusal.value.fields) == {"due_soon_days"}


def test_clerks_who_register_at_the_same_moment_get_different_numbers_without_gaps(
    database: Database,
) -> None:
    given: list[str] = []
    together = Barrier(4)

    def register(clerk: int) -> None:
        together.wait()
        for number in range(5):
            with database.unit_of_work() as work:
                document = documents.register_incoming(
                    work, "o" * 32, Header(subject="Văn bản", number_raw=f"{clerk * 100 + number}/UBND")
                )
                given.append(registers.label(document))
                work.commit()

    threads = [Thread(target=register, args=(clerk,)) for clerk in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == [f"{number:02d}" for number in range(1, 21)]

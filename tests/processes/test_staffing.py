"""Steps nobody can do, whom the ladder tells, and whom webhooks concern."""

from sqlalchemy import select

from directives import people
from directives.notifications import NotificationRow
from engine.models import UserTask
from foundation.outbox import OutboxEvent
from processes import audience, notices, staffing
from tests.processes.stage import Stage, today
from tests.processes.test_receiving import instruct, receive
from webhooks import events


def test_every_step_of_the_chain_has_somebody_to_do_it(stage: Stage) -> None:
    directive = receive(stage).directive_id
    instruct(stage, directive, "issue_plan", drafting_unit=stage.id("qlkh"))
    with stage.database.reading() as session:
        assert staffing.unstaffed(session, today(stage)) == []


def test_a_step_nobody_can_do_is_told_to_the_administrators_once(stage: Stage) -> None:
    directive = receive(stage).directive_id
    task = stage.task("register", directive)
    with stage.database.unit_of_work() as work:
        for username in ("skhcn.vanthu", "skhcn.cvp"):
            person = stage.principal(username).person_id
            for position in people.positions(work.session, person_id=person):
                people.dismiss(work, position.id, last_day=today(stage).replace(day=4))
        work.commit()
    assert [stage.do(staffing.warn) for _time in range(2)] == [1, 0]
    told = stage.rows(select(NotificationRow).where(NotificationRow.kind == staffing.KIND))
    assert [(one.recipient, one.subject_id) for one in told] == [(stage.cast.accounts["admin"], task.id)]


def test_a_role_nobody_holds_gives_way_to_the_nearest_above(stage: Stage) -> None:
    with stage.database.unit_of_work() as work:
        assert notices.nearest(work, ("head",), stage.id("khtc")) == [f"head@{stage.id('so-khcn')}"]
        assert notices.nearest(work, ("unit_head",), stage.id("khtc")) == [f"unit_head@{stage.id('khtc')}"]
        assert notices.nearest(work, ("head",), stage.id("tinh-uy")) == []


def test_a_late_registration_is_told_to_the_clerk_then_to_the_office(stage: Stage) -> None:
    directive = receive(stage).directive_id
    stage.to("07/02/2024 09:00")
    assert stage.ladder(directive, "register") == [
        ("06/02/2024 23:59", "assignee", "overdue"),
        ("07/02/2024 08:00", "office_head", "escalate"),
    ]
    assert stage.told("task.overdue", directive) == {
        f"clerk@{stage.id('so-khcn')}",
        f"office_head@{stage.id('so-khcn')}",
    }
    assert stage.told("task.escalated", directive) == {f"office_head@{stage.id('so-khcn')}"}
    assert [task.state for task in stage.rows(select(UserTask))] == ["open"]


def test_a_webhook_of_the_department_hears_of_its_divisions_only(stage: Stage) -> None:
    with stage.database.reading() as session:
        assert audience.within(session, stage.id("so-khcn"), (stage.id("qlkh"),))
        assert audience.within(session, stage.id("ubnd"), (stage.id("qlkh"),))
        assert not audience.within(session, stage.id("so-noi-vu"), (stage.id("qlkh"),))
        assert not audience.within(session, stage.id("qlkh"), (stage.id("so-khcn"),))
        assert not audience.within(session, stage.id("qlkh"), ())


def test_the_unit_that_leads_is_among_those_an_event_concerns(stage: Stage) -> None:
    directive = receive(stage).directive_id
    instruct(stage, directive, "do_now", drafting_unit=stage.id("qlkh"), internal_due="2024-03-29")
    told = stage.rows(select(OutboxEvent).where(OutboxEvent.type == "task.assigned"))[0]
    with stage.database.reading() as session:
        assert audience.within(session, stage.id("qlkh"), events.organisations_of(told.data))
        assert not audience.within(session, stage.id("qlcn"), events.organisations_of(told.data))

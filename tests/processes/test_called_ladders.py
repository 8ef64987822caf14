"""Whom the ladder of a call activity tells: the parties of what was called."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from directives.notifications import NotificationRow
from engine.models import ProcessInstance
from engine.ports import EscalationNotice
from processes.handlers.escalations import escalate
from tests.processes.stage import Stage
from tests.processes.test_performing import at_work

__all__ = ["at_work"]


def told(stage: Stage, assignment: str, to: str, called: str | None = "assignment") -> list[tuple[str, str]]:
    """Give (group, what it is about) of those told of a step about a called instance."""
    with stage.database.unit_of_work() as work:
        child = work.session.scalars(
            select(ProcessInstance).where(ProcessInstance.business_key == assignment)
        ).one()
        before = set(work.session.scalars(select(NotificationRow.id)))
        notice = EscalationNotice(
            user_task=None,
            instance_id=child.parent_instance_id or "",
            element="carry_out_assignments",
            title="Thực hiện nhiệm vụ được giao",
            process_key="custom",
            business_key=None,
            assignee=None,
            candidate_groups=(),
            due_at=datetime(2024, 3, 29, 16, 59, tzinfo=UTC),
            offset=1,
            unit="workingDays",
            to=to,
            action="escalate",
            child_id=child.id,
            called_key=called,
            called_business_key=assignment,
        )
        escalate(work, notice)
        rows = work.session.scalars(select(NotificationRow).where(NotificationRow.id.not_in(before)))
        return [(row.recipient, row.subject_type) for row in rows]


@pytest.mark.parametrize("to", ["unit_head", "assignee"])
def test_the_head_of_the_unit_that_was_asked_is_told(stage: Stage, at_work: str, to: str) -> None:
    [(group, about)] = told(stage, at_work, to)
    assert group.endswith(f"@{stage.id('qlkh')}")
    assert about == "assignment"


def test_the_leader_of_its_agency_is_told(stage: Stage, at_work: str) -> None:
    assert told(stage, at_work, "lead_head") == [(f"head@{stage.id('so-khcn')}", "assignment")]


@pytest.mark.parametrize("to", ["monitor", "decision_holder", "office_head"])
def test_the_office_that_asked_is_told(stage: Stage, at_work: str, to: str) -> None:
    groups = told(stage, at_work, to)
    assert groups
    assert not any(group.endswith(f"@{stage.id('qlkh')}") for group, _about in groups)


def test_of_a_process_of_another_kind_nobody_is_guessed(stage: Stage, at_work: str) -> None:
    assert told(stage, at_work, "unit_head", called="custom") == []

"""Steps nobody can do: open user tasks whose groups have no holder today, told to the administrators."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from directives import notifications
from directives.account_tables import AccountRow
from directives.notifications import NotificationRow
from directives.people_tables import PersonRow, PositionRow
from engine.models import UserTask, UserTaskCandidate
from engine.states import WorkState
from foundation.database import UnitOfWork
from foundation.texts import _
from foundation.working_time import local_date

KIND = "user_task.unstaffed"


@dataclass(frozen=True, kw_only=True)
class Unstaffed:
    """An open step that waits for groups without people."""

    user_task: str
    title: str
    process: str
    groups: tuple[str, ...]


def unstaffed(session: Session, on: date, *, limit: int = 200) -> list[Unstaffed]:
    """Give the open steps without an assignee none of whose groups has a holder on a day, by one query."""
    group = UserTaskCandidate.group
    held = (
        exists()
        .where(
            UserTaskCandidate.task_id == UserTask.id,
            group == PositionRow.role + "@" + PositionRow.organisation_id,
            PersonRow.id == PositionRow.person_id,
            PersonRow.is_active.is_(True),
            PositionRow.valid_from <= on,
            or_(PositionRow.valid_to.is_(None), PositionRow.valid_to >= on),
        )
        .correlate(UserTask)
    )
    rows = session.scalars(
        select(UserTask)
        .where(UserTask.state == WorkState.OPEN.value, UserTask.assignee.is_(None), ~held)
        .order_by(UserTask.created_at)
        .limit(limit)
    )
    return [
        Unstaffed(
            user_task=task.id,
            title=task.name,
            process=task.process_key,
            groups=tuple(task.candidate_groups),
        )
        for task in rows
    ]


def warn(work: UnitOfWork) -> int:
    """Tell the administrators of every step nobody can do, once per step; gives how many were told of."""
    found = unstaffed(work.session, local_date(work.now))
    known = set(
        work.session.scalars(
            select(NotificationRow.subject_id).where(
                NotificationRow.kind == KIND,
                NotificationRow.subject_id.in_([one.user_task for one in found]),
            )
        )
    )
    admins = _administrators(work.session)
    fresh = [one for one in found if one.user_task not in known]
    for one in fresh:
        notifications.notify(
            work,
            admins,
            kind=KIND,
            title=_(
                "Chưa có ai giữ vai trò để xử lý “{title}” ({groups}); hãy bổ sung người hoặc chuyển việc.",
                title=one.title,
                groups=", ".join(one.groups),
            ),
            subject_type="user_task",
            subject_id=one.user_task,
        )
    return len(fresh)


def _administrators(session: Session) -> list[str]:
    rows = session.execute(
        select(AccountRow.id, AccountRow.person_id).where(
            AccountRow.is_admin.is_(True), AccountRow.is_disabled.is_(False)
        )
    )
    return [person or account for account, person in rows]

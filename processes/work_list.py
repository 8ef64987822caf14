"""The work list of a person: what they may see and do, and completing it with a checked form.

Surfaces come through here; the engine below knows neither people nor forms.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from directives import access
from directives.access import Principal
from engine import definitions, forms, instances, user_tasks
from engine.models import UserTask
from foundation.database import UnitOfWork
from foundation.errors import Forbidden, NotFound
from foundation.texts import _
from foundation.working_time import local_date
from processes import checks, choices


def may_see(principal: Principal, task: UserTask) -> bool:
    """Tell whether a task is visible: it is the person's own, its group's, or within the person's reach."""
    if principal.is_admin or task.assignee == principal.account_id:
        return True
    if any(group in principal.groups for group in task.candidate_groups):
        return True
    organisations = (group.partition("@")[2] for group in task.candidate_groups)
    return any(access.allow(principal, "assignments.read", one) for one in organisations if one)


def visible(session: Session, principal: Principal, task_id: str) -> UserTask:
    """Give a task the principal may see; NotFound otherwise."""
    task = user_tasks.get(session, task_id)
    if not may_see(principal, task):
        raise NotFound(_("Không tìm thấy công việc {id}.", id=task_id))
    return task


def complete(
    work: UnitOfWork,
    principal: Principal,
    task_id: str,
    values: Mapping[str, Any],
    *,
    revision: int | None = None,
) -> None:
    """Finish a task with what was entered: allowed, form checked, domain rules checked, process continued."""
    held = user_tasks.hold(work, task_id)
    task = held.task
    if not _may_do(principal, task):
        raise Forbidden(_("Công việc này được giao cho đơn vị hoặc người khác."))
    entered = dict(values)
    if task.form_key:
        form = form_of(work.session, task.form_key)
        known = TaskVariables(work.session, task_id, local_date(work.now))
        entered = _blank(form) | form.validate(values, variables=known, now=work.now)
    checks.check(
        task.form_key, checks.Entry(work, principal, held.instance.id, held.instance.business_key, entered)
    )
    user_tasks.finish(work, held, entered, revision=revision)


def form_of(session: Session, key: str) -> forms.Form:
    """Give the newest version of a form; each version is built once per process."""
    form_id = definitions.newest_form(session, key)
    found = _forms.get(form_id)
    if found is None:
        found = _forms[form_id] = forms.load(definitions.form(session, key))
    return found


#: built forms by id of their version; versions never change
_forms: dict[str, forms.Form] = {}


def _may_do(principal: Principal, task: Any) -> bool:
    if principal.is_admin or task.assignee == principal.account_id:
        return True
    return task.assignee is None and any(group in principal.groups for group in task.candidate_groups)


def _blank(form: forms.Form) -> dict[str, Any]:
    """Every field of the form as null, so that what was hidden or left out does not keep an old value."""
    return {field.key: None for field in form.fields if not field.is_read_only}


class TaskVariables(Mapping[str, Any]):
    """What a form may refer to: process and task variables, read only when the form asks."""

    def __init__(self, session: Session, task_id: str, on: date) -> None:
        """Remember whose variables they are, and the day of which the lists to choose from are."""
        self._session = session
        self._task_id = task_id
        self._on = on

    @cached_property
    def _all(self) -> dict[str, Any]:
        task = user_tasks.get(self._session, self._task_id)
        return {**instances.variables(instances.get(self._session, task.instance_id)), **task.local}

    def __getitem__(self, name: str) -> Any:
        """Give one variable, or a list to choose from."""
        if name in choices.NAMES and name not in self._all:
            groups = user_tasks.get(self._session, self._task_id).candidate_groups
            return choices.named(self._session, name, groups, self._on)
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self._all)

    def __len__(self) -> int:
        """Count them."""
        return len(self._all)

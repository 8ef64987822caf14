"""The versions of a process: from when each holds, who published it and why, what still runs on it."""

from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import definition_events, definitions, drafts, publishing
from engine.lifecycle_tables import DefinitionSetting, Kind
from engine.models import Deployment, ProcessDefinition, ProcessInstance
from engine.states import LIVE
from foundation.errors import NotFound
from foundation.texts import Text, _
from web import names
from web.gate import principal, rule, runtime
from web.posted import Posted, then

blueprint = Blueprint("definition_versions", __name__, url_prefix="/definitions")

#: what can be done with a version or a process → function, what is said afterwards
ACTS: dict[str, tuple[Any, Text]] = {
    "withdraw": (
        publishing.withdraw,
        _("Đã rút lại phiên bản; các phiên mới vẫn theo phiên bản đang áp dụng."),
    ),
    "retire": (publishing.retire, _("Đã ngừng áp dụng. Các phiên đang chạy vẫn chạy tiếp đến khi kết thúc.")),
    "reinstate": (publishing.reinstate, _("Đã cho áp dụng lại.")),
}


@blueprint.get("/<key>/versions")
@rule("definitions.read")
def index(key: str) -> str:
    """List the versions with what can be done with each, and the history of the process."""
    with runtime().database.reading() as session:
        every = definitions.versions(session, key)
        draft = drafts.get(session, key)
        if not every and draft is None:
            raise NotFound(_("Không có quy trình “{key}”.", key=key))
        events = definition_events.of_definition(session, key)
        current = definitions.in_effect(session, key, runtime().clock.now())
        setting = session.get(DefinitionSetting, (Kind.PROCESS.value, key))
        retired_at = None if setting is None else setting.retired_at
        people = names.accounts(
            session,
            [*(one.published_by for one in every), *(event.by for event in events)]
            + ([draft.updated_by] if draft else []),
        )
        notes = notes_of(session, every)
        running = running_by_version(session, key)
    return render_template(
        "definitions/versions.html",
        here="definitions",
        key=key,
        name=every[0].name if every else key,
        versions=every,
        draft=draft,
        current=current if retired_at is None else None,
        retired_at=retired_at,
        four_eyes=None if setting is None else setting.four_eyes,
        installation_four_eyes=runtime().four_eyes,
        events=events,
        acts=definition_events.ACTS,
        people=people,
        notes=notes,
        running=running,
    )


@blueprint.post("/<key>/versions/<int:version>/<any(withdraw, retire, reinstate):act>")
@rule("definitions.deploy")
def change_version(key: str, version: int, act: str) -> Response:
    """Withdraw, retire or bring back one version."""
    return _change(key, act, version=version)


@blueprint.post("/<key>/<any(retire, reinstate):act>")
@rule("definitions.deploy")
def change(key: str, act: str) -> Response:
    """Retire or bring back the whole process."""
    return _change(key, act)


@blueprint.post("/<key>/versions/<int:version>/draft")
@rule("definitions.edit")
def to_draft(key: str, version: int) -> Response:
    """Make an older version the draft; a draft that is there becomes a kept copy."""
    with runtime().database.unit_of_work(principal().actor) as work:
        content = drafts.content_of(work.session, key, str(version))
        had = drafts.get(work.session, key) is not None
        draft = drafts.replace(work, key, content)
        definition_events.record(work, key, "restored", version=version, revision=draft.revision)
        work.commit()
    said = _("Bản nháp bây giờ là phiên bản {version}.", version=version)
    if had:
        said = _("Bản nháp bây giờ là phiên bản {version}; bản nháp trước được giữ lại.", version=version)
    return then("pages.definition_reviews.show", said, key=key)


def running_by_version(session: Session, key: str) -> dict[int, int]:
    """Count the live instances of a process by version."""
    query = (
        select(ProcessInstance.definition_version, func.count())
        .where(ProcessInstance.key == key, ProcessInstance.state.in_([state.value for state in LIVE]))
        .group_by(ProcessInstance.definition_version)
    )
    return dict(session.execute(query).all())


def notes_of(session: Session, every: list[ProcessDefinition]) -> dict[str, str]:
    """Give the notes of deployments by id."""
    query = select(Deployment.id, Deployment.note).where(
        Deployment.id.in_([one.deployment_id for one in every])
    )
    return dict(session.execute(query).all())


def _change(key: str, act: str, **which: int) -> Response:
    command, said = ACTS[act]
    posted = Posted()
    reason = posted.text("reason", most=2000)
    with runtime().database.unit_of_work(principal().actor) as work:
        command(work, key, reason=reason, **which)
        work.commit()
    return then("pages.definition_versions.index", said, key=key)

"""Taking running instances to another version: choose versions, map steps, dry run, apply, watch it go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import bulk, definitions, graphs, version_changes
from engine.lint.labels import label
from engine.models import BulkItem, ProcessInstance
from engine.states import LIVE
from engine.verdicts import InstanceVerdict, counts
from engine.version_changes import MOST_JUDGED, Pair, Plan
from foundation.errors import Invalid, NotFound, TiendoError
from foundation.texts import Text, _
from processes import work_views
from web import context, names
from web.gate import principal, rule, runtime
from web.posted import Posted, problems, then

blueprint = Blueprint("migrations", __name__, url_prefix="/definitions/<key>/migrations")

#: rows of verdicts and of outcomes on one page
ROWS = 200
#: field of the form that says what continues an element: prefix and the element's id
FIELD = "map."
STATES: Mapping[str, tuple[Text, str]] = {
    "running": (_("Đang chuyển"), "running"),
    "stopped": (_("Đã dừng"), "suspended"),
    "finished": (_("Đã xong"), "done"),
}
OUTCOMES: Mapping[str, tuple[Text, str]] = {
    "waiting": (_("Chờ đến lượt"), "pending"),
    "done": (_("Đã chuyển"), "done"),
    "refused": (_("Không chuyển được"), "failed"),
    "failed": (_("Gặp lỗi"), "failed"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One step of the old version with the steps of the new one that may continue it."""

    pair: Pair
    #: id and label of elements of the same type
    options: tuple[tuple[str, str], ...]
    #: it is chosen by hand, or somebody waits there, or nothing continues it
    matters: bool


@blueprint.get("")
@rule("instances.repair")
def index(key: str) -> str:
    """Choose versions; see the migrations there were."""
    with runtime().database.reading() as session:
        versions = _versions(session, key)
        running = _running(session, key)
        found = bulk.of_process(session, key)
        people = names.accounts(session, [one.created_by for one in found])
        progress = {one.id: bulk.progress(session, one.id) for one in found}
    source = request.args.get("source", type=int)
    if source in {None, versions[0].version}:
        source = _oldest_running(running, versions)
    return render_template(
        "migrations/index.html",
        here="definitions",
        key=key,
        name=versions[0].name,
        versions=versions,
        running=running,
        source=source,
        target=versions[0].version,
        operations=found,
        people=people,
        progress=progress,
        states=STATES,
    )


@blueprint.get("/plan")
@blueprint.post("/plan")
@rule("instances.repair")
def plan(key: str) -> Any:
    """Show the mapping of steps and what a dry run says of every instance; nothing is changed."""
    if request.values.get("source") == request.values.get("target"):
        said = _("Hãy chọn phiên bản nguồn và phiên bản đích khác nhau.")
        return then("pages.migrations.index", said, tone="late", key=key)
    return _plan_page(key)


@blueprint.post("/begin")
@rule("instances.repair")
def begin(key: str) -> Any:
    """Begin the migration; it goes on in the background."""
    posted = Posted()
    reason = posted.text("reason", _("Hãy ghi lý do; lý do được lưu vào lịch sử từng phiên."), most=2000)
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            chosen = _chosen(work.session, key)
            made = bulk.begin(work, chosen, reason=reason, instance_ids=_only())
            work.commit()
    except NotFound:
        raise
    except TiendoError as error:
        return _plan_page(key, problems(error)), 422
    return then(
        "pages.migrations.show", _("Đã bắt đầu chuyển phiên bản."), tone="term", key=key, operation_id=made
    )


@blueprint.get("/<operation_id>")
@rule("instances.repair")
def show(key: str, operation_id: str) -> str:
    """Show how far a migration is and what came of every instance."""
    return render_template("migrations/show.html", here="definitions", **_progress(key, operation_id))


@blueprint.get("/<operation_id>/progress")
@rule("instances.repair")
def progress(key: str, operation_id: str) -> str:
    """Give the part of the page that is asked again while the migration runs."""
    return render_template("migrations/progress.html", **_progress(key, operation_id))


@blueprint.post("/<operation_id>/stop")
@rule("instances.repair")
def stop(key: str, operation_id: str) -> Any:
    """Stop a migration; what is done stays done."""
    with runtime().database.unit_of_work(principal().actor) as work:
        bulk.get(work.session, operation_id, key)
        bulk.stop(work, operation_id)
        work.commit()
    said = _("Đã dừng; các phiên chưa tới lượt giữ nguyên phiên bản.")
    return then("pages.migrations.show", said, key=key, operation_id=operation_id)


@blueprint.post("/<operation_id>/resume")
@rule("instances.repair")
def resume(key: str, operation_id: str) -> Any:
    """Take a stopped migration up again."""
    with runtime().database.unit_of_work(principal().actor) as work:
        bulk.get(work.session, operation_id, key)
        bulk.go_on(work, operation_id)
        work.commit()
    return then(
        "pages.migrations.show", _("Đang chuyển tiếp."), tone="term", key=key, operation_id=operation_id
    )


def _plan_page(key: str, errors: dict[str, str] | None = None) -> str:
    with runtime().database.reading() as session:
        versions = _versions(session, key)
        errors = dict(errors or {})
        try:
            chosen = _chosen(session, key)
        except Invalid as error:
            errors |= problems(error)
            chosen = _chosen(session, key, mapped=False)
        judged = sorted(version_changes.dry_run(session, chosen, _only()), key=_gravity)
        subjects = work_views.subjects_of(session, [(key, one.business_key) for one in judged[:ROWS]])
        rows = _rows(session, chosen)
    return render_template(
        "migrations/plan.html",
        here="definitions",
        key=key,
        name=versions[0].name,
        plan=chosen,
        rows=rows,
        judged=judged[:ROWS],
        total=len(judged),
        is_cut=len(judged) >= MOST_JUDGED,
        verdicts=counts(judged),
        subjects=subjects,
        only=_only() or [],
        errors=errors,
        values=request.form,
        label=label,
    )


def _chosen(session: Session, key: str, *, mapped: bool = True) -> Plan:
    """Read the plan from the address or the form; raises Invalid for one that cannot be."""
    values = request.values
    source, target = values.get("source", type=int), values.get("target", type=int)
    if source is None or target is None:
        raise NotFound(_("Hãy chọn phiên bản nguồn và phiên bản đích khác nhau."))
    mapping = {
        name.removeprefix(FIELD): value
        for name, value in request.form.items()
        if name.startswith(FIELD) and value and value != name.removeprefix(FIELD)
    }
    return version_changes.plan(session, key, source, target, mapping if mapped else {})


def _only() -> list[str] | None:
    return request.values.getlist("instance") or None


def _rows(session: Session, chosen: Plan) -> list[Row]:
    definition = definitions.published(session, chosen.key, chosen.target)
    drawn = [node for node in graphs.of_definition(session, definition.id).nodes if not node.element.origin]
    rows = []
    for pair in version_changes.pairs(session, chosen):
        options = tuple((node.element.id, node.title) for node in drawn if node.element.type == pair.type)
        is_moved = pair.target is not None and pair.target != pair.element
        rows.append(
            Row(pair=pair, options=options, matters=pair.waiting > 0 or is_moved or pair.target is None)
        )
    return sorted(rows, key=lambda row: not row.matters)


def _progress(key: str, operation_id: str) -> dict[str, Any]:
    state = request.args.get("state", "")
    with runtime().database.reading() as session:
        found = bulk.get(session, operation_id, key)
        shown = bulk.items(session, operation_id, state=state if state in OUTCOMES else "", limit=ROWS)
        return {
            "key": key,
            "name": _versions(session, key)[0].name,
            "operation": found,
            "progress": bulk.progress(session, operation_id),
            "items": shown,
            "state": state,
            "states": STATES,
            "outcomes": OUTCOMES,
            "who": names.accounts(session, [found.created_by])[found.created_by],
            "abouts": _abouts(session, shown),
            "remarks": {item.instance_id: _remarks(item) for item in shown},
            "rows": ROWS,
        }


def _remarks(item: BulkItem) -> list[str]:
    verdict = item.verdict or {}
    found = [one[context.language()] for one in [*verdict.get("problems", ()), *verdict.get("warnings", ())]]
    return found or ([item.message] if item.message else [])


def _abouts(session: Session, shown: list[BulkItem]) -> dict[str, str]:
    """Give what every instance is about: the title of its subject, else its business key."""
    query = select(ProcessInstance.id, ProcessInstance.key, ProcessInstance.business_key).where(
        ProcessInstance.id.in_([item.instance_id for item in shown])
    )
    rows = session.execute(query).all()
    subjects = work_views.subjects_of(session, [(row.key, row.business_key) for row in rows])
    titles = {key: subject.title for key, subject in subjects.items()}
    return {row.id: titles.get(row.business_key or "") or row.business_key or row.id for row in rows}


def _gravity(one: InstanceVerdict) -> tuple[int, str]:
    verdict = one.verdict
    return (0 if verdict.problems else 1 if verdict.warnings else 2, one.instance_id)


def _versions(session: Session, key: str) -> list[Any]:
    found = definitions.versions(session, key)
    if not found:
        raise NotFound(_("Chưa có quy trình “{key}” nào được ban hành.", key=key))
    return found


def _running(session: Session, key: str) -> dict[int, int]:
    query = (
        select(ProcessInstance.definition_version, func.count())
        .where(ProcessInstance.key == key, ProcessInstance.state.in_([state.value for state in LIVE]))
        .group_by(ProcessInstance.definition_version)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _oldest_running(running: Mapping[int, int], versions: list[Any]) -> int:
    older = [version for version in running if version != versions[0].version]
    return min(older, default=versions[-1].version)

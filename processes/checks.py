"""Domain rules asked before a form is accepted, so that the person hears of them while the form is open.

One function per form; forms without a row here have no rules beyond their own fields. A form that carries
domain data (a signature) hands it to the domain here, in the transaction that completes the step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from directives import (
    assignments,
    consolidation,
    difficulties,
    directives,
    documents,
    extensions,
    plan_checks,
    plans,
    registers,
    results,
)
from directives.access import Principal
from directives.assignment_tables import Assignment
from directives.document_tables import Document
from directives.extensions import Extension
from engine import instances
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Forbidden, Invalid
from foundation.texts import _
from foundation.vietnamese import format_date
from foundation.working_time import local_date
from processes import choices, planning, signatures


@dataclass(frozen=True)
class Entry:
    """A form on its way in: the step it belongs to, who enters it, and what was entered."""

    work: UnitOfWork
    principal: Principal
    instance_id: str
    business_key: str | None
    values: Mapping[str, Any]

    @cached_property
    def variables(self) -> Mapping[str, Any]:
        """Give the variables of the process, read when a rule needs them."""
        return instances.variables(instances.get(self.work.session, self.instance_id))

    @cached_property
    def today(self) -> date:
        """Give the local day of the command."""
        return local_date(self.work.now)

    def text(self, name: str) -> str:
        """Give an entered text, empty when there is none."""
        return str(self.values.get(name) or "").strip()

    def day(self, name: str) -> date | None:
        """Give an entered day."""
        found = self.text(name)
        return date.fromisoformat(found[:10]) if found else None


Check = Callable[[Entry], None]


def check(form_key: str | None, entry: Entry) -> None:
    """Raise what the domain has against these values, if anything."""
    rules = CHECKS.get(form_key or "")
    if rules is not None:
        rules(entry)


def _register(entry: Entry) -> None:
    directive = directives.get(entry.work.session, entry.business_key or "")
    document = documents.get(entry.work.session, directive.document_id)
    arrived_on = entry.day("arrived_on")
    if arrived_on is not None and arrived_on > entry.today:
        raise Invalid(fields={"arrived_on": _("Ngày đến không được sau hôm nay.")})
    number = entry.text("arrival_number")
    if document.stage == "arrived" and number:
        year = (arrived_on or entry.today).year
        _require_next(entry, document.organisation_id, "in", year, number, "arrival_number")


def _instruct(entry: Entry) -> None:
    if entry.values.get("instruct_decision") == "forward":
        directive = directives.get(entry.work.session, entry.business_key or "")
        if entry.text("drafting_unit") == directive.organisation_id:
            raise Invalid(
                fields={"drafting_unit": _("Hãy chọn cơ quan khác có thẩm quyền để chuyển văn bản.")}
            )
    due = entry.day("internal_due")
    if due is not None and due < entry.today:
        raise Invalid(fields={"internal_due": _("Thời hạn không được trước hôm nay.")})


def _draft(entry: Entry) -> None:
    plan = plans.get(entry.work.session, str(entry.variables.get("plan")))
    if not plans.items(entry.work.session, plan.id):
        raise Conflict(_("Kế hoạch chưa có nhiệm vụ nào."), plan=plan.id)
    places = planning.missing(entry.work.session, plan.id)
    if places:
        raise Conflict(
            _(
                "Nhiệm vụ số {places} chưa có đơn vị chủ trì; hãy phân công trước khi trình.",
                places=", ".join(str(one) for one in places),
            ),
            rule="R-S1",
            plan=plan.id,
        )
    planning.put_recipients(entry.work, plan)
    _require_no_errors(entry, plan.id)


def _check_plan(entry: Entry) -> None:
    if entry.values.get("check_decision") == "approve":
        _require_no_errors(entry, str(entry.variables.get("plan")))


def _sign_plan(entry: Entry) -> None:
    """Record the signature on the plan's document: who completes this step signs it (R-D10)."""
    if entry.values.get("sign_decision") != "sign":
        return
    plan = plans.get(entry.work.session, str(entry.variables.get("plan")))
    _require_no_errors(entry, plan.id)
    document = _document_of_plan(entry)
    if document is not None and document.stage == "drafting":
        signer = signatures.signer(entry.work, plan.organisation_id, entry.text("sign_capacity"))
        documents.sign(entry.work, document.id, signer)


def _number_plan(entry: Entry) -> None:
    document = _document_of_plan(entry)
    if document is not None:
        _check_number(entry, document.organisation_id, "issue_number", "issued_on")


def _number_report(entry: Entry) -> None:
    report = consolidation.get(entry.work.session, str(entry.variables.get("consolidated_report")))
    organisation = str(entry.variables.get("organisation"))
    if report.status != "signed":
        raise Conflict(_("Báo cáo chưa được ký nên chưa được cấp số."), report=report.id)
    _check_number(entry, organisation, "report_number", "report_issued_on")


def _organise(entry: Entry) -> None:
    officer = entry.text("officer")
    assignment = _assignment(entry)
    known = {one["value"] for one in choices.officers(entry.work.session, [assignment.lead_id], entry.today)}
    if officer and officer not in known:
        raise Invalid(
            fields={"officer": _("Người này không thuộc đơn vị chủ trì hoặc chưa có tài khoản.")},
            expected=sorted(known),
        )


def _resolve_return(entry: Entry) -> None:
    if entry.values.get("resolve_decision") == "reassign":
        _require_other_lead(entry)


def _do(entry: Entry) -> None:
    result_on = entry.day("result_on")
    if result_on is not None and result_on > entry.today:
        raise Invalid(
            fields={
                "result_on": _(
                    "Ngày của kết quả không được sau hôm nay ({today}), nhận được {found}.",
                    today=format_date(entry.today),
                    found=format_date(result_on),
                )
            }
        )
    assignment = _assignment(entry)
    parts = assignments.children(entry.work.session, assignment.id)
    if parts and not results.are_parts_done(entry.work.session, assignment.id):
        raise Conflict(
            _("Còn nhiệm vụ con bắt buộc chưa hoàn thành; hãy chờ hoàn thành."), assignment=assignment.id
        )


def _confirm(entry: Entry) -> None:
    assignment = _assignment(entry)
    if assignment.officer_id is not None and assignment.officer_id == entry.principal.person_id:
        raise Forbidden(_("Người thực hiện không tự xác nhận kết quả của mình."), assignment=assignment.id)


def _decide_extension(entry: Entry) -> None:
    """The asker never decides (R-X4); a new day is later than the old, not after the parent's (R-X5)."""
    request = _extension(entry)
    askers = {request.asked_by, request.asked_for} - {None}
    if {entry.work.actor.id, entry.work.actor.on_behalf_of} & askers:
        raise Forbidden(
            _(
                "Người đề nghị gia hạn không được tự quyết định đề nghị của mình, kể cả khi được ủy quyền; "
                "hãy chuyển cho người khác có thẩm quyền."
            ),
            rule="R-X4",
            extension=request.id,
        )
    decision = entry.values.get("extension_decision")
    if decision == "counter":
        _check_day(entry, "extension_due_at", entry.day("extension_due_at"), request.old_due)
    elif decision == "approve":
        assignments.check_against_parent(entry.work.session, _assignment(entry), request.wanted_due)


def _answer_extension(entry: Entry) -> None:
    request = _extension(entry)
    if entry.values.get("extension_answer") == "accept" and request.countered_due is not None:
        assignments.check_against_parent(entry.work.session, _assignment(entry), request.countered_due)


def _decide_difficulty(entry: Entry) -> None:
    raised = difficulties.of_assignment(entry.work.session, entry.business_key or "")
    difficulty = next((one for one in raised if one.id == entry.variables.get("difficulty")), None)
    if difficulty is not None and difficulty.raised_by in {
        entry.work.actor.id,
        entry.work.actor.on_behalf_of,
    }:
        raise Forbidden(_("Người báo cáo vướng mắc không tự quyết định cách giải quyết."), rule="R-S7")
    match entry.values.get("difficulty_decision"):
        case "extend":
            _check_extension_by_difficulty(entry)
        case "reassign":
            _require_other_lead(entry)
            if _assignment(entry).is_extension_pending:
                raise Conflict(
                    _("Nhiệm vụ đang chờ duyệt gia hạn; hãy quyết định đề nghị gia hạn trước khi giao lại."),
                    rule="R-X3",
                )


def _check_extension_by_difficulty(entry: Entry) -> None:
    assignment = _assignment(entry)
    if assignment.due_holder_id != assignment.organisation_id:
        raise Forbidden(
            _("Thời hạn do cấp khác ấn định; hãy chuyển vướng mắc lên cấp đó hoặc làm thủ tục gia hạn."),
            rule="R-X8",
            holder=assignment.due_holder_id,
        )
    _check_day(entry, "difficulty_due_at", entry.day("difficulty_due_at"), assignment.current_due)


def _check_day(entry: Entry, field: str, due: date | None, old: date | None) -> None:
    if due is None:
        raise Invalid(fields={field: _("Cần ghi thời hạn mới.")})
    if old is not None and due <= old:
        raise Invalid(
            fields={
                field: _(
                    "Thời hạn mới phải sau thời hạn hiện tại {old}, nhận được {wanted}.",
                    old=format_date(old),
                    wanted=format_date(due),
                )
            },
            rule="R-X2",
        )
    assignments.check_against_parent(entry.work.session, _assignment(entry), due)


def _require_other_lead(entry: Entry) -> None:
    if entry.text("new_lead") == _assignment(entry).lead_id:
        raise Invalid(fields={"new_lead": _("Đơn vị này đang chủ trì nhiệm vụ; hãy chọn đơn vị khác.")})


def _require_no_errors(entry: Entry, plan_id: str) -> None:
    found = plan_checks.check(entry.work.session, plan_id, entry.today)
    errors = [finding for finding in found if finding.is_error]
    if errors:
        raise Conflict(
            _("Kế hoạch còn {count} lỗi. {first}", count=len(errors), first=errors[0].text),
            rule=errors[0].rule,
            items=[finding.item_id for finding in errors],
        )


def _check_number(entry: Entry, organisation_id: str, field: str, day_field: str) -> None:
    """A typed number may not have been used (R-D4); without one the register gives the next."""
    on = entry.day(day_field) or entry.today
    if on > entry.today:
        raise Invalid(fields={day_field: _("Ngày ban hành không được sau hôm nay.")})
    written = entry.text(field)
    number = signatures.number_of(entry.work, written, organisation_id)
    if written and number.sequence is None:
        raise Invalid(fields={field: _("Số phải bắt đầu bằng chữ số, ví dụ 167/KH-UBND.")})
    if number.sequence is not None:
        _require_next(entry, organisation_id, "out", on.year, str(number.sequence), field)


def _require_next(
    entry: Entry, organisation_id: str, register: str, year: int, number: str, field: str
) -> None:
    if not number.isdigit():
        raise Invalid(fields={field: _("Số phải là chữ số, nhận được “{found}”.", found=number)})
    last = registers.last_number(entry.work.session, organisation_id, register, year)
    if int(number) <= last:
        raise Invalid(
            fields={
                field: _(
                    "Số {found} đã cấp trong sổ năm {year}; số tiếp theo là {next}.",
                    found=number,
                    year=year,
                    next=last + 1,
                )
            },
            rule="R-D4",
        )


def _document_of_plan(entry: Entry) -> Document | None:
    plan = plans.get(entry.work.session, str(entry.variables.get("plan")))
    return None if plan.document_id is None else documents.get(entry.work.session, plan.document_id)


def _assignment(entry: Entry) -> Assignment:
    return assignments.get(entry.work.session, entry.business_key or "")


def _extension(entry: Entry) -> Extension:
    return extensions.get(entry.work.session, str(entry.variables.get("extension")))


#: form key → rules
CHECKS: dict[str, Check] = {
    "directive-register": _register,
    "directive-instruct": _instruct,
    "plan-draft": _draft,
    "plan-check": _check_plan,
    "plan-sign": _sign_plan,
    "plan-number": _number_plan,
    "report-number": _number_report,
    "assignment-organise": _organise,
    "assignment-resolve-return": _resolve_return,
    "assignment-do": _do,
    "assignment-confirm": _confirm,
    "extension-decide": _decide_extension,
    "extension-answer": _answer_extension,
    "difficulty-decide": _decide_difficulty,
}

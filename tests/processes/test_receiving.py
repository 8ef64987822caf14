"""Documents arrive: registered, refused, forwarded, answered by a plan that several may write."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from directives import plans
from directives.deadlines import Deadline, DeadlineKind
from directives.directives import Directive
from directives.document_tables import Document, DocumentRecipient
from directives.plan_tables import Plan, PlanItem
from engine.models import ProcessInstance
from foundation.errors import Conflict, Forbidden, Invalid
from processes import planning, receiving
from tests.processes import dong_nai
from tests.processes.stage import Stage

TEXT = """ỦY BAN NHÂN DÂN
TỈNH ĐỒNG NAI
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 88/UBND-KGVX
Đồng Nai, ngày 02 tháng 02 năm 2024
V/v rà soát nhiệm vụ khoa học

Kính gửi: Sở Khoa học và Công nghệ.

Chủ tịch Ủy ban nhân dân tỉnh có ý kiến như sau:

1. Giao Sở Khoa học và Công nghệ chủ trì rà soát danh mục nhiệm vụ, hoàn thành trước ngày 29/3/2024./.

Nơi nhận:
- Như trên;
- Lưu: VT, KGVX.
"""


def receive(stage: Stage, **document: Any) -> receiving.Received:
    proposal = {"document": {"number": "5/TB-SNV", "issuer": "Sở Nội vụ", "subject": "Thông báo", **document}}
    found: receiving.Received = stage.act(
        "skhcn.vanthu", receiving.receive, stage.id("so-khcn"), proposal=proposal
    )
    return found


def instruct(stage: Stage, directive: str, decision: str, **more: Any) -> None:
    stage.complete("skhcn.vanthu", "register", directive, arrived_on="2024-02-05", urgency=0)
    stage.complete(
        "skhcn.giamdoc",
        "instruct",
        directive,
        instruct_decision=decision,
        instruction="Theo ý kiến chỉ đạo.",
        **more,
    )


def test_the_business_key_of_a_cycle_is_its_directive(stage: Stage) -> None:
    received = receive(stage)
    instance = stage.row(ProcessInstance, received.instance_id)
    assert (instance.key, instance.business_key) == ("directive-cycle", received.directive_id)


def test_a_text_is_read_and_its_tasks_wait_in_the_draft(stage: Stage) -> None:
    received = stage.act("skhcn.vanthu", receiving.receive, stage.id("so-khcn"), lines=TEXT.splitlines())
    document = stage.row(Document, received.document_id)
    assert (document.number, document.issuer_id) == ("88/UBND-KGVX", stage.id("ubnd"))
    instruct(stage, received.directive_id, "issue_plan", drafting_unit=stage.id("qlkh"))
    plan = stage.rows(select(Plan).where(Plan.directive_id == received.directive_id))[0]
    with stage.database.reading() as session:
        items = plans.items(session, plan.id)
    assert [item.draft.deadline.current_due for item in items] == [date(2024, 3, 29)]
    assert [lead.organisation_id for lead in items[0].draft.leads] == [stage.id("so-khcn")]


def test_a_document_gets_its_number_of_arrival_from_the_clerk_or_the_register(stage: Stage) -> None:
    first, second = receive(stage), receive(stage, number="6/TB-SNV")
    stage.complete(
        "skhcn.vanthu",
        "register",
        first.directive_id,
        arrival_number="41",
        arrived_on="2024-02-05",
        urgency=1,
    )
    stage.complete("skhcn.vanthu", "register", second.directive_id, arrived_on="2024-02-05", urgency=0)
    numbers = [stage.row(Document, one.document_id).register_number for one in (first, second)]
    assert numbers == [41, 42]
    assert stage.row(Directive, first.directive_id).urgency == 1


def test_a_number_of_arrival_is_not_used_twice(stage: Stage) -> None:
    first, second = receive(stage), receive(stage, number="6/TB-SNV")
    given = {"arrival_number": "41", "arrived_on": "2024-02-05", "urgency": 0}
    stage.complete("skhcn.vanthu", "register", first.directive_id, **given)
    with pytest.raises(Invalid) as refusal:
        stage.complete("skhcn.vanthu", "register", second.directive_id, **given)
    assert "42" in str(refusal.value.fields["arrival_number"])


def test_the_same_document_is_not_received_twice(stage: Stage) -> None:
    receive(stage)
    with pytest.raises(Conflict):
        receive(stage)


def test_a_header_keeps_type_signer_and_why_each_recipient_gets_it(stage: Stage) -> None:
    received = receive(
        stage,
        number="/TB-SNV",
        doc_type="thông báo",
        signer={"name": "Lê Văn Bình", "role": "Phó Giám đốc", "capacity": "KT. GIÁM ĐỐC"},
        recipients=[
            {"name": "Sở Khoa học và Công nghệ", "as": "Kính gửi (action)"},
            {"name": "Ủy ban nhân dân tỉnh Đồng Nai", "as": "Nơi nhận (để báo cáo)"},
            {"name": "Văn thư", "as": "Lưu"},
        ],
    )
    document = stage.row(Document, received.document_id)
    assert (document.type_code, document.number) == ("TB", None)
    assert (document.signer["capacity"], document.signer["signed_for_title"]) == (["KT"], "GIÁM ĐỐC")
    query = select(DocumentRecipient).where(DocumentRecipient.document_id == document.id)
    lines = stage.rows(query.order_by(DocumentRecipient.ordinal))
    assert [(one.purpose, one.organisation_id) for one in lines] == [
        ("action", stage.id("so-khcn")),
        ("report", stage.id("ubnd")),
        ("file", None),
    ]


def test_a_secret_document_is_refused_and_nothing_is_kept(stage: Stage) -> None:
    with pytest.raises(Invalid, match="văn bản mật"):
        receive(stage, secrecy="MẬT")
    assert stage.rows(select(Directive)) == []


def test_an_officer_does_not_receive_documents(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        stage.act("qlkh.cv", receiving.receive, stage.id("so-khcn"), lines=TEXT.splitlines())


def test_for_information_closes_the_cycle(stage: Stage) -> None:
    received = receive(stage)
    instruct(stage, received.directive_id, "for_information")
    assert stage.row(Directive, received.directive_id).status == "for_information"
    assert stage.running() == []


def test_a_forwarded_document_begins_a_cycle_where_it_belongs(stage: Stage) -> None:
    received = receive(stage, issuer="Thường trực Tỉnh ủy Đồng Nai")
    instruct(stage, received.directive_id, "forward", drafting_unit=stage.id("so-noi-vu"))
    other = stage.rows(select(Directive).where(Directive.organisation_id == stage.id("so-noi-vu")))[0]
    assert stage.task("register", other.id).candidate_groups[0] == f"clerk@{stage.id('so-noi-vu')}"


def test_a_plan_is_edited_only_while_it_is_drafted(stage: Stage) -> None:
    directive = receive(stage).directive_id
    instruct(stage, directive, "issue_plan", drafting_unit=stage.id("qlkh"))
    stage.complete("qlkh.truong", "assign_drafting", directive, drafter=stage.cast.accounts["qlkh.cv"])
    plan = stage.rows(select(Plan).where(Plan.directive_id == directive))[0]
    draft = dong_nai.own_items(stage)[1]
    stage.act("qlkh.cv", planning.add_item, plan.id, draft)
    with pytest.raises(Forbidden):
        stage.act("khtc.cv", planning.add_item, plan.id, draft)
    stage.complete("qlkh.cv", "draft", directive, draft_complete=True)
    with pytest.raises(Conflict, match="trả lại bước dự thảo"):
        stage.act("skhcn.giamdoc", planning.add_item, plan.id, draft)


def test_a_plan_without_a_lead_does_not_leave_the_drafter(stage: Stage) -> None:
    directive = receive(stage).directive_id
    instruct(stage, directive, "issue_plan", drafting_unit=stage.id("qlkh"))
    stage.complete("qlkh.truong", "assign_drafting", directive, drafter=stage.cast.accounts["qlkh.cv"])
    plan = stage.rows(select(Plan).where(Plan.directive_id == directive))[0]
    with pytest.raises(Conflict, match="chưa có nhiệm vụ"):
        stage.complete("qlkh.cv", "draft", directive, draft_complete=True)
    stage.act("qlkh.cv", planning.add_item, plan.id, plans.ItemDraft(content="Việc chưa rõ ai làm"))
    with pytest.raises(Conflict, match="chưa có đơn vị chủ trì"):
        stage.complete("qlkh.cv", "draft", directive, draft_complete=True)


def test_a_task_due_after_the_task_above_does_not_leave_the_drafter(stage: Stage) -> None:
    """Công văn 1394 wants the policy in quý I/2024; the plan of the association may not say April (R-S4)."""
    directive = dong_nai.receive_the_conclusion(stage)
    dong_nai.issue_dispatch_1394(stage, directive)
    policy = stage.assignment(directive, "chính sách lâu dài")
    stage.complete("lhh.chutich", "accept", policy.id, accept_decision="accept")
    stage.complete("lhh.chutich", "organise", policy.id, work_mode="sub_plan")
    child = stage.rows(select(Directive).where(Directive.parent_assignment_id == policy.id))[0].id
    stage.complete("lhh.cvp", "register", child, arrived_on="2024-02-05", urgency=0)
    stage.complete(
        "lhh.chutich",
        "instruct",
        child,
        instruct_decision="issue_plan",
        instruction="Văn phòng dự thảo kế hoạch.",
        drafting_unit=stage.id("lien-hiep-hoi"),
    )
    stage.complete("lhh.cvp", "assign_drafting", child, drafter=stage.cast.accounts["lhh.vanphong"])
    row = stage.rows(select(PlanItem).join(Plan).where(Plan.directive_id == child))[0]
    party = (plans.Party(name="LHH", organisation_id=stage.id("lien-hiep-hoi")),)
    april = date(2024, 4, 15)
    late = Deadline(kind=DeadlineKind.FIXED, original_due=april, current_due=april)
    changes = {"leads": party, "deadline": late}
    stage.act("lhh.vanphong", planning.edit_item, row.id, row.version, changes)
    with pytest.raises(Conflict, match="muộn hơn thời hạn 31/03/2024") as refusal:
        stage.complete("lhh.vanphong", "draft", child, draft_complete=True)
    assert refusal.value.facts["rule"] == "R-S4"

"""What intake reads becomes a document, its recipients and its signer (R-O5, R-D10)."""

from datetime import date
from pathlib import Path

import pytest

from directives import documents, intake, plans, proposed_headers
from directives.documents import Purpose
from directives.signing import Signer
from foundation.errors import Invalid
from tests.directives.cycle.world import World, day

SEEDS = Path(__file__).resolve().parents[4] / "shared" / "seeds"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Kính gửi (action)", Purpose.ACTION),
        ("Nơi nhận (để báo cáo)", Purpose.REPORT),
        ("Nơi nhận (b/c)", Purpose.REPORT),
        ("Nơi nhận (để phối hợp)", Purpose.COOPERATE),
        ("Nơi nhận (cc)", Purpose.INFORMATION),
        ("Lưu", Purpose.FILE),
    ],
)
def test_the_words_of_the_recipients_say_why_they_get_it(words: str, expected: Purpose) -> None:
    assert proposed_headers.purpose(words) is expected


def test_a_signature_block_is_read_with_its_capacities_in_order() -> None:
    found = {"name": "Đoàn Tấn Đạt", "role": "Phó Giám đốc", "capacity": "KT. GIÁM ĐỐC"}
    assert proposed_headers.signer(found) == Signer(
        name="Đoàn Tấn Đạt", own_title="Phó Giám đốc", capacity=("KT",), signed_for_title="GIÁM ĐỐC"
    )
    both = proposed_headers.signer({"name": "A", "capacity": "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH"})
    assert both is not None
    assert both.capacity == ("TM", "KT")
    assert proposed_headers.signer({"name": None}) is None


@pytest.mark.parametrize(("name", "code"), [("kế hoạch", "KH"), ("Công văn", "CV"), ("Thông  báo", "TB")])
def test_a_type_is_known_by_its_name(name: str, code: str) -> None:
    assert proposed_headers.type_code(name) == code


def test_names_become_organisations_as_the_issuer_means_them(world: World) -> None:
    document = {
        "number": "1394/UBND-KGVX",
        "doc_type": "công văn",
        "issuer": "Ủy ban nhân dân tỉnh Đồng Nai",
        "date": "2024-02-05",
        "subject": "V/v triển khai",
        "recipients": [
            {"name": "Sở Khoa học và Công nghệ", "as": "Kính gửi (action)"},
            {"name": "Các doanh nghiệp", "as": "Nơi nhận"},
        ],
    }
    header = proposed_headers.header(world.session, document, on=date(2024, 2, 6), receiver_id=world.science)
    assert (header.issuer_id, header.issued_on) == (world.committee, day("05/02/2024"))
    assert [r.organisation_id for r in header.recipients] == [world.science, None]
    registered = documents.register_incoming(world.work, world.science, header)
    assert (registered.type_code, registered.number) == ("CV", "1394/UBND-KGVX")


def test_a_date_that_is_none_is_pointed_out(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        proposed_headers.header(world.session, {"date": "05/02/2024"}, on=date(2024, 2, 6))
    assert "date" in refusal.value.fields


@pytest.mark.seeds
@pytest.mark.parametrize("seed", ["000", "001", "002", "003", "004"])
def test_what_intake_reads_in_the_real_documents_can_be_registered_and_planned(
    world: World, seed: str
) -> None:
    if not SEEDS.is_dir():
        pytest.skip("../shared/seeds is absent")
    (path,) = SEEDS.glob(f"{seed}_*.txt")
    read = intake.read(path.read_bytes(), filename=path.name).as_json()
    header = proposed_headers.header(
        world.session, read["document"], on=date(2024, 2, 6), receiver_id=world.science, quirks=read["quirks"]
    )
    document = documents.register_incoming(world.work, world.science, header)
    from directives import directives

    cycle = directives.receive(world.work, document.id, world.science, received_on=day("06/02/2024"))
    plan = plans.from_proposal(world.work, cycle.id, read["items"], document.subject, scope=world.committee)
    assert len(plans.items(world.session, plan.id)) == len(read["items"]) > 0

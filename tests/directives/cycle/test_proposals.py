"""Confirmed proposals are kept as they were confirmed."""

from directives import proposals
from tests.directives.cycle.world import World


def test_confirmed_items_are_given_back_as_they_were(world: World) -> None:
    document = world.incoming()
    item = {"text": "Rà soát", "leads": ["Phòng QLKH"], "deadline": {"kind": "none", "raw": "", "due": None}}
    proposals.keep(world.work, document.id, [item])
    assert proposals.of_document(world.session, document.id) == [item]


def test_a_later_confirmation_takes_the_place_of_an_earlier_one(world: World) -> None:
    document = world.incoming()
    proposals.keep(world.work, document.id, [{"text": "A"}])
    proposals.keep(world.work, document.id, [{"text": "B"}])
    assert proposals.of_document(world.session, document.id) == [{"text": "B"}]


def test_nothing_confirmed_is_not_the_same_as_confirmed_that_nothing_is_asked(world: World) -> None:
    document = world.incoming()
    assert proposals.of_document(world.session, document.id) is None
    proposals.keep(world.work, document.id, [])
    assert proposals.of_document(world.session, document.id) == []

"""Transactions, compensation and cancel events of the support table, each played."""

from tests.engine.diagrams import Diagram, compensation, diagram
from tests.engine.lint.proofs.stage import completed, entered, play, proves, tasks

CANCEL = "<bpmn:cancelEventDefinition/>"


def transaction(end: str = "") -> Diagram:
    """Draw a transaction x with a step that can be undone, its end, and what follows either way."""
    drawing = diagram().start().inside("x", "transaction").start("s").task("book").undone_by("unbook")
    drawing.end("end_inside", end).outside().user_task("well").end()
    return drawing.boundary("b", "x", CANCEL).user_task("cancelled").end("e2")


@proves("transaction")
def a_transaction_that_is_not_cancelled_goes_on_like_a_sub_process() -> None:
    player = play(transaction())
    assert tasks(player) == {"well"}
    assert "unbook" not in entered(player)


@proves("endEvent", "cancel")
def a_cancel_end_undoes_what_completed_in_the_transaction() -> None:
    assert entered(play(transaction(CANCEL)))[-4:] == ["end_inside", "unbook", "b", "cancelled"]


@proves("boundaryEvent", "cancel")
def a_cancel_boundary_goes_on_after_all_is_undone() -> None:
    assert tasks(play(transaction(CANCEL))) == {"cancelled"}


@proves("boundaryEvent", "compensation")
def a_compensation_boundary_runs_its_handler_only_when_thrown_at() -> None:
    drawing = diagram().start().user_task("u").undone_by("undo").throw("t", compensation("u")).end()
    player = play(drawing)
    assert "undo" not in entered(player)
    player.complete("u")
    assert entered(player)[-3:] == ["t", "undo", "end"]


@proves("intermediateThrowEvent", "compensation")
def a_compensation_throw_undoes_all_of_its_scope_newest_first_and_goes_on() -> None:
    drawing = diagram().start().task("a").undone_by("un_a").task("b").undone_by("un_b")
    assert completed(play(drawing.throw("x", compensation()).end()))[-4:] == ["un_b", "un_a", "x", "end"]


@proves("endEvent", "compensation")
def a_compensation_end_undoes_before_the_process_ends() -> None:
    player = play(diagram().start().task("a").undone_by("un_a").end("x", compensation()))
    assert completed(player)[-2:] == ["un_a", "x"]
    assert player.result().state == "completed"


@proves("startEvent", "compensation", "eventSubProcess")
def a_compensation_start_undoes_its_sub_process_its_own_way() -> None:
    drawing = diagram().start().inside("sub").start("s").task("a").undone_by("un_a").end("e1")
    drawing.inside("undo", triggeredByEvent="true").start("x", compensation()).task("own").end("e2").outside()
    player = play(drawing.outside().throw("t", compensation()).end())
    assert entered(player)[-4:] == ["x", "own", "e2", "end"]

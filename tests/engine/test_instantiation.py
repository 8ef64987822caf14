"""Receive tasks and event-based gateways that start their process."""

import pytest
from sqlalchemy import select

from engine.models import ProcessInstance
from engine.spiff.errors import ExecutionError
from tests.engine.conftest import Bench
from tests.engine.diagrams import Diagram, diagram, event


def waiting(bench: Bench) -> list[list[str]]:
    """Give where all instances wait, in the order they were started."""
    with bench.database.reading() as session:
        ids = list(session.scalars(select(ProcessInstance.id).order_by(ProcessInstance.id)))
    return [bench.waiting(one) for one in ids]


def messages() -> Diagram:
    paid = '<bpmn:message id="n" name="paid" tiendo:correlationKey="= code"/>'
    return diagram().message("m", "asked", "= code").root(paid).at(None)


def receiving() -> bytes:
    drawn = messages().node("receiveTask", "ask", messageRef="m", instantiate="true")
    return drawn.user_task("answer").end().bytes()


def test_a_message_starts_a_process_at_its_receive_task(bench: Bench) -> None:
    bench.deploy(receiving())
    bench.send("asked", "A", text="Hỏi")
    bench.send("asked", "B")
    assert waiting(bench) == [["answer"], ["answer"]]


def test_such_a_process_cannot_be_started_by_hand(bench: Bench) -> None:
    bench.deploy(receiving())
    with pytest.raises(ExecutionError, match="ask"):
        bench.start()


def test_behind_a_plain_start_it_starts_the_process_too_or_waits_in_one_started_by_hand(bench: Bench) -> None:
    drawn = messages().start().node("receiveTask", "ask", messageRef="m", instantiate="true")
    bench.deploy(drawn.user_task("answer").end().bytes())
    instance = bench.start(code="A")
    assert bench.waiting(instance) == ["ask"]
    bench.send("asked", "A")
    bench.send("asked", "B")
    assert waiting(bench) == [["answer"], ["answer"]]


def either(**attributes: str) -> bytes:
    """Draw an instantiating gateway before "asked" and "paid", each with a task behind it."""
    drawn = messages().node("eventBasedGateway", "either", instantiate="true", **attributes)
    drawn.catch("on_ask", event("message", "m")).user_task("answer").end()
    drawn.at("either").node("receiveTask", "on_pay", messageRef="n").user_task("book").end("e2")
    return drawn.bytes()


def test_the_event_that_comes_first_starts_the_process_and_takes_its_path(bench: Bench) -> None:
    bench.deploy(either())
    bench.send("paid", "A", amount=5)
    bench.send("asked", "A")
    assert waiting(bench) == [["book"], ["answer"]]


def test_a_parallel_gateway_waits_for_the_other_events_of_the_same_key(bench: Bench) -> None:
    bench.deploy(either(eventGatewayType="Parallel"))
    bench.send("paid", "A")
    assert waiting(bench) == [["book", "on_ask"]]
    bench.send("asked", "B")
    assert waiting(bench) == [["book", "on_ask"], ["answer", "on_pay"]]
    bench.send("asked", "A")
    assert waiting(bench)[0] == ["answer", "book"]


def test_two_messages_of_one_key_sent_together_start_one_process(bench: Bench) -> None:
    from engine import messages as sending

    bench.deploy(either(eventGatewayType="Parallel"))
    with bench.database.unit_of_work() as work:
        sending.send(work, "paid", "A", {})
        sending.send(work, "asked", "A", {})
        work.commit()
    bench.dispatcher.settle()
    assert waiting(bench) == [["answer", "book"]]


def test_what_started_the_process_is_in_its_history(bench: Bench) -> None:
    bench.deploy(either())
    bench.send("paid", "A")
    with bench.database.reading() as session:
        instance = session.scalars(select(ProcessInstance.id)).one()
    assert bench.entered(instance) == ["either", "on_pay", "book"]


def test_a_boundary_event_of_a_started_receive_task_is_gone(bench: Bench) -> None:
    drawn = messages().node("receiveTask", "ask", messageRef="m", instantiate="true").user_task("answer")
    drawn.end().boundary("paid", "ask", event("message", "n")).end("e2")
    bench.deploy(drawn.bytes())
    bench.send("asked", "A", code="A")
    assert waiting(bench) == [["answer"]]

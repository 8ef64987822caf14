"""Must show 3: the whole chain of Đồng Nai over HTTP, its events at a receiver that verifies signatures."""

import pytest

from tests.acceptance.dong_nai import Story
from tests.acceptance.histories import past
from tests.acceptance.people import eventually
from tests.acceptance.province import settle_in, subscribe
from tests.acceptance.receiver import Receiver
from tests.acceptance.server import Server

pytestmark = pytest.mark.slow

#: what others must have heard of at the end, at least
TOLD = {
    *("document.received", "document.registered", "document.instructed", "document.issued"),
    *("task.assigned", "task.accepted", "task.returned", "task.reassigned", "task.progress"),
    *("task.due_soon", "task.overdue", "task.escalated", "task.submitted", "task.confirmed", "urge.sent"),
    *("extension.requested", "extension.approved", "cycle.opened", "cycle.closed"),
    *("report.requested", "report.overdue", "report.submitted", "report.consolidated", "report.sent"),
}


def test_the_chain_of_dong_nai_from_the_conclusion_to_the_report_accepted_above(
    stopped_server: Server,
) -> None:
    province = settle_in(stopped_server)
    with Receiver() as receiver, stopped_server:
        receiver.secret = subscribe(stopped_server, receiver.url)
        province.habits.after_post = province.settle
        Story(province).play()

        assert province.admin.get("/incidents")["items"] == []
        told = past(stopped_server)
        assert told.broken == []
        eventually(lambda: len(receiver.events) == told.events.total())
        assert receiver.refused == []
        assert TOLD - set(receiver.types()) == set()

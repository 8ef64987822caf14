"""A dispatcher that is killed while its message is at the receiver (T11)."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet

from foundation import outbox
from foundation.clock import MovableClock
from foundation.database import Database
from tests.webhooks.conftest import Receiver
from webhooks import dispatch, subscriptions
from webhooks.addresses import EgressPolicy
from webhooks.secrets import SecretBox

MESSAGES = 7
DISPATCHER = """
import sys
from datetime import datetime
from foundation.clock import MovableClock
from foundation.database import Database
from webhooks import delivery
from webhooks.addresses import EgressPolicy
from webhooks.client import Client
from webhooks.secrets import SecretBox

url, key, moment = sys.argv[1:]
database = Database(url, MovableClock(datetime.fromisoformat(moment)))
client = Client(EgressPolicy.of(["127.0.0.1"], allows_http=True))
delivery.deliver_due(database, client, box=SecretBox(key))
"""


def _run(database: Database, key: str, moment: datetime, receiver: Receiver, kill_at: int) -> int:
    """Run a dispatcher in a process of its own and kill it when its n-th message arrives."""
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", DISPATCHER, url, key, moment.isoformat()]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    deadly = len(receiver.messages) + kill_at

    def strike() -> None:
        if len(receiver.messages) == deadly:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

    receiver.before_reply = strike
    return process.wait(60)


def test_every_message_arrives_although_the_dispatcher_is_killed_again_and_again(
    database: Database, clock: MovableClock, receiver: Receiver
) -> None:
    key = Fernet.generate_key().decode()
    endpoint = EgressPolicy.of(["127.0.0.1"], allows_http=True).vet(receiver.url)
    with database.unit_of_work() as work:
        subscriptions.create(work, SecretBox(key), endpoint=endpoint, patterns=["task.*"])
        for number in range(MESSAGES):
            outbox.record(work, "task.assigned", subject=str(number), data={})
        work.commit()
    dispatch.fan_out(database)

    exits: list[int] = []
    while not exits or exits[-1] != 0:
        exits.append(_run(database, key, clock.now(), receiver, kill_at=2))
        clock.advance(timedelta(seconds=120))

    ids = [message.headers["webhook-id"] for message in receiver.messages]
    assert exits == [-signal.SIGKILL] * (MESSAGES - 1) + [0]
    assert len(set(ids)) == MESSAGES
    assert len(ids) == MESSAGES + len(exits) - 1

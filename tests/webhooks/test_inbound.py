"""Messages from outside."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import select

from foundation.clock import MovableClock
from foundation.database import Database
from foundation.errors import Invalid, NotFound, TooLarge
from webhooks import inbound, signing
from webhooks.inbound import InboundMessage, ReceivedMessage
from webhooks.secrets import SecretBox
from webhooks.signing import BadSignature
from webhooks.subscriptions import Created

WALL = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
BODY = orjson.dumps(
    {
        "type": "van_ban_den",
        "timestamp": "2026-11-20T08:00:00Z",
        "data": {"business_key": "cv-1394", "so": "1394/UBND"},
    }
)


@pytest.fixture
def source(database: Database, box: SecretBox) -> Created:
    with database.unit_of_work() as work:
        made = inbound.create_source(work, box, name="Trục liên thông", messages=["van_ban_den"])
        work.commit()
    return made


def _receive(
    database: Database, box: SecretBox, source: Created, body: bytes = BODY, message_id: str = "msg_1"
) -> InboundMessage:
    headers = signing.sign([source.secret], message_id, WALL, body)
    with database.unit_of_work() as work:
        message = inbound.receive(work, box, source.id, headers, body, wall_now=WALL)
        work.commit()
    return message


def test_a_signed_message_is_given_to_be_correlated(
    database: Database, box: SecretBox, source: Created
) -> None:
    message = _receive(database, box, source)

    assert (message.name, message.correlation_key) == ("van_ban_den", "cv-1394")
    assert message.variables["so"] == "1394/UBND"
    assert not message.is_duplicate


def test_a_repetition_is_recognised(database: Database, box: SecretBox, source: Created) -> None:
    repeated = [_receive(database, box, source).is_duplicate for _ in range(3)]
    other = _receive(database, box, source, message_id="msg_2")

    assert repeated == [False, True, True]
    assert not other.is_duplicate


def test_a_message_whose_effect_is_rolled_back_is_not_remembered(
    database: Database, box: SecretBox, source: Created
) -> None:
    headers = signing.sign([source.secret], "msg_1", WALL, BODY)
    with database.unit_of_work() as work:
        inbound.receive(work, box, source.id, headers, BODY, wall_now=WALL)

    assert not _receive(database, box, source).is_duplicate


def test_the_same_message_twice_at_once_has_one_effect(
    database: Database, box: SecretBox, source: Created
) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: _receive(database, box, source), range(8)))

    assert [message.is_duplicate for message in taken].count(False) == 1


def test_a_wrong_signature_leaves_nothing_behind(database: Database, box: SecretBox, source: Created) -> None:
    headers = signing.sign([source.secret], "msg_1", WALL, BODY)
    with database.unit_of_work() as work:
        with pytest.raises(BadSignature):
            inbound.receive(work, box, source.id, headers, BODY + b" ", wall_now=WALL)
        with pytest.raises(BadSignature, match="lệch"):
            inbound.receive(work, box, source.id, headers, BODY, wall_now=WALL + timedelta(minutes=6))
        work.commit()

    with database.reading() as session:
        assert session.scalars(select(ReceivedMessage)).all() == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff{}", "JSON"),
        (b"[]", "dạng"),
        (b'{"type": 7, "data": {}}', "dạng"),
        (b'{"type": "van_ban_den", "data": []}', "dạng"),
        (b'{"type": "khac", "data": {}}', "được phép: van_ban_den"),
        (b'{"type": "van_ban_den", "data": {}}', r"data\.business_key"),
        (b'{"type": "van_ban_den", "data": {"business_key": true}}', r"data\.business_key"),
        (b'{"type": "van_ban_den", "data": {"business_key": ""}}', r"data\.business_key"),
    ],
)
def test_a_body_that_is_not_as_agreed_is_refused_with_the_reason(
    database: Database, box: SecretBox, source: Created, body: bytes, reason: str
) -> None:
    with pytest.raises(Invalid, match=reason):
        _receive(database, box, source, body)


def test_too_much_is_refused(database: Database, box: SecretBox, source: Created) -> None:
    deep = b'{"type": "van_ban_den", "data": {"business_key": "1", "a": ' + b"[" * 40 + b"]" * 40 + b"}}"
    bottomless = b'{"type": "van_ban_den", "data": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"

    with pytest.raises(TooLarge, match="32"):
        _receive(database, box, source, deep)
    with pytest.raises(Invalid, match="JSON"):
        _receive(database, box, source, bottomless)
    with pytest.raises(TooLarge, match="262144"):
        _receive(database, box, source, b" " * 300_000)


def test_an_unknown_or_switched_off_source_is_not_found(
    database: Database, box: SecretBox, source: Created
) -> None:
    with pytest.raises(NotFound):
        _receive(database, box, Created(id="0" * 32, secret=source.secret))
    with database.unit_of_work() as work:
        inbound.set_source_enabled(work, source.id, is_enabled=False)
        work.commit()
    with pytest.raises(NotFound):
        _receive(database, box, source)


def test_after_a_rotation_the_old_secret_is_accepted_for_a_day(
    database: Database, clock: MovableClock, box: SecretBox, source: Created
) -> None:
    with database.unit_of_work() as work:
        new = inbound.rotate_source_secret(work, box, source.id)
        work.commit()

    assert not _receive(database, box, source, message_id="msg_old").is_duplicate
    renewed = Created(id=source.id, secret=new)
    assert not _receive(database, box, renewed, message_id="msg_new").is_duplicate
    clock.advance(timedelta(hours=24))
    with pytest.raises(BadSignature):
        _receive(database, box, source, message_id="msg_late")


def test_sources_are_listed_without_secrets_and_old_ids_forgotten(
    database: Database, clock: MovableClock, box: SecretBox, source: Created
) -> None:
    _receive(database, box, source)
    clock.advance(timedelta(days=31))

    with database.unit_of_work() as work:
        assert inbound.forget(work, clock.now() - timedelta(days=30)) == 1
        work.commit()
    with database.reading() as session:
        (shown,) = inbound.sources(session)
    assert (shown.name, shown.messages) == ("Trục liên thông", ("van_ban_den",))


def test_a_source_that_may_send_nothing_is_refused(database: Database, box: SecretBox) -> None:
    with database.unit_of_work() as work, pytest.raises(Invalid, match="ít nhất một"):
        inbound.create_source(work, box, name="x", messages=[])

"""Accounts, signing in, sessions, lockout and API keys."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from directives import accounts, api_keys, sign_in
from directives.account_tables import AccountRow, ApiKeyRow, SignInSession
from foundation.clock import MovableClock
from foundation.database import Database, UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound, Unauthenticated

PASSWORD = "tam biệt mùa mưa"


@pytest.fixture
def account(work: UnitOfWork) -> str:
    account_id = accounts.create(work, username="An.Nguyen", password=PASSWORD)
    work.commit()
    return account_id


def enter(database: Database, password: str = PASSWORD, username: str = "an.nguyen") -> sign_in.OpenedSession:
    with database.reading() as session:
        check = sign_in.check_password(session, username, password, database.clock.now())
    with database.unit_of_work() as work:
        opened = sign_in.sign_in(work, check, ip="10.0.0.7", agent="Firefox")
        work.commit()
    return opened


def holds(database: Database, token: str) -> sign_in.SignedIn | None:
    with database.reading() as session:
        return sign_in.session_for(session, token, database.clock.now())


def test_a_right_password_opens_a_session_whatever_the_case_of_the_username(
    database: Database, account: str
) -> None:
    opened = enter(database, username=" AN.Nguyen ")
    signed_in = holds(database, opened.token)
    assert signed_in is not None
    assert (signed_in.account.id, signed_in.csrf_token) == (account, opened.csrf_token)
    assert holds(database, opened.token + "x") is None


def test_the_token_is_not_stored(database: Database, account: str) -> None:
    opened = enter(database)
    with database.reading() as session:
        row = session.get(SignInSession, opened.id)
        assert row is not None
        assert opened.token not in {row.id, row.token_hash, row.csrf_token}
        stored = session.get(AccountRow, account)
        assert stored is not None
        assert str(stored.password_hash).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_wrong_password_says_how_many_attempts_are_left(database: Database, account: str) -> None:
    for left in (4, 3):
        with pytest.raises(Unauthenticated, match=f"Còn {left} lần thử"):
            enter(database, "sai mật khẩu rồi")
    enter(database)
    with pytest.raises(Unauthenticated, match="Còn 4 lần thử"):
        enter(database, "sai mật khẩu rồi")


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(
    database: Database, account: str, clock: MovableClock
) -> None:
    for _attempt in range(5):
        with pytest.raises(Unauthenticated):
            enter(database, "sai mật khẩu rồi")
    with pytest.raises(sign_in.AccountLocked, match="tạm khóa đến 05/02/2024 08:15"):
        enter(database)
    clock.advance(timedelta(minutes=15))
    enter(database)


def test_a_right_password_checked_before_the_lock_is_refused_after_it(
    database: Database, account: str
) -> None:
    with database.reading() as session:
        check = sign_in.check_password(session, "an.nguyen", PASSWORD, database.clock.now())
    for _attempt in range(5):
        with pytest.raises(Unauthenticated):
            enter(database, "sai mật khẩu rồi")
    with database.unit_of_work() as work, pytest.raises(sign_in.AccountLocked):
        sign_in.sign_in(work, check)


def test_an_unknown_username_is_answered_like_a_wrong_password(database: Database, account: str) -> None:
    with pytest.raises(Unauthenticated, match="Còn 4 lần thử"):
        enter(database, username="ma")


def test_a_session_ends_after_half_an_hour_idle(
    database: Database, account: str, clock: MovableClock
) -> None:
    token = enter(database).token
    clock.advance(timedelta(minutes=29, seconds=59))
    assert holds(database, token)
    clock.advance(timedelta(seconds=1))
    assert holds(database, token) is None


def test_a_session_in_use_lives_twelve_hours_and_no_longer(
    database: Database, account: str, clock: MovableClock
) -> None:
    token = enter(database).token
    for _step in range(35):
        clock.advance(timedelta(minutes=20))
        signed_in = holds(database, token)
        assert signed_in is not None
        with database.unit_of_work() as work:
            sign_in.touch(work, signed_in.id)
            work.commit()
    clock.advance(timedelta(minutes=20))
    assert holds(database, token) is None


def test_a_use_is_to_be_written_down_once_a_minute(
    database: Database, account: str, clock: MovableClock
) -> None:
    token = enter(database).token
    clock.advance(timedelta(seconds=59))
    first = holds(database, token)
    clock.advance(timedelta(seconds=1))
    second = holds(database, token)
    assert first is not None
    assert second is not None
    assert (first.is_touch_due, second.is_touch_due) == (False, True)


def test_signing_out_and_disabling_end_sessions_at_once(database: Database, account: str) -> None:
    one, two = enter(database).token, enter(database).token
    with database.unit_of_work() as work:
        sign_in.sign_out(work, one)
        work.commit()
    assert holds(database, one) is None
    assert holds(database, two)
    with database.unit_of_work() as work:
        accounts.change(work, account, is_disabled=True)
        work.commit()
    assert holds(database, two) is None
    with pytest.raises(Unauthenticated, match="vô hiệu hóa"):
        enter(database)


def test_people_see_and_end_their_sessions_but_not_those_of_others(database: Database, account: str) -> None:
    opened = enter(database)
    with database.reading() as session:
        assert [s.agent for s in sign_in.sessions_of(session, account, database.clock.now())] == ["Firefox"]
    with database.unit_of_work() as work:
        with pytest.raises(NotFound):
            sign_in.end_session(work, opened.id, account_id="somebody else")
        sign_in.end_session(work, opened.id, account_id=account)
        work.commit()
    assert holds(database, opened.token) is None


def test_a_new_password_ends_all_sessions_but_the_asking_one(database: Database, account: str) -> None:
    asking, other = enter(database), enter(database)
    with database.unit_of_work() as work:
        accounts.set_password(work, account, "một mật khẩu khác", keep_session_id=asking.id)
        work.commit()
    assert holds(database, asking.token)
    assert holds(database, other.token) is None
    enter(database, "một mật khẩu khác")


def test_an_old_hash_is_renewed_at_sign_in(database: Database, account: str) -> None:
    with database.unit_of_work() as work:
        row = work.session.get_one(AccountRow, account)
        row.password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
        work.commit()
    enter(database)
    with database.reading() as session:
        assert "m=19456,t=2" in str(session.get_one(AccountRow, account).password_hash)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("ngắn quá", "ít nhất 12 ký tự; hiện có 8"),
        ("x" * 257, "không được dài quá 256 ký tự"),
        ("aaaaaaaaaaaaa", "quá dễ đoán"),
        ("MatKhau123456", "quá dễ đoán"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(work: UnitOfWork, password: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        accounts.create(work, username="binh", password=password)


def test_a_username_is_used_once(work: UnitOfWork, account: str) -> None:
    with pytest.raises(Conflict, match="“an"):
        accounts.create(work, username="AN.nguyen")


def test_an_api_key_acts_as_its_account_until_it_is_revoked(
    database: Database, work: UnitOfWork, account: str
) -> None:
    new = api_keys.create(work, account, name="Trục liên thông")
    work.commit()
    with database.reading() as session:
        assert api_keys.owner_of(session, new.key, database.clock.now()).account.id == account
        assert new.key.partition(".")[2] not in session.get_one(ApiKeyRow, new.id).secret_hash
    with database.unit_of_work() as later:
        api_keys.revoke(later, new.id)
        later.commit()
    with database.reading() as session, pytest.raises(Unauthenticated, match="thu hồi ngày 05/02/2024"):
        api_keys.owner_of(session, new.key, database.clock.now())


@pytest.mark.parametrize("key", ["", "tiendo_", "tiendo_0000.abc", "rác", "a.b.c"])
def test_a_key_nobody_made_is_unknown(work: UnitOfWork, key: str) -> None:
    with pytest.raises(Unauthenticated, match="không đúng"):
        api_keys.owner_of(work.session, key, work.now)


def test_a_key_with_a_wrong_secret_does_not_reveal_that_it_expired(
    work: UnitOfWork, account: str, clock: MovableClock
) -> None:
    new = api_keys.create(work, account, name="ngắn", expires_at=work.now + timedelta(days=1))
    later = work.now + timedelta(days=2)
    with pytest.raises(Unauthenticated, match="hết hạn ngày 06/02/2024"):
        api_keys.owner_of(work.session, new.key, later)
    with pytest.raises(Unauthenticated, match="không đúng"):
        api_keys.owner_of(work.session, new.key + "x", later)


def test_a_key_with_an_unknown_right_is_not_made(work: UnitOfWork, account: str) -> None:
    with pytest.raises(Invalid) as refused:
        api_keys.create(work, account, name="lạ", scopes=["everything.everywhere"])
    assert "everything.everywhere" in str(refused.value.fields["scopes"])


def test_purging_removes_sessions_that_are_over(
    database: Database, account: str, clock: MovableClock
) -> None:
    enter(database)
    clock.advance(timedelta(hours=1))
    kept = enter(database)
    with database.unit_of_work() as work:
        sign_in.purge(work)
        assert [row.id for row in work.session.query(SignInSession)] == [kept.id]

"""Drafts and their review: who may approve and publish, what a change takes back, what is never lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine import definition_events, drafts, publishing, reviews
from engine.lifecycle_tables import DefinitionDraft, Kind
from foundation.actors import Actor
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound, Stale
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram

AN, BINH = Actor(id="an", name="An"), Actor(id="binh", name="Bình")


def step(name: str) -> bytes:
    return diagram("p").start().user_task(name).end().bytes()


def do(bench: Bench, who: Actor, command: Callable[[UnitOfWork], Any]) -> Any:
    with bench.database.unit_of_work(who) as work:
        result = command(work)
        work.commit()
    return result


def save(bench: Bench, who: Actor, name: str, revision: int | None = None) -> DefinitionDraft:
    found: DefinitionDraft = do(
        bench, who, lambda work: drafts.save(work, "p", step(name), revision=revision)
    )
    return found


def send(bench: Bench, who: Actor, revision: int) -> None:
    do(bench, who, lambda work: reviews.send(work, "p", revision=revision, note="Nhờ xem"))


def approve(bench: Bench, who: Actor, revision: int) -> None:
    do(bench, who, lambda work: reviews.approve(work, "p", revision=revision, four_eyes=True))


def publish(bench: Bench, who: Actor, revision: int, *, four_eyes: bool = True, **more: Any) -> Any:
    return do(
        bench,
        who,
        lambda work: publishing.publish(
            work, "p", revision=revision, note="Lý do", four_eyes=four_eyes, **more
        ),
    )


def thread(bench: Bench) -> list[tuple[str, str]]:
    with bench.database.reading() as session:
        return [(one.act, one.by) for one in reversed(definition_events.of_definition(session, "p"))]


def test_without_four_eyes_whoever_draws_publishes(bench: Bench) -> None:
    save(bench, AN, "a")
    assert publish(bench, AN, 1, four_eyes=False).version == 1
    assert thread(bench) == [("published", "an")]


def test_with_four_eyes_another_person_approves_and_publishes(bench: Bench) -> None:
    save(bench, AN, "a")
    with pytest.raises(Conflict, match="cần người thứ hai duyệt"):
        publish(bench, BINH, 1)
    send(bench, AN, 1)
    with pytest.raises(Conflict, match="sửa bản nháp lần cuối"):
        approve(bench, AN, 1)
    approve(bench, BINH, 1)
    with pytest.raises(Conflict, match="sửa bản nháp lần cuối"):
        publish(bench, AN, 1)
    assert publish(bench, BINH, 1).published_by == "binh"
    assert thread(bench) == [("sent", "an"), ("approved", "binh"), ("published", "binh")]


def test_a_change_after_the_approval_takes_it_back(bench: Bench) -> None:
    save(bench, AN, "a")
    send(bench, AN, 1)
    approve(bench, BINH, 1)
    save(bench, AN, "b", 1)
    with pytest.raises(Stale):
        publish(bench, BINH, 1)
    with pytest.raises(Conflict, match="cần người thứ hai duyệt"):
        publish(bench, BINH, 2)
    assert thread(bench)[-1] == ("reopened", "an")


def test_saving_the_same_again_takes_nothing_back(bench: Bench) -> None:
    save(bench, AN, "a")
    send(bench, AN, 1)
    approve(bench, BINH, 1)
    assert save(bench, BINH, "a", 1).revision == 1
    assert publish(bench, BINH, 1).version == 1


def test_a_draft_is_returned_with_a_remark(bench: Bench) -> None:
    save(bench, AN, "a")
    send(bench, AN, 1)
    with pytest.raises(Invalid, match="không hợp lệ"):
        do(bench, BINH, lambda work: reviews.send_back(work, "p", revision=1, remark=" "))
    do(bench, BINH, lambda work: reviews.send_back(work, "p", revision=1, remark="Thiếu bước lấy ý kiến"))
    do(bench, AN, lambda work: reviews.remark(work, "p", "Đã hiểu"))
    assert [act for act, _ in thread(bench)] == ["sent", "returned", "remarked"]
    send(bench, AN, 1)


def test_a_definition_may_ask_for_more_or_less_than_the_installation(bench: Bench) -> None:
    save(bench, AN, "a")
    do(bench, BINH, lambda work: reviews.set_four_eyes(work, "p", is_needed=True))
    with pytest.raises(Conflict):
        publish(bench, AN, 1, four_eyes=False)
    do(bench, BINH, lambda work: reviews.set_four_eyes(work, "p", is_needed=False))
    assert publish(bench, AN, 1, four_eyes=True).version == 1


def test_publishing_for_a_moment_that_is_over_is_refused(bench: Bench) -> None:
    save(bench, AN, "a")
    with pytest.raises(Invalid):
        publish(bench, AN, 1, four_eyes=False, effective_at=bench.clock.now() - timedelta(minutes=1))
    later = bench.clock.now() + timedelta(days=1)
    assert publish(bench, AN, 1, four_eyes=False, effective_at=later).state == "scheduled"


def test_whoever_saves_second_learns_who_and_when_and_keeps_a_copy(bench: Bench) -> None:
    save(bench, AN, "a")
    save(bench, AN, "b", 1)
    with pytest.raises(Stale) as refused:
        save(bench, BINH, "c", 1)
    assert refused.value.facts["updated_by"] == "an"
    copy = do(bench, BINH, lambda work: drafts.keep_copy(work, "p", step("c")))
    draft = do(bench, BINH, lambda work: drafts.restore(work, "p", copy))
    assert draft.content == step("c")
    with bench.database.reading() as session:
        (kept,) = drafts.copies(session, "p")
    assert (kept.content, kept.reason) == (step("b"), "replaced")


def test_a_dropped_draft_comes_back(bench: Bench) -> None:
    save(bench, AN, "a")
    copy = do(bench, AN, lambda work: drafts.drop(work, "p"))
    with bench.database.reading() as session:
        assert drafts.get(session, "p") is None
    do(bench, BINH, lambda work: drafts.restore(work, "p", copy))
    with bench.database.reading() as session:
        found = drafts.get(session, "p")
    assert found is not None
    assert (found.content, found.updated_by) == (step("a"), "binh")


@pytest.mark.parametrize(("key", "kind"), [("q", Kind.PROCESS), ("p", Kind.DECISION)])
def test_a_copy_is_found_only_where_it_was_made(bench: Bench, key: str, kind: Kind) -> None:
    copy = do(bench, AN, lambda work: drafts.keep_copy(work, "p", step("a")))
    with pytest.raises(NotFound):
        do(bench, AN, lambda work: drafts.restore(work, key, copy, kind=kind))
    with bench.database.reading() as session:
        assert drafts.get(session, key, kind=kind) is None

"""The board and the tree: the four numbers, filters, drill-down, roll-up, size (R-K2, R-K4, R-U11)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert

from directives import assignments, board, directives, documents, figures, openings, results, tree
from directives.assignment_tables import Assignment
from directives.board import Filter
from directives.directives import Directive
from directives.documents import Header
from directives.figures import Figures
from directives.openings import NewAssignment
from directives.results import ResultDraft
from directives.states import State
from foundation.errors import Invalid
from foundation.ids import new_id
from tests.directives.cycle.world import World, day

TODAY = date(2024, 3, 1)
PAST, SOON, FAR = date(2024, 2, 20), date(2024, 3, 5), date(2024, 6, 28)


def rows(
    world: World,
    count: int,
    state: State,
    due: date | None,
    result_on: date | None = None,
    *,
    lead_id: str = "a",
    directive_id: str = "d",
    assigned_on: date = date(2024, 1, 5),
) -> Iterator[dict[str, object]]:
    for number in range(count):
        yield {
            "id": new_id(),
            "directive_id": directive_id,
            "root_id": "d",
            "ordinal": number,
            "organisation_id": world.science,
            "lead_id": lead_id,
            "content": f"Nhiệm vụ {number}",
            "state": state.value,
            "deadline": {},
            "original_due": due,
            "current_due": due,
            "effective_due": due,
            "due_holder_id": world.science,
            "result_on": result_on,
            "assigned_on": assigned_on,
            "created_at": world.work.now,
        }


def put(world: World, *parts: Iterator[dict[str, object]]) -> None:
    values = [row for part in parts for row in part]
    world.session.execute(insert(Assignment), values)


def test_the_figures_of_the_government_office_of_2017() -> None:
    told = Figures(done_on_time=14_068, done_late=1_983, in_term=5_640, overdue=223)
    assert (told.total, told.done) == (21_914, 16_051)
    assert told.completion_rate == pytest.approx(16_051 / (16_051 + 223))
    assert (round(told.completion_rate or 0, 3), round(told.overdue_rate or 0, 3)) == (0.986, 0.014)
    assert told.on_time_rate == pytest.approx(14_068 / 16_051)


def test_rates_of_nothing_are_not_a_number() -> None:
    empty = Figures(in_term=3, no_due=4)
    assert (empty.completion_rate, empty.overdue_rate, empty.on_time_rate) == (None, None, None)


def test_each_assignment_counts_where_officials_expect_it(world: World) -> None:
    put(
        world,
        rows(world, 7, State.DONE, PAST, PAST),
        rows(world, 6, State.DONE, PAST, TODAY),
        rows(world, 5, State.IN_PROGRESS, FAR),
        rows(world, 4, State.AWAITING_ACCEPTANCE, SOON),
        rows(world, 3, State.REDO, PAST),
        rows(world, 2, State.IN_PROGRESS, None),
        rows(world, 1, State.DONE, None, TODAY),
        rows(world, 9, State.CANCELLED, PAST),
        rows(world, 8, State.SUSPENDED, PAST),
        rows(world, 2, State.AWAITING_CONFIRMATION, PAST, PAST),
    )
    (line,) = board.by_lead(world.session, TODAY)
    assert line.figures == Figures(
        done_on_time=7,
        done_late=6,
        in_term=11,
        overdue=3,
        no_due=3,
        no_due_done=1,
        due_soon=6,
        suspended=8,
    )
    assert line.figures.total == 30


def test_the_board_filters_by_assignment_day_by_due_day_and_by_lead(world: World) -> None:
    late = date(2024, 2, 1)
    put(
        world,
        rows(world, 1, State.IN_PROGRESS, FAR, lead_id="a"),
        rows(world, 2, State.IN_PROGRESS, SOON, lead_id="a", assigned_on=late),
        rows(world, 4, State.IN_PROGRESS, None, lead_id="b", assigned_on=late),
    )

    def total(**chosen: object) -> int:
        return board.totals(board.by_lead(world.session, TODAY, Filter(**chosen))).total  # type: ignore[arg-type]

    assert total() == 7
    assert total(assigned_from=late) == 6
    assert total(assigned_to=date(2024, 1, 31)) == 1
    assert total(due_from=SOON, due_to=SOON) == 2
    assert total(lead_ids=("b",)) == 4


def test_a_number_opens_to_exactly_its_assignments_page_by_page(world: World) -> None:
    put(
        world,
        rows(world, 3, State.IN_PROGRESS, PAST),
        rows(world, 2, State.REDO, PAST - timedelta(days=9)),
        rows(world, 2, State.IN_PROGRESS, None),
        rows(world, 4, State.DONE, PAST, PAST),
    )
    first = board.listed(world.session, TODAY, "overdue", limit=3)
    assert first[0].days_late == 19
    last = first[-1]
    assert last.effective_due is not None
    rest = board.listed(world.session, TODAY, "overdue", after=(last.effective_due, last.id))
    assert len({row.id for row in (*first, *rest)}) == 5
    everything = board.listed(world.session, TODAY, "total")
    assert [row.effective_due for row in everything[-2:]] == [None, None]
    tail = board.listed(world.session, TODAY, "total", after=(date.max, everything[-2].id))
    assert [row.id for row in tail] == [everything[-1].id]
    with pytest.raises(Invalid, match="done_on_time"):
        board.listed(world.session, TODAY, "bad")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(State)),
            st.one_of(st.none(), st.integers(-20, 20)),
            st.one_of(st.none(), st.integers(-20, 0)),
        ),
        max_size=40,
    )
)
def test_every_assignment_is_in_exactly_one_category(
    cases: list[tuple[State, int | None, int | None]],
) -> None:
    def to_day(offset: int | None) -> date | None:
        return None if offset is None else TODAY + timedelta(days=offset)

    total = Figures()
    for state, due, result in cases:
        total += figures.count(state, to_day(due), to_day(result), TODAY, soon=TODAY + timedelta(days=5))
    counted = sum(state not in (State.CANCELLED, State.SUSPENDED) for state, _due, _result in cases)
    assert total.total == counted
    assert total.due_soon <= total.in_term


def test_the_sum_in_sql_and_the_count_in_python_agree_in_every_case(world: World) -> None:
    days = [None, TODAY - timedelta(days=3), TODAY, TODAY + timedelta(days=3), TODAY + timedelta(days=9)]
    cases = [
        (state, due, result)
        for state in State
        for due in days
        for result in (None, TODAY - timedelta(days=4), TODAY, TODAY + timedelta(days=1))
        if state is not State.DONE or result is not None
    ]
    put(world, *(rows(world, 1, state, due, result) for state, due, result in cases))
    soon = TODAY + timedelta(days=5)
    expected = Figures()
    for state, due, result in cases:
        expected += figures.count(state, due, result, TODAY, soon=soon)
    # 1 March 2024 is a Friday: three working days on is Wednesday the 6th
    (line,) = board.by_lead(world.session, TODAY)
    assert line.figures == expected


def two_levels(world: World) -> tuple[Directive, Directive, Assignment]:
    """The committee's cycle with two tasks; the Sở's cycle carries out the first with two of its own."""
    bases = [
        {"type": "Kết luận", "number": "463-KL/TU", "date": "2023-11-17", "role": "implements"},
        {"type": "Thông tư", "number": "11/2015/TT-BTC", "date": "2015-01-29", "role": "cited"},
    ]
    dispatch = documents.register_incoming(
        world.work,
        world.committee,
        Header(type_code="CV", number_raw="1394/UBND-KGVX", subject="Triển khai 463", legal_bases=bases),
    )
    top = directives.receive(world.work, dispatch.id, world.committee, received_on=day("05/02/2024"))
    due = world.item(due="29/03/2024").deadline
    given = openings.assign(
        world.work, top.id, NewAssignment(lead_id=world.science, content="Tham mưu", deadline=due)
    )
    openings.assign(world.work, top.id, NewAssignment(lead_id=world.province.home_affairs, content="Rà soát"))
    below = world.directive()
    for content in ("Dự thảo", "Góp ý"):
        openings.assign(
            world.work, below.id, NewAssignment(lead_id=world.division, content=content, deadline=due)
        )
    directives.link_parent(world.work, below.id, parent_assignment_id=given.id)
    return top, below, given


def test_the_tree_stands_in_reading_order_with_figures_rolled_up(world: World) -> None:
    top, below, given = two_levels(world)
    nodes = tree.tree(world.session, top.id, day("06/02/2024"))
    assert [(node.title, node.depth) for node in nodes][:5] == [
        ("Triển khai 463", 0),
        ("Tham mưu", 1),
        ("V/v triển khai thực hiện Kết luận số 463-KL/TU", 2),
        ("Dự thảo", 3),
        ("Góp ý", 3),
    ]
    by_id = {node.id: node for node in nodes}
    assert (by_id[top.id].figures.in_term, by_id[top.id].figures.no_due) == (3, 1)
    assert by_id[given.id].figures == by_id[below.id].figures == Figures(in_term=2)


def test_a_result_below_shows_at_the_top(world: World) -> None:
    top, below, _given = two_levels(world)
    task = next(n for n in tree.tree(world.session, below.id, day("06/02/2024")) if n.title == "Dự thảo")
    assignments.accept(world.work, task.id)
    results.submit(world.work, task.id, ResultDraft(statement="Xong"))
    results.confirm(world.work, task.id)
    (root, *_rest) = tree.tree(world.session, top.id, day("06/02/2024"), depth=0)
    assert _rest == []
    assert root.figures.done_on_time == 1


def test_the_chain_runs_from_the_conclusion_down_to_the_child_cycle(world: World) -> None:
    top, below, given = two_levels(world)
    assert [link.number for link in tree.chain(world.session, below.id)] == [
        "463-KL/TU",
        "1394/UBND-KGVX",
        "1394/UBND-KGVX",
    ]
    (*_above, last) = tree.chain(world.session, top.id)
    assert (last.directive_id, last.assignment_id) == (below.id, given.id)


def test_a_directive_cannot_stand_above_itself(world: World) -> None:
    from foundation.errors import Conflict

    top, below, _given = two_levels(world)
    with pytest.raises(Conflict, match="nằm dưới"):
        directives.link_parent(world.work, top.id, parent_id=below.id)


def crowd(world: World, directive: str, units: int, each: int) -> None:
    """Give every unit so many assignments; the first five units theirs in one cycle."""
    put(
        world,
        *(
            rows(
                world,
                each,
                State.IN_PROGRESS if unit % 3 else State.DONE,
                FAR if unit % 2 else PAST,
                PAST if unit % 3 == 0 else None,
                lead_id=f"unit{unit}",
                directive_id=directive if unit < 5 else "other",
            )
            for unit in range(units)
        ),
    )
    world.session.query(Assignment).filter(Assignment.directive_id == directive).update(
        {"root_id": directive}
    )


def test_more_assignments_cost_no_more_statements(world: World) -> None:
    """How long a hundred thousand take is measured by `make bench`."""
    top = directives.receive(world.work, world.incoming().id, world.science, received_on=day("05/02/2024")).id
    asked: list[tuple[int, int]] = []
    for _time in range(2):
        crowd(world, top, units=10, each=100)
        with statements(world) as of_board:
            lines = board.by_lead(world.session, TODAY)
        with statements(world) as of_tree:
            nodes = tree.tree(world.session, top, TODAY)
        asked.append((len(of_board), len(of_tree)))
    assert (len(lines), board.totals(lines).total, len(nodes)) == (10, 2000, 1001)
    assert asked[0] == asked[1]
    assert sum(asked[0]) < 20


def test_the_board_reads_its_index_and_no_table(world: World) -> None:
    top = directives.receive(world.work, world.incoming().id, world.science, received_on=day("05/02/2024"))
    crowd(world, top.id, units=10, each=10)
    with statements(world) as sent:
        board.by_lead(world.session, TODAY)
    (grouped,) = [(sql, values) for sql, values in sent if "GROUP BY" in sql and "assignment" in sql]
    connection = world.session.connection()
    if connection.dialect.name == "sqlite":
        how, expected = "EXPLAIN QUERY PLAN", "COVERING INDEX ix_assignment_board"
    else:
        # a table as small as this one is quicker read whole
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        how, expected = "EXPLAIN", "ix_assignment_board"
    assert expected in str(connection.exec_driver_sql(f"{how} {grouped[0]}", grouped[1]).all())


@contextmanager
def statements(world: World) -> Iterator[list[tuple[str, Any]]]:
    """Note the statements sent, with their values."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_more: Any) -> None:
        sent.append((sql, values))

    engine = world.session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)

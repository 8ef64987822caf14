"""A province to test with: the chain of Đồng Nai."""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest

from directives import organisations
from foundation.database import Database, UnitOfWork

NEW_YEAR = date(2024, 1, 1)


@pytest.fixture
def work(database: Database) -> Iterator[UnitOfWork]:
    with database.unit_of_work() as opened:
        yield opened


@pytest.fixture
def province(work: UnitOfWork) -> SimpleNamespace:
    """Give the ids of a small province."""
    organisations.seed_levels(work)

    def enter(name: str, kind: str, level: str, parent_id: str | None, *aliases: str) -> str:
        return organisations.create(
            work, name=name, kind=kind, level=level, parent_id=parent_id, on=NEW_YEAR, aliases=aliases
        )

    committee = enter("Ủy ban nhân dân tỉnh Đồng Nai", "ubnd_tinh", "province", None)
    science = enter("Sở Khoa học và Công nghệ", "so", "department", committee)
    home_affairs = enter("Sở Nội vụ", "so", "department", committee)
    division = enter("Phòng Quản lý Khoa học", "phong", "unit", science)
    party = enter("Ban Tuyên giáo Tỉnh ủy Đồng Nai", "dang", "party", None)
    return SimpleNamespace(
        committee=committee, science=science, home_affairs=home_affairs, division=division, party=party
    )

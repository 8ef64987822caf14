"""Business keys that live instances of a process may not share, where the diagram asks for it.

`tiendo:uniqueBusinessKey="true"` on the process. The row of an instance holds its key while it lives; a
partial unique index makes a second one impossible, whoever starts it. Instances without a business key are
not compared. What a taken key means:

- a start that is asked for (pages, API, shell, handlers): Conflict that names the running instance;
- a message start: the message waits until the running instance ends or the message expires;
- a call activity: an incident at the calling instance; retry it when the other one has ended.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert as insert_into
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.models import ProcessInstance
from engine.states import LIVE
from foundation.database import UnitOfWork
from foundation.errors import Conflict
from foundation.texts import _

#: states in which an instance holds its key, as stored
HOLDING = [state.value for state in LIVE]
_INSERT = insert_into(ProcessInstance.__table__)  # type: ignore[arg-type]


def insert(work: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows of new instances; `unique_key` is null where nothing is asked. Raises Conflict."""
    if not any(row["unique_key"] for row in rows):
        work.session.execute(_INSERT, rows)
        return
    for row in rows:
        _refuse_taken(work.session, row)
    try:
        with work.session.begin_nested():
            work.session.execute(_INSERT, rows)
    except IntegrityError as error:
        for row in rows:
            _refuse_taken(work.session, row)
        keys = sorted({row["unique_key"] for row in rows if row["unique_key"]})
        raise Conflict(
            _(
                "Mã hồ sơ {keys} bị dùng cho nhiều phiên cùng lúc; mỗi phiên cần một mã.",
                keys=", ".join(keys),
            ),
            process=rows[0]["key"],
        ) from error


def holder(session: Session, process: str, business_key: str) -> ProcessInstance | None:
    """Give the live instance that has a unique business key."""
    return session.scalars(
        select(ProcessInstance).where(
            ProcessInstance.key == process,
            ProcessInstance.unique_key == business_key,
            ProcessInstance.state.in_(HOLDING),
        )
    ).first()


def _refuse_taken(session: Session, row: dict[str, Any]) -> None:
    if not row["unique_key"]:
        return
    found = holder(session, row["key"], row["unique_key"])
    if found is not None:
        raise Conflict(
            _(
                "Mã hồ sơ “{key}” đang được phiên {instance} của quy trình “{process}” sử dụng; hãy mở phiên "
                "đó, hoặc đợi phiên kết thúc rồi khởi tạo lại.",
                key=row["unique_key"],
                instance=found.id,
                process=row["key"],
            ),
            instance=found.id,
            process=row["key"],
        )

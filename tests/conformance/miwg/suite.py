"""The suite: import as a draft, export, open in the editor, save there, export again, compare each time."""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.conformance import importing, refusals, running
from tests.conformance.house import House
from tests.conformance.importing import Document
from tests.conformance.miwg import editor
from tests.conformance.miwg.comparing import Fact, lost
from tests.conformance.miwg.editor import Editor, EditorError
from tests.conformance.outcomes import Outcome, Result
from tests.conformance.running import Manner


def run(folder: Path, manner: Manner) -> list[Result]:
    """Send all drawings of a tree through the house, one at a time: there is one browser."""
    given = importing.read(folder)
    alone = Manner(jobs=1, seed=manner.seed, limit=manner.limit, database=manner.database)
    with running.opened(alone, kinds=(False,)) as sets, editor.opened(sets[0][0]) as open_editor:
        return run_documents(given, open_editor, sets, alone)


def run_documents(
    given: Sequence[Document], open_editor: Editor, sets: Sequence[tuple[House, ...]], manner: Manner
) -> list[Result]:
    """Send some drawings through."""
    return running.run(given, partial(send_through, open_editor=open_editor), sets, manner)


def send_through(document: Document, houses: tuple[House, ...], *, open_editor: Editor) -> Result:
    """Send one drawing through."""
    (house,) = houses
    content = document.path.read_bytes()
    key = f"{re.sub(r'[^A-Za-z0-9]+', '-', document.path.stem)}-{house.fresh_number()}"
    kept = house.ask("PUT", f"/drafts/{key}/diagram", content, **{"If-Match": '"0"'})
    if kept.status != 200:
        problems = refusals.of_answer(kept)
        outcome = Outcome.CLEAR if refusals.are_clear(problems) else Outcome.UNCLEAR
        return _result(document, outcome, refusals.told(problems))
    stored = house.ask("GET", f"/drafts/{key}/diagram").body
    if missing := lost(content, stored):
        return _result(document, Outcome.SILENT, f"lost in the store: {_told(missing)}")
    try:
        open_editor.round_trip(key)
    except EditorError as problem:
        return _result(document, Outcome.CRASH, f"editor: {problem}")
    saved = house.ask("GET", f"/drafts/{key}/diagram").body
    if missing := lost(content, saved):
        return _result(document, Outcome.SILENT, f"lost in the editor: {_told(missing)}")
    return _result(document, Outcome.PASS, "")


def _result(document: Document, outcome: Outcome, detail: str) -> Result:
    return Result(id=document.id, group=document.group, outcome=outcome, detail=detail)


def _told(missing: Sequence[Fact]) -> str:
    shown = "; ".join(" ".join(fact) for fact in missing[:40])
    return f"{len(missing)} facts: {shown}"

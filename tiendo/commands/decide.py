"""`tiendo decide`: make a decision of a DMN file with inputs, without an installation."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tiendo.shell import definition_files, json_option, moment, print_json, variables

if TYPE_CHECKING:
    from engine import dmn
    from foundation.working_time import WorkingCalendar


@click.command("decide", help="Chạy thử một bảng quyết định với dữ liệu cho trước; thoát mã 1 khi hỏng.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--decision", help="Tên hoặc mã quyết định, khi các tệp có nhiều quyết định.")
@click.option("--input", "given", help="Dữ liệu vào dạng JSON, ví dụ '{\"urgency\": 0}', hoặc @tệp.json.")
@click.option("--at", "decided_at", help="Thời điểm quyết định (ISO 8601); mặc định là bây giờ.")
@json_option
def command(
    *, files: tuple[Path, ...], decision: str | None, given: str | None, decided_at: str | None, as_json: bool
) -> None:
    """Decide, and print the result with the rules that matched and every warning."""
    from engine import dmn
    from engine.feel.values import to_json
    from foundation.clock import SystemClock

    model, wanted = _find(definition_files(files), decision)
    now = SystemClock().now() if decided_at is None else moment(decided_at)
    found = dmn.decide(model, wanted.element, variables(given), now=now, calendar=_calendar())
    answer = {
        "decision": wanted.name,
        "result": to_json(found.value),
        "matched_rules": list(found.matched_rules),
        "decisions": {name: to_json(value) for name, value in found.decisions.items()},
        "warnings": [
            {
                "code": one.code,
                "element": one.element,
                "position": one.position,
                "message": str(one.message),
            }
            for one in found.warnings
        ],
    }
    if as_json:
        print_json(answer)
    else:
        _show(answer)


def _find(files: dict[str, bytes], wanted: str | None) -> "tuple[dmn.Model, dmn.Decision]":
    """Give the decision of a name or id in the files; raises NotFound, Invalid or DecisionError."""
    from engine import dmn
    from foundation.errors import Invalid, NotFound
    from foundation.texts import _

    pairs: list[tuple[dmn.Model, dmn.Decision]] = []
    for model in dmn.read_all(_only_decisions(files)).values():
        if isinstance(model, dmn.DecisionError):
            raise model
        pairs += [(model, one) for one in model.decisions.values()]
    chosen = (
        pairs if wanted is None else [pair for pair in pairs if wanted in (pair[1].name, pair[1].element)]
    )
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(one.name for _model, one in pairs) or "–"
    if wanted is not None and not chosen:
        raise NotFound(_("Không có quyết định “{wanted}”; các tệp có: {names}.", wanted=wanted, names=names))
    raise Invalid(_("Cần chọn một quyết định bằng --decision; các tệp có: {names}.", names=names))


def _only_decisions(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name.endswith(".dmn")}


def _calendar() -> "WorkingCalendar":
    """Give the calendar of the packaged days, as an installation has it on its first day."""
    from foundation import calendars
    from foundation.clock import SystemClock
    from foundation.database import Base, Database

    database = Database("sqlite://", SystemClock())
    Base.metadata.create_all(database.write_engine)
    with database.unit_of_work() as work:
        calendars.seed(work)
        loaded = calendars.load(work.session)
        work.commit()
    database.dispose()
    return loaded


def _show(answer: dict[str, Any]) -> None:
    import json

    click.echo(f"{answer['decision']}: {json.dumps(answer['result'], ensure_ascii=False, indent=2)}")
    if answer["matched_rules"]:
        click.echo(f"Luật khớp: {', '.join(map(str, answer['matched_rules']))}")
    for warning in answer["warnings"]:
        place = f" ({warning['element']})" if warning["element"] else ""
        click.echo(f"Lưu ý{place}: {warning['message']}")

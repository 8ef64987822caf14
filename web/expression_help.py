"""Help for whoever writes expressions: the reference with search, and a box to try one with variables."""

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Blueprint, render_template, request

from engine import expression_help, expression_trials
from engine.calendar import CalendarOnDemand
from engine.expression_trials import ExpressionTrial
from engine.feel.builtins.registry import Builtin
from foundation.errors import Invalid
from foundation.texts import Text
from foundation.vietnamese import fold
from web import context
from web.gate import rule, runtime
from web.posted import problems

blueprint = Blueprint("expression_help", __name__, url_prefix="/help")

#: characters of a source that are taken; the interpreter has its own limit below
_MOST = 20_000


@blueprint.get("/feel")
@rule("decisions.read")
def index() -> str:
    """Show functions, operators, cells and common mistakes; `q` searches, also without diacritics."""
    wanted = request.args.get("q", "").strip()[:100]
    template = "expressions/reference.html" if "HX-Request" in request.headers else "expressions/help.html"
    return render_template(
        template,
        here="definitions",
        wanted=wanted,
        families=_found(wanted),
        operators=[
            one for one in expression_help.OPERATORS if _fits(wanted, context.text(one.words), one.expression)
        ],
        cells=[one for one in expression_help.CELLS if _fits(wanted, one[0], context.text(one[1]))],
        mistakes=[
            one
            for one in expression_help.MISTAKES
            if _fits(wanted, one.wrong, one.right, context.text(one.words))
        ],
        source=request.args.get("source", "")[:_MOST],
        variables="",
        trial=None,
        errors={},
    )


@blueprint.post("/feel/try")
@rule("decisions.evaluate")
def evaluate() -> str:
    """Try an expression; nothing is stored. Variables that were not given are proposed."""
    source = request.form.get("source", "")[:_MOST]
    variables = request.form.get("variables", "")
    if not variables.strip():
        proposed = expression_trials.examples(source)
        variables = orjson.dumps(proposed, option=orjson.OPT_INDENT_2).decode() if proposed else ""
    trial: ExpressionTrial | None = None
    errors: dict[str, str] = {}
    try:
        values: dict[str, Any] = expression_trials.read_variables(variables)
        if source.strip():
            trial = _evaluated(source, values)
    except Invalid as error:
        errors = problems(error)
    template = "expressions/box.html" if "HX-Request" in request.headers else "expressions/tried.html"
    return render_template(
        template, here="definitions", source=source, variables=variables, trial=trial, errors=errors
    )


def _evaluated(source: str, values: dict[str, Any]) -> ExpressionTrial:
    with runtime().database.reading() as session:
        return expression_trials.run(
            source, values, now=runtime().clock.now(), calendar=CalendarOnDemand(session)
        )


def _found(wanted: str) -> Sequence[tuple[str, Text, list[Builtin]]]:
    families = []
    for key, title, functions in expression_help.families():
        kept = [
            one
            for one in functions
            if _fits(wanted, one.name, context.text(one.description.text), context.text(title))
        ]
        if kept:
            families.append((key, title, kept))
    return families


def _fits(wanted: str, *texts: str) -> bool:
    text = fold(" ".join(texts))
    return all(word in text for word in fold(wanted).split())

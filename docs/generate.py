"""Writes the parts of the reference that come from the code: `python -m docs.generate`; `--check` only looks.

A page marks a generated part by `<!-- generated: NAME -->` and `<!-- end -->`; what lies between belongs to
this script, the rest of the page to its author. A test fails when the two disagree.
"""

import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from foundation.texts import Text, translate

HERE = Path(__file__).parent
_PART = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

#: groups of elements in the table of BPMN support, in the order people look for them
_GROUPS = (
    ("Activities", ("Task", "task", "Process", "transaction", "callActivity")),
    ("Gateways", ("Gateway",)),
    ("Events", ("Event",)),
    ("Other diagrams", ("",)),
)
_PLACES = {
    "": "",
    "process": "of a process",
    "subProcess": "of a sub-process",
    "eventSubProcess": "of an event sub-process",
}


def bpmn_support() -> str:
    """Give the tables of elements that run and that are refused."""
    from engine import lint

    rows = lint.supported()
    parts = []
    left = list(rows)
    for title, endings in _GROUPS:
        own = [row for row in left if row.element.endswith(endings) and "horeograph" not in row.element]
        own = own if any(endings) else left
        left = [row for row in left if row not in own]
        cells = [
            (
                f"`{row.element}`",
                " ".join(filter(None, (row.event, _PLACES[row.place]))),
                "runs" if row.reason is None else "**refused**",
                "" if row.reason is None else _said(row.reason),
            )
            for row in own
        ]
        parts.append(f"### {title}\n\n{_table(('element', 'event', '', 'reason'), cells)}")
    return "\n\n".join(parts)


def bpmn_features() -> str:
    """Give the uses of supported elements that are refused."""
    from engine.lint import support

    rows = [
        (f"`{one.name}`", ", ".join(f"`{name}`" for name in sorted(one.elements)), _said(one.reason))
        for one in support.FEATURES
    ]
    return _table(("attribute or part", "on", "reason"), rows)


def lint_rules() -> str:
    """Give every rule of gate and lint, in alphabetical order."""
    import engine
    from engine import lint

    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        importlib.import_module(module.name)  # a rule registers itself when its module is imported
    rows = [
        (
            f"`{one.code}`",
            one.severity,
            f"{_said(one.message)}<br>*{_said(one.explanation)}*",
            f"`{one.example}`" if one.example else "",
        )
        for one in sorted(lint.catalogue(), key=lambda one: one.code)
    ]
    return _table(("rule", "severity", "message, and why it matters", "breaks it"), rows)


def feel_functions() -> str:
    """Give every built-in function with its signatures, what it is for, and an example."""
    from engine.feel.builtins import BUILTINS
    from engine.feel.builtins.descriptions import FAMILIES

    parts = []
    for family, title in FAMILIES.items():
        rows = [
            (
                "<br>".join(f"`{one}`" for one in function.signatures()),
                _said(function.description.text).replace(" · ", "<br>"),
                f"`{function.description.example}`<br>→ `{function.description.result}`",
            )
            for name, function in sorted(BUILTINS.items())
            if function.family == family
        ]
        parts.append(f"### {translate(title.template, 'en')}\n\n{_table(('function', '', 'example'), rows)}")
    return "\n\n".join(parts)


def feel_differences() -> str:
    """Give what another implementation is known to answer otherwise."""
    from tests.engine.feel.differential.grammar import KNOWN

    def shown(answer: list[object]) -> str:
        kind, value = answer
        return "`null`" if value is None else f"`{json.dumps(value, ensure_ascii=False)}` ({kind})"

    rows = [(f"`{one}`", shown(ours), shown(theirs), why) for one, ours, theirs, why in KNOWN]
    return _table(("expression", "here", "feelin", "why"), rows)


def feel_limits() -> str:
    """Give the bounds of the interpreter."""
    from dataclasses import fields

    from engine.feel import limits

    source = Path(limits.__file__).read_text(encoding="utf-8")
    meanings = dict(re.findall(r"#: (.+)\n    (\w+): int", source))
    told = {name: what for what, name in meanings.items()}
    rows = [
        (told[one.name], f"{getattr(limits.DEFAULT, one.name):,}".replace(",", " "))
        for one in fields(limits.Limits)
    ]
    return _table(("what", "at most"), rows)


def form_components() -> str:
    """Give the component types that are taken, with their rules."""
    from engine.forms import components

    rows = []
    for kind in sorted(components.SUPPORTED):
        rules = components._RULES.get(kind, frozenset())  # noqa: SLF001  the page shows the very table that is applied
        made = components.FIELDS.get(kind)
        taken = ", ".join(f"`{rule}`" for rule in sorted(rules | {"required"})) if made else ""
        rows.append(
            (
                f"`{kind}`",
                _first_line(made) if made else "only shown" if kind != "group" else "a group",
                taken,
            )
        )
    return _table(("type", "", "rules in `validate`"), rows)


def webhook_events() -> str:
    """Give every event that can be subscribed to."""
    from webhooks.events import CATALOGUE

    families: dict[str, list[tuple[str, str]]] = {}
    for name, meaning in CATALOGUE.items():
        families.setdefault(name.partition(".")[0], []).append((f"`{name}`", _said(meaning)))
    return "\n\n".join(
        f"### `{family}.*`\n\n{_table(('event', 'meaning'), rows)}" for family, rows in families.items()
    )


def webhook_retries() -> str:
    """Give the schedule of attempts."""
    from webhooks.schedule import DELAYS

    rows = [(str(number), _span(delay.total_seconds())) for number, delay in enumerate(DELAYS, start=1)]
    return _table(("attempt", "after the one before"), rows)


def assignment_states() -> str:
    """Give the states of an assignment with the acts that lead out of each."""
    from directives import states

    rows = []
    for state in states.State:
        out = [
            f"`{act}`" + (f" → {_said(states.STATE_NAMES[target])}" if target else "")
            for act, (allowed, target) in states.TRANSITIONS.items()
            if state in allowed
        ]
        rows.append((f"`{state.value}`", _said(states.STATE_NAMES[state]), "<br>".join(out) or "*(the end)*"))
    return _table(("stored as", "on screen", "acts that may follow"), rows)


def assignment_diagram() -> str:
    """Give the acts with a fixed target as a Mermaid state diagram."""
    from directives import states

    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> moi"]
    for act, (allowed, target) in states.TRANSITIONS.items():
        if target is not None and act != "cancel":
            lines += [f"    {one.value} --> {target.value}: {act}" for one in states.State if one in allowed]
    lines += [f"    {one.value} --> [*]" for one in sorted(states.ENDED)]
    return "\n".join([*lines, "```"])


def pictures() -> str:
    """Give every page with its picture at both widths."""
    from docs.screenshots import SHOTS, WIDTHS

    rows = [
        (
            f"`{shot.path}`" + " → …" * len(shot.follow),
            f"`{shot.login}`" if shot.login else "–",
            *(f"[{width}](pictures/{shot.name}-{width}.png)" for width in WIDTHS),
        )
        for shot in SHOTS
    ]
    return _table(("begins at", "seen by", "1366 × 768", "390 × 844"), rows)


def decisions() -> str:
    """Give the list of decisions with their titles."""
    lines = []
    for page in sorted((HERE / "decisions").glob("0*.md")):
        number = page.name.partition("-")[0]
        title = (
            page.read_text(encoding="utf-8")
            .partition("\n")[0]
            .lstrip("# ")
            .removeprefix(number)
            .strip(" :–-")
        )
        lines.append(f"- [{number}]({page.name}) {title}")
    return "\n".join(lines)


def engine_states() -> str:
    """Give the states of instances and of pieces of work, with the reasons written beside them."""
    from engine import states

    source = Path(states.__file__).read_text(encoding="utf-8")
    parts = []
    for kind, title in ((states.InstanceState, "Process instance"), (states.WorkState, "Piece of work")):
        body = source.partition(f"class {kind.__name__}")[2].partition("\nclass ")[0]
        why = {value: text for text, value in re.findall(r'#: (.+)\n    \w+ = "(\w+)"', body)}
        rows = [(f"`{state.value}`", why.get(state.value, "")) for state in kind]
        parts.append(f"### {title}\n\n{kind.__doc__}\n\n{_table(('state', ''), rows)}")
    return "\n\n".join(parts)


def roles() -> str:
    """Give the roles with their rights."""
    from directives.roles import PERMISSIONS, ROLES, Reach

    rows = []
    for role in ROLES.values():
        if role.permissions == frozenset(PERMISSIONS):
            rights = "everything"
        else:
            rights = ", ".join(f"`{right}`" for right in PERMISSIONS if right in role.permissions)
        reach = (
            "the whole installation" if role.reach is Reach.EVERYWHERE else "its organisation and all below"
        )
        rows.append((f"`{role.key}`", _said(role.title), reach, rights))
    return _table(("role", "title", "reach", "rights"), rows)


def rights() -> str:
    """Give every right with its name."""
    from directives.roles import PERMISSIONS

    return _table(("right", "name"), [(f"`{key}`", _said(name)) for key, name in PERMISSIONS.items()])


def commands() -> str:
    """Give every command of the shell with its arguments and options."""
    from tiendo import cli

    context = click.Context(cli.tiendo, info_name="tiendo")
    parts = []
    for name in cli.tiendo.list_commands(context):
        try:
            found = cli.tiendo.get_command(context, name)
        except ModuleNotFoundError:
            continue
        if found is not None:
            parts.append(_command(found, f"tiendo {name}"))
    return "\n\n".join(parts)


def api_routes() -> str:
    """Give every route of the machine API with the right it asks for."""
    from api.gate import PUBLIC, rule_of

    app = _application()
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        if not view.__module__.startswith("api.") or rule_of(view) is None:
            continue
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        needed = "*(public)*" if rule_of(view) == PUBLIC else f"`{rule_of(view)}`"
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        rows.append((methods, f"`{path}`", needed, _first_line(view)))
    return _table(("", "path", "right", ""), rows)


#: name of a generated part → what writes it
PARTS: dict[str, Callable[[], str]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        api_routes, assignment_diagram, assignment_states, bpmn_features, bpmn_support, commands,
        decisions, engine_states, feel_differences, feel_functions, feel_limits, form_components, lint_rules,
        pictures, rights, roles, webhook_events, webhook_retries,
    )
}  # fmt: skip


def pages() -> list[Path]:
    """Give the pages with generated parts."""
    return [page for page in sorted(HERE.rglob("*.md")) if _PART.search(page.read_text(encoding="utf-8"))]


def renewed(text: str) -> str:
    """Give a page with its generated parts written anew. LookupError for a part nobody writes."""
    return _PART.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n\n{found[3]}", text)


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` tell which are out of date; gives the exit code."""
    stale = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        new = renewed(text)
        if new == text:
            continue
        stale.append(page)
        if "--check" not in arguments:
            page.write_text(new, encoding="utf-8")
    for page in stale:
        click.echo(
            f"{page.relative_to(HERE.parent)}: {'out of date' if '--check' in arguments else 'written'}"
        )
    return int(bool(stale) and "--check" in arguments)


def _application() -> Any:
    import tempfile

    from tiendo import house, server
    from tiendo.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        runtime = house.build(Settings(data=Path(folder)))
        try:
            return server.create_app(runtime)
        finally:
            runtime.database.dispose()


def _command(command: click.Command, name: str) -> str:
    if isinstance(command, click.Group):
        own = [_command(inner, f"{name} {key}") for key, inner in sorted(command.commands.items())]
        return "\n\n".join((f"## {name}\n\n{command.help or ''}", *own))
    level = "##" if name.count(" ") == 1 else "###"
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    options = [one for one in command.params if isinstance(one, click.Option)]
    usage = " ".join((name, *(one.make_metavar(click.Context(command)) for one in arguments)))
    rows = [
        (
            ", ".join(f"`{flag}`" for flag in (*one.opts, *one.secondary_opts)),
            "" if one.is_flag else "several" if one.multiple else "required" if one.required else "",
            one.help or "",
        )
        for one in options
    ]
    table = f"\n\n{_table(('option', '', ''), rows)}" if rows else ""
    return f"{level} {name}\n\n`{usage}` – {command.help or ''}{table}"


def _said(text: Text) -> str:
    """Give a message in English and Vietnamese, once where they are the same."""
    english = translate(text.template, "en")
    return text.template if english == text.template else f"{english} · {text.template}"


def _first_line(documented: Any) -> str:
    return (documented.__doc__ or "").strip().partition("\n")[0]


def _span(seconds: float) -> str:
    for unit, length in (("h", 3600), ("min", 60), ("s", 1)):
        if seconds >= length:
            return f"{seconds / length:g} {unit}"
    return "at once"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += [
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

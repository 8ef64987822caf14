"""Context functions (DMN 1.5 table 83)."""

from typing import Any

from engine.feel.builtins.registry import Refused, builtin
from engine.feel.run import Run
from foundation.texts import _

Context = dict[str, Any]


@builtin("get value(m: context, key: string|list)")
@builtin("get value(context: context, keys: string|list)")
def get_value(_run: Run, context: Context, key: str | list[str]) -> Any:
    """Give the entry of a key, or the one reached along a list of keys; null without one."""
    found: Any = context
    for step in key if isinstance(key, list) else [key]:
        if not isinstance(found, dict) or type(step) is not str:
            return None
        found = found.get(step)
    return found if key else None


@builtin("get entries(m: context)")
def get_entries(run: Run, context: Context) -> list[Context]:
    """Give the entries as contexts with key and value."""
    run.charge(2 * len(context))  # each becomes a context of its own
    return run.new_list([{"key": key, "value": value} for key, value in context.items()])


@builtin("context(entries: list|context)")
def context_of(run: Run, entries: list[Any] | Context) -> Context:
    """Make a context of entries with key and value; a repeated key is refused."""
    made: Context = {}
    rows = [entries] if isinstance(entries, dict) else entries
    run.charge(len(rows))
    for entry in rows:
        if not isinstance(entry, dict) or type(entry.get("key")) is not str or "value" not in entry:
            raise Refused(_("mỗi mục cần có “key” là chuỗi và “value”"))
        if entry["key"] in made:
            raise Refused(_("khóa “{key}” xuất hiện hai lần", key=entry["key"]))
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put(context: context, key: string, value: any)")
def context_put(run: Run, context: Context, key: str, value: Any) -> Context:
    """Give the context with one entry set."""
    run.charge(len(context) >> 2)
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def context_put_deep(run: Run, context: Context, keys: list[Any], value: Any) -> Context:
    """Give the context with the entry set that is reached along a list of keys."""
    if not keys or any(type(key) is not str for key in keys) or len(keys) > run.limits.depth:
        raise Refused(_("danh sách khóa phải gồm các chuỗi"))
    made = outer = {**context}
    for key in keys[:-1]:
        run.charge(1 + len(outer) // 4)
        inner = outer.get(key)
        if inner is not None and not isinstance(inner, dict):
            raise Refused(_("mục “{key}” không phải là ngữ cảnh", key=key))
        outer[key] = {**(inner or {})}
        outer = outer[key]
    outer[keys[-1]] = value
    return made


@builtin("context merge(contexts: list|context)")
def context_merge(run: Run, contexts: list[Any] | Context) -> Context:
    """Give one context with the entries of all; later ones win."""
    made: Context = {}
    for part in [contexts] if isinstance(contexts, dict) else contexts:
        if not isinstance(part, dict):
            raise Refused(_("mọi phần tử phải là ngữ cảnh"))
        run.charge(1 + len(part) // 4)
        made.update(part)
    return made

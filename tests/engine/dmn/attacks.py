"""Decision models made to hurt: each must end in a clear error, soon and in little memory.

`make bench` measures them in processes of their own; the suite asserts how they end.
"""

from collections.abc import Callable

from tests.engine.dmn.conftest import decision, definitions, input_data, literal, needs, table


def _of(logic: str, more: str = "") -> bytes:
    return definitions(input_data("l") + more + decision("d", logic, needs(inputs=["l"])))


def _rules(count: int) -> bytes:
    return _of(table(["l"], ["r"], [[f"{number}", "1"] for number in range(count)]))


def _each(word: str, domain: str, body: str) -> str:
    tag = {"for": "return", "filter": "match"}.get(word, "satisfies")
    return f'<{word} iteratorVariable="x"><in>{domain}</in><{tag}>{body}</{tag}></{word}>'


def _nested(word: str, depth: int) -> str:
    logic = literal("1")
    for _level in range(depth):
        logic = _each(word, literal("l"), logic)
    return logic


def _circle(count: int) -> bytes:
    ring = (
        decision(f"d{number}" if number else "d", literal("1"), needs(decisions=[f"d{number + 1}"]))
        for number in range(count)
    )
    return definitions("".join(ring) + decision(f"d{count}", literal("1"), needs(decisions=["d"])))


def _diamonds(count: int) -> bytes:
    """Give decisions that each need the next one twice: 2 ** count paths, and lists that double."""
    steps = (
        decision(
            f"d{number}" if number else "d",
            literal(f"concatenate(d{number + 1}, d{number + 1})"),
            needs(decisions=[f"d{number + 1}", f"d{number + 1}"]),
        )
        for number in range(count)
    )
    return definitions("".join(steps) + decision(f"d{count}", literal("[1]")))


def _recursive() -> bytes:
    body = "<encapsulatedLogic><formalParameter name='n'/>" + literal("f(n) + f(n)") + "</encapsulatedLogic>"
    knowledge = (
        '<businessKnowledgeModel id="f" name="f">'
        + body
        + needs(knowledge=["f"])
        + "</businessKnowledgeModel>"
    )
    return definitions(knowledge + decision("d", literal("f(1)"), needs(knowledge=["f"])))


def _service() -> bytes:
    service = (
        '<decisionService id="s" name="s"><outputDecision href="#e"/></decisionService>'
        + decision("e", literal("s()"), needs(knowledge=["s"]))
    )  # fmt: skip
    return definitions(service + decision("d", literal("s()"), needs(knowledge=["s"])))


def _deep_type() -> bytes:
    part = '<itemComponent name="c">' * 200 + "<typeRef>number</typeRef>" + "</itemComponent>" * 200
    return definitions(f'<itemDefinition name="t">{part}</itemDefinition>' + decision("d", literal("1")))


def _laughs() -> bytes:
    entities = "".join(
        f'<!ENTITY e{number} "{f"&e{number - 1};" * 10 if number else "ha"}">' for number in range(12)
    )
    return f"<!DOCTYPE definitions [{entities}]>".encode() + _of(literal("&e11;").replace("&amp;", "&"))


def _outside() -> bytes:
    return b'<!DOCTYPE definitions [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + _of(literal("1"))


#: name → a function that makes the model; its decision is `d`, its input `l` a list of 10 000 numbers
REFUSED: dict[str, Callable[[], bytes]] = {
    "a hundred thousand rules": lambda: _rules(100_000),
    "as many rules as elements": lambda: _rules(9_000),
    "decisions in a circle": lambda: _circle(1_000),
    "decisions that double lists": lambda: _diamonds(60),
    "a knowledge model that calls itself twice": _recursive,
    "a service that decides by itself": _service,
    "iterators in iterators": lambda: _of(_nested("for", 6)),
    "quantifiers in quantifiers": lambda: _of(_nested("some", 20)),
    "boxes in boxes": lambda: _of("<list>" * 200 + literal("1") + "</list>" * 200),
    "a loop over a billion": lambda: _of(_each("every", literal("[1..1000000000]"), literal("true"))),
    "types in types": _deep_type,
    "elements in elements": lambda: b"<a>" * 100_000 + b"</a>" * 100_000,
    "entities in entities": _laughs,
    "an entity of the machine": _outside,
    "ten megabytes": lambda: _of(literal("1" * 10_000_000)),
    "many bytes of text": lambda: _of(literal("1+" * 2_000_000 + "1")),
    "a name of megabytes": lambda: definitions(decision("d", literal("l" * 4_000_000))),
    "cells without end": lambda: _of(table(["l"], ["r"], [["1," * 9_000 + "1", "1"]] * 50)),
    "collected strings": lambda: _of(
        table(["1"], ["r"], [["-", "string join(for i in l return string(l))"]] * 200, policy="COLLECT")
    ),
    "allowed values for everything": lambda: definitions(
        '<itemDefinition name="t" isCollection="true"><typeRef>number</typeRef><allowedValues><text>'
        + ", ".join(f"-{number + 1}" for number in range(2_000))
        + ", >= 0</text></allowedValues></itemDefinition>"
        + input_data("l", "t")
        + decision("d", literal("l[1]"), needs(inputs=["l"]))
    ),
    "outputs without order": lambda: _of(
        table(["1"], ["r"], [["-", f"{number}"] for number in range(3_000)], policy="OUTPUT ORDER",
              values=", ".join(str(number) for number in range(2_000)))
    ),
}  # fmt: skip

#: what the models are asked with
INPUTS = {"l": list(range(10_000))}

"""Seeded FEEL expressions: templates by the kind of their value, over every operator and most functions.

Any operand may be null, so that three-valued logic and errors are compared too. What the other side is
known to do otherwise stands in `KNOWN`, each with its reason, and is left out of the templates.
"""

import random
import re

#: names every expression may use; both sides get the same values
VARIABLES = {
    "n": 7,
    "m": -2.5,
    "số lượng": 12,
    "s": "Đồng Nai",
    "t": "a,b,c",
    "yes": True,
    "nothing": None,
    "ns": [3, 1, 2, 2],
    "ss": ["b", "a", "c"],
    "mixed": [1, "a", None],
    "person": {"name": "An", "age": 41, "tags": ["x", "y"]},
    "people": [{"name": "An", "age": 41}, {"name": "Bình", "age": 29}, {"name": "Chi", "age": 35}],
}
#: deepest nesting of templates
DEPTH = 3

#: (expression, ours, theirs, why): differences that are understood, as [kind, value]
KNOWN: tuple[tuple[str, list[object], list[object], str], ...] = (
    ("[] = [1]", ["boolean", False], ["null", None], "lists of different length differ (DMN 1.5 table 53)"),
    ('-(@"P1D")', ["duration", "-P1D"], ["null", None], "durations are negated (DMN 1.5 §10.3.2.10)"),
    ('@"P1D" * 2', ["duration", "P2D"], ["null", None], "durations are multiplied (DMN 1.5 table 57)"),
    (
        '@"2024-01-31" + @"PT36H"',
        ["date", "2024-02-01"],
        ["date and time", "2024-02-01T12:00:00Z"],
        "a date and a duration give a date (DMN 1.5 table 57)",
    ),
    ("2 in [3..1]", ["boolean", False], ["boolean", True], "the ends of a range are not swapped"),
    ("2 in [1..null]", ["null", None], ["boolean", True], "comparing with null is null (DMN 1.5 table 55)"),
    (
        "before(null, 1)",
        ["null", None],
        ["boolean", True],
        "a function that needs a value gives null without",
    ),
    (
        "some x in [1] satisfies x > null",
        ["null", None],
        ["boolean", False],
        "three-valued (DMN 1.5 table 49)",
    ),
    ('number("")', ["null", None], ["number", 0], "an empty text is no number"),
    ("-(1) instance of number", ["boolean", True], ["null", None], "negation binds closer than a type test"),
    ("median([10, 9, 2])", ["number", 9.0], ["number", 2], "numbers are sorted as numbers"),
    ("remove([], 1)", ["null", None], ["list", []], "there is no first element to take"),
    (
        'years and months duration(@"2024-02-29", @"2023-12-31")',
        ["duration", "-P1M"],
        ["duration", "-P1M29D"],
        "years and months only (DMN 1.5 table 76)",
    ),
    (
        "string(2 / 3)",
        ["string", "0.6666666666666666666666666666666667"],
        ["string", "0.6666666666666666"],
        "numbers have 34 decimal digits (DMN 1.5 §10.3.2.3.1)",
    ),
)

LEAVES: dict[str, tuple[str, ...]] = {
    "number": ("0", "1", "2", "3", "10", "-4", "0.5", "2.25", "n", "m", "số lượng", "person.age", "nothing"),
    "string": ('""', '"a"', '"abc"', '"Quảng Trị"', '"10"', "s", "t", "person.name", "nothing"),
    "boolean": ("true", "false", "yes", "nothing"),
    "date": ('@"2024-02-29"', '@"2023-12-31"', 'date("2024-01-31")', "date(2025, 7, 1)"),
    "moment": ('@"2024-02-29T08:30:00Z"', '@"2024-01-31T23:59:59Z"', 'date and time("2025-07-01T00:00:00Z")'),
    "time": ('@"08:30:00Z"', '@"23:59:59Z"', 'time("00:00:00Z")'),
    "days": ('@"PT36H"', '@"P1D"', '@"-PT30M"', 'duration("P2DT3H4M5S")'),
    "months": ('@"P1Y2M"', '@"-P5M"', 'duration("P2Y")'),
    "numbers": ("[]", "[1, 2, 3]", "[5]", "ns", "[2, 2, 4, 0]"),
    "strings": ("[]", '["b", "a"]', "ss", '["x"]'),
    "context": ("{}", "{a: 1}", '{a: 1, b: "x"}', "person"),
}

TEMPLATES: dict[str, tuple[str, ...]] = {
    "number": (
        "<number> + <number>",
        "<number> - <number>",
        "<number> * <number>",
        "(<number>) / (<number>)",
        "-(<number>)",
        "(<number>) ** 2",
        "(<number> - <number>) * <number>",
        "if <boolean> then <number> else <number>",
        "abs(<number>)",
        "floor(<number>)",
        "ceiling(<number>)",
        "modulo(<number>, <number>)",
        "decimal(<number>, 1)",
        "round half up(<number>, 0)",
        "round half down(<number>, 0)",
        "round up(<number>, 0)",
        "round down(<number>, 0)",
        "sqrt(abs(<number>))",
        "number(string(<number>))",
        "count(<numbers>)",
        "sum(<numbers>)",
        "min(<numbers>)",
        "max(<numbers>)",
        "mean(<numbers>)",
        "product(<numbers>)",
        "(<numbers>)[1]",
        "(<numbers>)[-1]",
        "string length(<string>)",
        "(<date>).year",
        "(<date>).month",
        "(<date>).day",
        "(<moment>).hour",
        "(<date>).weekday",
        "(<days>).hours",
        "(<months>).months",
        "day of year(<date>)",
        "(<context>).a",
        "people[1].age",
        "count(people[age > <number>])",
    ),
    "string": (
        "<string> + <string>",
        "if <boolean> then <string> else <string>",
        "substring(<string>, 2)",
        "substring(<string>, 1, 2)",
        "substring(<string>, -1)",
        "upper case(<string>)",
        "lower case(<string>)",
        "substring before(<string>, <string>)",
        "substring after(<string>, <string>)",
        'replace(<string>, "[aă]", "-")',
        "string(floor(<number>))",
        "string(<date>)",
        "string(<days>)",
        "string(<months>)",
        "string(<boolean>)",
        "string join(<strings>)",
        'string join(<strings>, ", ")',
        "(<strings>)[1]",
        "day of week(<date>)",
        "month of year(<date>)",
    ),
    "boolean": (
        "<number> < <number>",
        "<number> >= <number>",
        "<number> = <number>",
        "<number> != <number>",
        "<string> = <string>",
        "<string> < <string>",
        "<date> < <date>",
        "<moment> <= <moment>",
        "<time> > <time>",
        "<days> > <days>",
        "<months> <= <months>",
        "<boolean> and <boolean>",
        "<boolean> or <boolean>",
        "not(<boolean>)",
        "<number> in [-4..count(<numbers>)]",
        "<number> in (-4..count(<numbers>) + 1)",
        "<number> in (<number>, <number>)",
        "<number> between -4 and count(<numbers>)",
        "some x in ns satisfies x > count(<numbers>)",
        "every x in people.age satisfies x > count(<numbers>)",
        "contains(<string>, <string>)",
        "starts with(<string>, <string>)",
        "ends with(<string>, <string>)",
        'matches(<string>, "^[a-c]+$")',
        "list contains(<numbers>, <number>)",
        "all([<boolean>, <boolean>])",
        "any([<boolean>, <boolean>])",
        "(<number>) instance of number",
        "(<string>) instance of string",
        "(<date>) instance of date",
        "if <boolean> then <boolean> else <boolean>",
        "before(count(<numbers>), count(<numbers>))",
        "includes([0..count(<numbers>)], count(<numbers>))",
    ),
    "date": (
        "<date> + <months>",
        "<date> - <months>",
        "date(<moment>)",
        "if <boolean> then <date> else <date>",
        "(<moment> + <days>).date",
    ),
    "moment": (
        "<moment> + <days>",
        "<moment> - <days>",
        "<moment> + <months>",
        "date and time(<date>, <time>)",
        "if <boolean> then <moment> else <moment>",
    ),
    "time": ("<time> + <days>", "<time> - <days>", "time(<moment>)", "(<moment>).time"),
    "days": (
        "<days> + <days>",
        "<days> - <days>",
        "<date> - <date>",
        "<moment> - <moment>",
        "abs(<days>)",
    ),
    "months": (
        "<months> + <months>",
        "<months> - <months>",
    ),
    "numbers": (
        "[<number>, <number>]",
        "(<numbers>)[item > count(<numbers>)]",
        "for x in <numbers> return x * 2",
        "for i in 1..3 return i + <number>",
        "for x in <numbers>, y in <numbers> return x + y",
        "append(<numbers>, <number>)",
        "concatenate(<numbers>, <numbers>)",
        "reverse(<numbers>)",
        "sublist(append(<numbers>, 9), 1)",
        "remove(append(<numbers>, 9), 1)",
        "insert before(append(<numbers>, 9), 1, <number>)",
        "distinct values(<numbers>)",
        "union(<numbers>, <numbers>)",
        "flatten([<numbers>, <numbers>])",
        "index of(<numbers>, <number>)",
        "sort(<numbers>, function(a, b) a < b)",
        "people.age",
    ),
    "strings": (
        "[<string>, <string>]",
        'split(<string>, ",")',
        "people.name",
        "people[age > <number>].name",
        "sort(<strings>, function(a, b) a < b)",
        "append(<strings>, <string>)",
        "distinct values(<strings>)",
        "get entries(<context>).key",
    ),
    "context": (
        "{a: <number>, b: <string>}",
        "{a: <number>, b: a + 1}",
        "people[1]",
        "(<context>)",
        'context put(<context>, "c", <number>)',
        "context merge([<context>, <context>])",
        "if <boolean> then <context> else <context>",
    ),
}
_HOLE = re.compile(r"<(\w+)>")
_KINDS = tuple(TEMPLATES)


class Grammar:
    """Gives one expression after the other; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        """Begin a sequence."""
        self._random = random.Random(seed)  # noqa: S311  chance, not secrets

    def expression(self) -> str:
        """Give the next expression."""
        return self._of(self._random.choice(_KINDS), self._random.randint(1, DEPTH))

    def _of(self, kind: str, depth: int) -> str:
        if depth == 0:
            return self._random.choice(LEAVES[kind])
        template = self._random.choice(TEMPLATES[kind])
        return _HOLE.sub(lambda hole: self._operand(hole[1], depth - 1), template)

    def _operand(self, kind: str, depth: int) -> str:
        inner = self._of(kind, self._random.randint(0, depth))
        return f"({inner})" if " " in inner else inner

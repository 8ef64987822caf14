"""Coverage-guided fuzzing of parser, evaluator, unary tests and the DMN reader: `make fuzz`.

    python -m tests.engine.feel.fuzzing --seconds 600 --findings DIR

An input ends in a plain value or in an error of the product; anything else is a finding, written to the
folder with its input, and so is one that needs more than `MOST_SECONDS` of processor time. The exit code is 1
when there are findings. Needs atheris (requirements-fuzz.lock), which is no part of the ordinary environment.
"""

import argparse
import subprocess
import sys
import tempfile
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable

#: processor seconds after which an input counts as a hang; instrumented code is several times slower
MOST_SECONDS = 2.0
_ROOT = Path(__file__).parents[3]
_NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"

_SIGNS = (  # noqa: SIM905  one word per line would fill two pages
    "+ - * / ** = != < <= > >= ( ) [ ] { } .. , : . ? @ and or in between if then else for return some every "
    "satisfies function(x) function(x,y) external instance of not( null true false 0 1 2 -1 1.5 1e30 1e6144 "
    '"a" "(a+)+$" "$1" "," "" x y a b c l item partial number string list<Any> context<a:number> '
    'range<number> function<Any>->Any date time @"2024-01-31" @"2024-01-31T10:00:00Z" @"10:00:00" @"PT1H" '
    '@"P1Y" @"999999999-12-31" {a:1} [1,2] [1..3] (<3) - \n // /* */'
).split(" ")


class Targets:
    """What is fuzzed, imported only when the instrumentation is on."""

    def __init__(self) -> None:
        """Import the rooms under test and make the dictionary."""
        from engine import dmn, feel
        from engine.feel.builtins import BUILTINS
        from engine.feel.values import to_json
        from foundation.errors import TiendoError
        from tests.engine.feel.conftest import NOW, WeekdaysOnly
        from tests.engine.feel.plain import is_plain

        self.dmn, self.feel, self.known_error, self.now = dmn, feel, TiendoError, NOW
        self.calendar, self.is_plain, self.to_json = WeekdaysOnly(), is_plain, to_json
        self.words = [*_SIGNS, *(f"{name}(" for name in sorted(BUILTINS))]
        self.scope = {"a": 1, "b": "chữ", "c": {"a": {"b": [None, 2.5]}}, "l": list(range(40)), "x": "P1D"}
        self.each: tuple[Callable[[bytes], None], ...] = (
            self.expression, self.tests, self.model, self.xml,
        )  # fmt: skip

    def text(self, data: bytes) -> str:
        """Give an expression: words of the language byte by byte, or the text as it is."""
        if data[:1] < b"\x60":
            return data[1:].decode("utf-8", "replace")
        return " ".join(self.words[byte % len(self.words)] for byte in data[1:200])

    def expression(self, data: bytes) -> None:
        """Compile and evaluate an expression."""
        compiled = self.feel.compile(self.text(data))
        self._require_plain(compiled.evaluate(self.scope, now=self.now, calendar=self.calendar))

    def tests(self, data: bytes) -> None:
        """Compile and evaluate a cell on values of several kinds."""
        compiled = self.feel.compile_unary_tests(self.text(data))
        for value in (None, 3, "a", True, [1, "a"]):
            self._require_plain(compiled.evaluate(value, self.scope, now=self.now))

    def model(self, data: bytes) -> None:
        """Read, judge and decide a model with a table and a boxed expression made of the bytes."""
        parts = (data or b"\0").split(b"\xff")
        texts = [escape(self.text(part)).replace("\0", " ") for part in parts[:8]] * 8
        texts = ["".join(c for c in text if c.isprintable()) for text in texts]
        policy = ("UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")[
            len(data) % 7
        ]
        rules = "".join(
            f"<rule><inputEntry><text>{texts[at]}</text></inputEntry>"
            f"<outputEntry><text>{texts[at + 1]}</text></outputEntry></rule>"
            for at in range(3)
        )
        literal = f"<literalExpression><text>{texts[5]}</text></literalExpression>"
        table = (
            f'<decisionTable hitPolicy="{policy}"><input><inputExpression typeRef="number">'
            f"<text>{texts[3]}</text></inputExpression></input><output><outputValues><text>{texts[4]}</text>"
            f"</outputValues></output>{rules}</decisionTable>"
        )
        named = f"<contextEntry><variable name='y'/>{literal}</contextEntry>"
        logic = (
            table,
            f"<for iteratorVariable='x'><in>{literal}</in><return>{literal}</return></for>",
            f"<filter><in>{literal}</in><match>{literal}</match></filter>",
            f"<context>{named}<contextEntry>{literal}</contextEntry></context>",
        )[len(data) % 4]
        self._decide(
            f'<definitions xmlns="{_NAMESPACE}" namespace="m"><inputData id="i" name="a"/><decision id="d" '
            f'name="d"><informationRequirement><requiredInput href="#i"/></informationRequirement>{logic}'
            "</decision></definitions>".encode()
        )

    def xml(self, data: bytes) -> None:
        """Read, judge and decide whatever XML the bytes are."""
        self._decide(data)

    def _decide(self, xml: bytes) -> None:
        model = self.dmn.read(xml)
        for problem in self.dmn.lint(model):
            str(problem.message)
        for decision in list(model.decisions)[:3]:
            self._require_plain(self.dmn.decide(model, decision, self.scope, now=self.now))

    def _require_plain(self, found: Any) -> None:
        if not self.is_plain(found.value):
            raise AssertionError(f"not plain: {type(found.value)}")
        self.to_json(found.value)
        for warning in found.warnings:
            str(warning.message)


class Hunt:
    """Runs the targets and keeps what they find."""

    def __init__(self, folder: Path) -> None:
        """Begin with an empty folder of findings."""
        self.targets = Targets()
        self.folder = folder
        self.seen: set[str] = set()

    def __call__(self, data: bytes) -> None:
        """Run one input: its first byte chooses the target."""
        if not data:
            return
        target = self.targets.each[data[0] % len(self.targets.each)]
        started = time.process_time()
        try:
            target(data[1:])
        except self.targets.known_error:
            pass
        except (Exception, RecursionError) as problem:  # noqa: BLE001  the very thing looked for
            frames = traceback.extract_tb(problem.__traceback__)
            place = f"{type(problem).__name__} {Path(frames[-1].filename).name}:{frames[-1].lineno}"
            self.keep(place, target.__name__, data[1:], traceback.format_exc(limit=-8))
        took = time.process_time() - started
        if took > MOST_SECONDS:
            self.keep(f"slow {target.__name__} {int(took)}", target.__name__, data[1:], f"{took:.1f} s")

    def keep(self, place: str, target: str, data: bytes, why: str) -> None:
        """Write a finding down, each place once."""
        if place in self.seen:
            return
        self.seen.add(place)
        shown = data if target == "xml" else self.targets.text(data)
        report = f"{place}\ntarget {target}\ninput {data!r}\nread as {shown!r}\n\n{why}\n"
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{len(self.seen):03}.txt").write_text(report, encoding="utf-8")
        sys.stderr.write(report)


def seeds() -> list[bytes]:
    """Give inputs to begin with: generated expressions, cells, and the shipped decision models."""
    from tests.engine.feel.differential.grammar import Grammar

    grammar = Grammar(1)
    texts = [grammar.expression().encode() for _number in range(300)]
    cells = [b"-", b"< 5", b"[1..5)", b'"A", "B"', b"not(1, 2)", b"? > 3", b'date("2024-01-01")']
    models = [path.read_bytes() for path in sorted(_ROOT.glob("processes/**/*.dmn"))]
    words = [bytes([number % 3, 0x61, *range(number, number + 12)]) for number in range(0, 150, 3)]
    return [
        *(b"\0 " + text for text in texts),
        *(bytes([which]) + b" " + cell for which in (1, 2) for cell in cells),
        *(b"\3" + model for model in models),
        *words,
    ]


def main() -> None:
    """Fuzz for some seconds in a process of its own, then say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--findings", type=Path, default=_ROOT / "fuzz-findings")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        fuzz(asked.seconds, asked.findings)
        return
    command = [sys.executable, "-m", "tests.engine.feel.fuzzing", "--inside", *sys.argv[1:]]
    ended = subprocess.run(command, check=False).returncode  # the fuzzer ends its process as it likes
    found = sorted(asked.findings.glob("*.txt")) if asked.findings.is_dir() else []
    sys.stdout.write(f"{len(found)} findings in {asked.findings}, fuzzer ended with {ended}\n")
    sys.exit(1 if found or ended else 0)


def fuzz(seconds: int, findings: Path) -> None:
    """Fuzz inside this process; the fuzzer ends it."""
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["engine.feel", "engine.dmn"]):
        hunt = Hunt(findings)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, seed in enumerate(seeds()):
            (corpus / f"seed{number}").write_bytes(seed)
        dictionary = Path(folder, "words.dict")
        dictionary.write_text(
            "".join(f'"{_quoted(word)}"\n' for word in hunt.targets.words), encoding="ascii"
        )
        options = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=1024", "-max_len=4000"]
        atheris.Setup([sys.argv[0], *options, f"-dict={dictionary}", str(corpus)], hunt)
        atheris.Fuzz()


def _quoted(word: str) -> str:
    return "".join(
        chr(byte) if chr(byte).isalnum() or byte == ord(" ") else f"\\x{byte:02x}" for byte in word.encode()
    )


if __name__ == "__main__":
    main()

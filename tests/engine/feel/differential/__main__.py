"""Compares many expressions and prints every difference; exit code 1 when there is one."""

import click

from tests.engine.feel.differential.comparison import differences, find_node
from tests.engine.feel.differential.grammar import Grammar


@click.command()
@click.option("--count", default=100_000, show_default=True, help="How many expressions.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same expressions.")
def main(count: int, seed: int) -> None:
    """Compare our FEEL with the independent one on generated expressions."""
    grammar = Grammar(seed)
    expressions = [grammar.expression() for _ in range(count)]
    found = differences(expressions, find_node())
    for one in found:
        click.echo(f"{one.expression}\n  ours:   {one.ours}\n  theirs: {one.theirs}")
    click.echo(
        f"{len(found)} differences in {count} expressions ({len(set(expressions))} distinct), seed {seed}"
    )
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()

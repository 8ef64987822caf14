"""Our FEEL beside an independent one from the npm registry, on generated expressions.

python -m tests.engine.feel.differential [--count 100000] [--seed 1]
"""

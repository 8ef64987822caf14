"""Benchmarks: ratios measured alternately in one run, so that a busy machine slows both sides alike."""

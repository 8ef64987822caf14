"""Conformance: models nobody here wrote, run black box over HTTP against the real server.

    python -m tests.conformance betsy|miwg|import|dmn DIR [--json]

Every case ends with one of five outcomes; the worst is a wrong run that nobody notices.
"""

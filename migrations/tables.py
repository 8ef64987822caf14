"""Imports every module that declares tables, so that their metadata is complete."""

import importlib

#: modules with tables; a test compares this list with the tree
MODULES = (
    "api.idempotency",
    "directives.account_tables",
    "directives.assignment_tables",
    "directives.difficulties",
    "directives.directives",
    "directives.document_tables",
    "directives.explanations",
    "directives.extensions",
    "directives.history",
    "directives.notifications",
    "directives.organisation_tables",
    "directives.people_tables",
    "directives.plan_tables",
    "directives.policies",
    "directives.proposals",
    "directives.report_tables",
    "engine.lifecycle_tables",
    "engine.models",
    "foundation.calendars",
    "foundation.outbox",
    "processes.drafts",
    "webhooks.deliveries",
    "webhooks.inbound",
    "webhooks.subscriptions",
)


def import_tables() -> None:
    """Import them all."""
    for name in MODULES:
        importlib.import_module(name)

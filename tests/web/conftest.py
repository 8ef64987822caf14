"""The desk is there for every test of pages."""

from tests.web.desk import desk

__all__ = ["desk"]

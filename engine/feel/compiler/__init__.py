"""Syntax tree to closures."""

from engine.feel.compiler import loops, operators, paths, spans
from engine.feel.compiler.core import Code, Compiler

__all__ = ["Code", "Compiler", "loops", "operators", "paths", "spans"]

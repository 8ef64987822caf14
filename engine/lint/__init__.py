"""The lint: everything that is wrong with the files of a deployment, all at once, before anything runs.

    engine.lint.check({"giao-viec.bpmn": content, "han-xu-ly.dmn": table})

Errors block a deployment, warnings do not. Diagrams are judged as drawn, before the transforms, so that each
finding names an element its author knows. `catalogue()` gives the rules and `supported()` the table of
elements for the documentation.
"""

from engine.lint.deployment import check, check_tree
from engine.lint.documentation import Entry, catalogue, supported

__all__ = ["Entry", "catalogue", "check", "check_tree", "supported"]

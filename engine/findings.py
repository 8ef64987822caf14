"""Findings: what is wrong with the files of a deployment, where, and what to do about it.

The XML gate, the lint, the decision tables and the forms all speak in findings, so that somebody who uploads
files sees every problem at once. An error blocks a deployment, a warning does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from foundation.errors import Invalid
from foundation.texts import Text, _

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One problem of one file."""

    #: name of the file as it was given
    file: str
    #: id of the element, empty when the problem is the file's
    element: str = ""
    #: the element's label, for people
    element_name: str = ""
    #: stable code such as `flow.condition-syntax`
    rule: str
    severity: Severity
    #: what was found, what is expected, what to do
    message: Text
    #: facts for machines: line (1-based), column, position in an expression, attribute …
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_error(self) -> bool:
        """Tell whether the finding blocks a deployment."""
        return self.severity == "error"

    def as_json(self, language: str = "vi") -> dict[str, Any]:
        """Give the finding as JSON values, its message in one of `foundation.texts.LANGUAGES`."""
        return {
            "file": self.file,
            "element": self.element,
            "element_name": self.element_name,
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message.render(language),
            "facts": dict(self.facts),
        }


class DefinitionRefused(Invalid):
    """Tệp định nghĩa chưa đạt; hãy sửa các lỗi được nêu rồi gửi lại."""

    code = "definition_refused"

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Carry every finding; the first error speaks for all in the message."""
        self.findings = tuple(findings)
        errors = [finding for finding in self.findings if finding.is_error]
        if not errors:
            super().__init__()
            return
        first, rest = errors[0], len(errors) - 1
        if rest:
            message = _(
                "{file}: {first} (và {rest} lỗi khác)", file=first.file, first=first.message, rest=rest
            )
        else:
            message = _("{file}: {first}", file=first.file, first=first.message)
        super().__init__(message, rule=first.rule, element=first.element)

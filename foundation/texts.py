"""Texts for people: written in Vietnamese where they are used, translated at the edge.

Vietnamese is the source language and the key of the catalogue; English comes from
`foundation/locale/en/LC_MESSAGES/tiendo.po`, read only when somebody asks for English.
"""

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

#: languages the product speaks, the source language first
LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Text:
    """A message template in Vietnamese with named parameters, rendered late in the reader's language."""

    #: Vietnamese template with `{name}` places
    template: str
    #: values for the places; a `Text` inside is rendered in the same language
    params: dict[str, Any] = field(default_factory=dict)

    def render(self, language: str = "vi") -> str:
        """Give the message in one of `LANGUAGES`."""
        template = translate(self.template, language)
        if not self.params:
            return template
        values = {k: v.render(language) if isinstance(v, Text) else v for k, v in self.params.items()}
        return template.format(**values)

    def __str__(self) -> str:
        """Give the Vietnamese message."""
        return self.render()


def _(template: str, **params: Any) -> Text:
    """Mark a Vietnamese template for translation; the extraction tool looks for this name."""
    return Text(template, params)


def translate(template: str, language: str) -> str:
    """Give the template in a language; a text the catalogue lacks stays Vietnamese."""
    if language == "vi":
        return template
    return _catalogue(language).get(template, template)


@cache
def _catalogue(language: str) -> dict[str, str]:
    from babel.messages.pofile import read_po

    source = resources.files("foundation") / "locale" / language / "LC_MESSAGES" / "tiendo.po"
    if not source.is_file():
        return {}
    with source.open("rb") as stream:
        return {str(m.id): str(m.string) for m in read_po(stream) if m.id and m.string}

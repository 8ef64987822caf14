"""What would happen to an instance on another version of its process: possible or not, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.errors import Conflict
from foundation.texts import Text


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One thing to know about one element."""

    #: element of the version the instance is on; of the other version for what is new there
    element: str
    name: str
    #: stable name for machines: element_gone, type_changed, boundary_added …
    code: str
    text: Text


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether an instance can go to the other version; problems forbid it, warnings do not."""

    problems: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Tell whether nothing forbids it."""
        return not self.problems

    def as_data(self) -> dict[str, Any]:
        """Give the verdict as it is stored and sent, each remark in both languages."""
        return {
            "possible": self.is_possible,
            "problems": [_as_data(one) for one in self.problems],
            "warnings": [_as_data(one) for one in self.warnings],
        }


@dataclass(frozen=True, kw_only=True)
class InstanceVerdict:
    """The verdict on one instance of a dry run."""

    instance_id: str
    business_key: str | None
    #: state of the instance
    state: str
    #: names of the steps it is at
    steps: tuple[str, ...]
    verdict: Verdict


class CannotMigrate(Conflict):
    """Phiên chạy này không chuyển sang phiên bản kia được."""

    code = "cannot_migrate"

    def __init__(self, verdict: Verdict) -> None:
        """Say the first problem, carry all of them."""
        first = verdict.problems[0]
        super().__init__(first.text, element=first.element, verdict=verdict.as_data())
        self.verdict = verdict


def of(problems: Iterable[Remark], warnings: Iterable[Remark]) -> Verdict:
    """Give the verdict, each remark once."""
    return Verdict(problems=_once(problems), warnings=_once(warnings))


def counts(verdicts: Iterable[InstanceVerdict]) -> Mapping[str, int]:
    """Count what a dry run found: possible without remark, with warnings, impossible."""
    found = {"possible": 0, "warned": 0, "impossible": 0}
    for one in verdicts:
        verdict = one.verdict
        kind = "impossible" if verdict.problems else "warned" if verdict.warnings else "possible"
        found[kind] += 1
    return found


def _once(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    return tuple({(one.element, one.code): one for one in remarks}.values())


def _as_data(remark: Remark) -> dict[str, Any]:
    return {
        "element": remark.element,
        "name": remark.name,
        "code": remark.code,
        "vi": remark.text.render("vi"),
        "en": remark.text.render("en"),
    }

"""Whom a notice is for: places, shifts and groups, whose people count once each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.kernel.canonical import digest
from app.notices.rules.refusals import NoTarget
from app.notices.rules.wording import Wording


class TargetKind(StrEnum):
    """What a notice may be addressed to."""

    PARK = "park"
    COMPANY = "company"
    LINE = "line"
    SHIFT = "shift"
    GROUP = "group"


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One part of an audience: a branch with all below it, a shift of a day there, or a group."""

    kind: TargetKind
    branch_id: int = 0
    shift: str = ""
    on: date | None = None
    group_id: str = ""


def make_audience(targets: Iterable[Target]) -> tuple[Target, ...]:
    """The parts of an audience in one order, each once; refused when there is none."""
    kept = tuple(sorted(set(targets), key=_key))
    if not kept:
        raise NoTarget
    return kept


def _key(target: Target) -> tuple[str, int, str, str, str]:
    on = target.on.isoformat() if target.on else ""
    return (target.kind, target.branch_id, target.shift, on, target.group_id)


def seal(
    wording: Wording, targets: Iterable[Target], severity: str, expires_at: str, corrects: str
) -> str:
    """A digest of all that an approver sees; another digest is another notice."""
    parts: list[Mapping[str, object]] = [
        {
            "kind": each.kind.value,
            "branch": each.branch_id,
            "shift": each.shift,
            "on": each.on.isoformat() if each.on else "",
            "group": each.group_id,
        }
        for each in make_audience(targets)
    ]
    return digest(
        {
            "titles": dict(wording.titles),
            "texts": dict(wording.texts),
            "to": parts,
            "severity": severity,
            "expires_at": expires_at,
            "corrects": corrects,
        }
    )


def needs_approval(people: int, over: int, *, by_program: bool = False) -> bool:
    """Whether a second person has to look: more people than the set number."""
    return people > over and not by_program

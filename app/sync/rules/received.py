"""What a province reads out of what parks send, without trusting it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

MOST_ENTRIES = 200  # in one call
LONGEST_SHIFT = 8
HIGHEST_REVISION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class EnrolmentRequest:
    """A park's one-time code and public JWKs; without a `node` id the province makes one."""

    code: str
    name: str
    sign_key: dict[str, Any]
    box_key: dict[str, Any]
    node: str | None = None
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class SummaryHead:
    """What a summary is known by and how new it is; `shift` is empty for the day total."""

    on: date
    shift: str
    revision: int
    final: bool
    as_of: datetime


def read_summary(body: Mapping[str, Any]) -> SummaryHead | None:
    """The head of a summary; None for a body that this program cannot place."""
    match body:
        case {
            "on": str(on),
            "shift": None | str() as shift,
            "revision": int(revision),
            "final": bool(final),
            "as_of": str(as_of),
            "companies": list(),
        }:
            return head_of_summary(on, shift or "", revision, final, as_of)
        case _:
            return None


def head_of_summary(
    on: str, shift: str, revision: int, final: bool, as_of: str
) -> SummaryHead | None:
    """The head of a summary out of what it says; None when that cannot be placed."""
    if not 1 <= revision <= HIGHEST_REVISION or len(shift) > LONGEST_SHIFT:
        return None
    try:
        at = datetime.fromisoformat(as_of)
        if at.tzinfo is None or not shift.isprintable():
            return None
        return SummaryHead(date.fromisoformat(on), shift, revision, final, at.astimezone(UTC))
    except (ValueError, OverflowError):
        return None

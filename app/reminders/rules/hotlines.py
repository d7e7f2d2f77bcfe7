"""Hotlines as the data lists them: which number may be told on a day, and from where it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kernel.refusals import Refusal
from app.kernel.text import squeeze

SURE = frozenset({"found", "entered"})
EVIDENCE = SURE | {"memory", "not_found"}
NUMBER = re.compile(r"\+?\d[\d .\-]{1,18}\d")
MOST, LONGEST = 60, 300


class HotlinesUnreadable(Refusal):
    """The list of hotlines has a row that cannot be used; `row` counts from 1."""

    code = "reminders.hotlines_unreadable"


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number with whose it is; told only on its days, and only when a source names it."""

    number: str
    vi: str
    en: str
    hours: str
    starts_on: date | None
    ends_on: date | None
    evidence: str
    source: str

    def may_be_told(self, on: date) -> bool:
        """Whether it may stand in a message of that day."""
        return (
            bool(self.number)
            and self.evidence in SURE
            and (self.starts_on is None or self.starts_on <= on)
            and (self.ends_on is None or on <= self.ends_on)
        )


def read_hotlines(rows: object) -> tuple[Hotline, ...]:
    """The rows of a list, as the data file has them; refused where one cannot be used."""
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not 0 < len(rows) <= MOST:
        raise HotlinesUnreadable(row=0)
    return tuple(_hotline(row, at) for at, row in enumerate(rows, start=1))


def _hotline(row: Any, at: int) -> Hotline:
    try:
        found = Hotline(
            number=_text(row, "number"),
            vi=_text(row, "name_vi"),
            en=_text(row, "name_en") or _text(row, "name_vi"),
            hours=_text(row, "hours"),
            starts_on=_day(row, "valid_from"),
            ends_on=_day(row, "valid_to"),
            evidence=_text(row, "evidence") or "entered",
            source=_text(row, "source"),
        )
    except (TypeError, ValueError, AttributeError):
        raise HotlinesUnreadable(row=at) from None
    unusable = found.number and NUMBER.fullmatch(found.number) is None
    unsourced = found.number and found.evidence in SURE and not found.source
    if unusable or unsourced or not found.vi or found.evidence not in EVIDENCE:
        raise HotlinesUnreadable(row=at)
    return found


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise TypeError(value)
    return squeeze(value)


def _day(row: Mapping[str, Any], key: str) -> date | None:
    text = _text(row, key)
    return date.fromisoformat(text) if text else None

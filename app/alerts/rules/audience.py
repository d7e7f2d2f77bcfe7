"""Whom a notice of the province is for: parks, companies in them by code, a shift of a day."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.alerts.rules.refusals import (
    BadCompanyCode,
    BadShift,
    CompaniesNeedParks,
    NoSharedPlaceholder,
)
from app.kernel.canonical import digest
from app.kernel.text import nfc
from app.notices.rules.refusals import NoTarget
from app.notices.rules.wording import SHARED, Wording, used_in

CODE_SHAPE = re.compile(r"[^\s,;]{1,40}")
MOST_CODES = 200
SHIFT_CODES = frozenset({"ca1", "ca2", "ca3", "day12", "night12", "office"})


@dataclass(frozen=True, slots=True)
class AlertAudience:
    """Parks by node, none for all of them; in these the companies and shifts, none for all."""

    parks: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    on: date | None = None

    def as_kept(self) -> dict[str, Any]:
        """The audience as it is stored and sealed."""
        return {
            "parks": list(self.parks),
            "companies": list(self.companies),
            "shifts": list(self.shifts),
            "on": self.on.isoformat() if self.on else None,
        }


def make_audience(
    *,
    whole: bool,
    parks: Iterable[str],
    companies: Iterable[str] = (),
    shifts: Iterable[str] = (),
    on: date | None = None,
) -> AlertAudience:
    """An audience in one order, each part once; `whole` is every park."""
    chosen = tuple(sorted(set(parks)))
    codes = tuple(sorted(set(companies)))
    worked = tuple(sorted(set(shifts)))
    if not whole and not chosen:
        raise NoTarget
    if codes and whole:
        raise CompaniesNeedParks
    if not set(worked) <= SHIFT_CODES or (worked and on is None):
        raise BadShift
    return AlertAudience(() if whole else chosen, codes, worked, on if worked else None)


def kept_audience(kept: Mapping[str, Any]) -> AlertAudience:
    """An audience as it was stored."""
    on = kept.get("on")
    return AlertAudience(
        tuple(kept["parks"]),
        tuple(kept["companies"]),
        tuple(kept["shifts"]),
        date.fromisoformat(on) if on else None,
    )


def read_codes(typed: str) -> tuple[str, ...]:
    """Company codes out of a line of text, apart by commas, semicolons or spaces."""
    parts = [part for part in re.split(r"[\s,;]+", nfc(typed)) if part]
    bad = next((part for part in parts if not CODE_SHAPE.fullmatch(part)), None)
    if bad is not None or len(parts) > MOST_CODES:
        raise BadCompanyCode(given=(bad or "")[:60])
    return tuple(dict.fromkeys(part.upper() for part in parts))


def check_fillable(wording: Wording) -> None:
    """Refuse what only a park could fill in for all its people."""
    if used_in(wording) & SHARED:
        raise NoSharedPlaceholder


def seal(
    wording: Wording, audience: AlertAudience, severity: str, expires_at: str, corrects: str
) -> str:
    """A digest of all that an approver sees; another digest is another notice."""
    return digest(
        {
            "titles": dict(wording.titles),
            "texts": dict(wording.texts),
            "to": audience.as_kept(),
            "severity": severity,
            "expires_at": expires_at,
            "corrects": corrects,
        }
    )

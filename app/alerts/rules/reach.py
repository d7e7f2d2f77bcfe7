"""How many people a notice would reach, as far as the newest summaries of the parks tell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.kernel.text import fold
from app.sync.rules import MERGED

# A park on a line asks twice an hour, or listens to the bell and is noted every ten minutes: who
# did neither for so long gets it when a road is open again.
AWAY_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ParkReach:
    """A park of an audience; `people` is None where no figures tell, `as_of` how old they are.

    `away`: it has not been heard from for an hour. `unknown` are codes its figures do not hold.
    """

    node: str
    name: str
    people: int | None
    as_of: datetime | None
    last_contact_at: datetime | None
    away: bool
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertReach:
    """All parks of an audience."""

    parks: tuple[ParkReach, ...]

    @property
    def known(self) -> tuple[ParkReach, ...]:
        """Parks whose figures are there."""
        return tuple(each for each in self.parks if each.people is not None)

    @property
    def untold(self) -> tuple[ParkReach, ...]:
        """Parks without figures: nobody knows how many people that is."""
        return tuple(each for each in self.parks if each.people is None)

    @property
    def away(self) -> tuple[ParkReach, ...]:
        """Parks that get it when they have a road, or over a stick."""
        return tuple(each for each in self.parks if each.away)

    @property
    def online(self) -> tuple[ParkReach, ...]:
        """Parks that get it at once."""
        return tuple(each for each in self.parks if not each.away)

    @property
    def people(self) -> int:
        """People that the figures tell of, in all parks."""
        return sum(each.people or 0 for each in self.parks)

    @property
    def people_now(self) -> int:
        """People in parks that are on a line."""
        return sum(each.people or 0 for each in self.online)

    @property
    def people_later(self) -> int:
        """People in parks that are away."""
        return self.people - self.people_now

    @property
    def oldest(self) -> datetime | None:
        """How old the oldest figure of the parks that get it at once is."""
        told = (each.as_of for each in self.online if each.people is not None and each.as_of)
        return min(told, default=None)


def is_away(last_contact_at: datetime | None, now: datetime) -> bool:
    """Whether a park has not been heard from for an hour."""
    return last_contact_at is None or now - last_contact_at > AWAY_AFTER


def count_in(bodies: Iterable[Mapping[str, Any]], codes: Sequence[str]) -> tuple[int, set[str]]:
    """People expected in summaries, of these companies or of all; the codes that were found.

    What cannot be read counts nothing.
    """
    wanted = {fold(code): code for code in codes}
    people, found = 0, set[str]()
    for body in bodies:
        rows = body.get("companies")
        for row in rows if isinstance(rows, list) else ():
            code = row.get("code") if isinstance(row, dict) else None
            expected = row.get("expected") if isinstance(row, dict) else None
            if not isinstance(code, str) or code == MERGED:
                continue
            if wanted and fold(code) not in wanted:
                continue
            found.add(wanted.get(fold(code), code))
            if isinstance(expected, int) and not isinstance(expected, bool) and expected > 0:
                people += expected
    return people, found

"""One table of figures for other systems: what, when, where, of which part, how many.

What a park hides is left out, never 0; so is a sum of which a part is hidden.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.dashboards.rules.province import Totals
from app.kernel.canonical import digest
from app.reports.rules.codes import Codes, Figure

PROVISIONAL = "tạm thời"


@dataclass(frozen=True, slots=True)
class DataRow:
    """One value; `combo` is the disaggregation, empty for none."""

    element: str
    period: date
    org_unit: str
    combo: str
    value: int
    comment: str = ""

    @property
    def place(self) -> str:
        """What the value is of, as one digest: sending it again overwrites the one before."""
        return digest([self.element, self.period.isoformat(), self.org_unit, self.combo])

    @property
    def told(self) -> str:
        """What is said there, as one digest."""
        return digest([self.value, self.comment])


@dataclass(frozen=True, slots=True)
class ParkSent:
    """One park's day as it stands at the province; totals None where it sent nothing."""

    node: str
    name: str
    on: date
    totals: Totals | None
    final: bool = False


class Why(StrEnum):
    """Why something is not among the rows."""

    NO_CODE = "no_code"
    NO_DATA = "no_data"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not sent: a whole park, a park's day, or one figure of it."""

    why: Why
    park: str
    on: date | None = None
    figure: Figure | None = None


def rows_of(days: Iterable[ParkSent], codes: Codes) -> tuple[list[DataRow], list[LeftOut]]:
    """The rows of parks' days under the other system's codes, and what is left out."""
    rows: list[DataRow] = []
    left_out: dict[LeftOut, None] = {}
    kept = list(days)
    shared = _shared(kept, codes)
    for day in kept:
        org_unit = codes.org_unit(day.node, day.name)
        if org_unit is None or org_unit in shared:
            left_out[LeftOut(Why.NO_CODE, day.name)] = None
        elif day.totals is None:
            left_out[LeftOut(Why.NO_DATA, day.name, day.on)] = None
        else:
            for figure, element in codes.elements.items():
                value = _value(day.totals, figure)
                if value is None:
                    left_out[LeftOut(Why.HIDDEN, day.name, day.on, figure)] = None
                    continue
                comment = "" if day.final else PROVISIONAL
                rows.append(DataRow(element.code, day.on, org_unit, element.combo, value, comment))
    return rows, list(left_out)


def _shared(days: Iterable[ParkSent], codes: Codes) -> set[str]:
    """Places that two parks of one name would both write into."""
    owner: dict[str, str] = {}
    shared: set[str] = set()
    for day in days:
        org_unit = codes.org_unit(day.node, day.name)
        if org_unit is not None and owner.setdefault(org_unit, day.node) != day.node:
            shared.add(org_unit)
    return shared


def _value(totals: Totals, figure: Figure) -> int | None:
    match figure:
        case Figure.COMPANIES:
            return totals.companies
        case Figure.REPORTED:
            return totals.reported
        case Figure.AMBER | Figure.RED:
            told = totals.amber if figure is Figure.AMBER else totals.red
            return None if told.partial or not totals.figures.is_heard else told.count
        case _:
            known = totals.figures.is_heard or figure is Figure.EXPECTED
            return int(getattr(totals.figures, figure.value)) if known else None


def digest_of(rows: Sequence[DataRow]) -> str:
    """A name for a set of rows, whatever their order."""
    return digest(sorted([row.place, row.told] for row in rows))


def repeats_of(rows: Iterable[DataRow], told: Mapping[str, str]) -> int:
    """How many rows say what the other side has, or may have, already."""
    return sum(1 for row in rows if told.get(row.place) == row.told)

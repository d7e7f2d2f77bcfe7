"""Which companies there are, how big each is, and by which shifts it works."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from app.demo.rules.order import DemoOrder
from app.workforce.rules.shifts import ShiftCode

# From how many workers on a park has so many companies of the list.
COMPANIES_FROM = ((0, 4), (150, 6), (400, 8), (800, 12), (5000, 14))
SMALLEST = 12
UNIT_SIZE = 40
SILENT_AT = time(17, 10)


class System(StrEnum):
    """How a company divides the day."""

    THREE = "three"
    TWO = "two"
    TWELVE = "twelve"
    OFFICE = "office"

    @property
    def shifts(self) -> tuple[ShiftCode, ...]:
        """The shifts whose hours such a company sets."""
        return _SHIFTS[self]


_SHIFTS = {
    System.THREE: (ShiftCode.CA1, ShiftCode.CA2, ShiftCode.CA3, ShiftCode.OFFICE),
    System.TWO: (ShiftCode.CA1, ShiftCode.CA2, ShiftCode.OFFICE),
    System.TWELVE: (ShiftCode.DAY12, ShiftCode.NIGHT12, ShiftCode.OFFICE),
    System.OFFICE: (ShiftCode.OFFICE,),
}


@dataclass(frozen=True, slots=True)
class CompanyPlan:
    """One company: `place` counts from 0; shares are from 0 to 1."""

    place: int
    code: str
    name: str
    prefix: str
    first_badge: int
    size: int
    unit_size: int
    system: System
    women: float
    answers: float
    late: float
    officer: str
    login: str
    phone: str
    first_bus: int
    units: tuple[Mapping[str, Any], ...]
    accepted: str | None
    accepted_at: datetime | None
    silent_from: datetime | None


def company_plans(rows: Sequence[Mapping[str, Any]], order: DemoOrder) -> tuple[CompanyPlan, ...]:
    """The first companies of the list, as many as the park can carry, with all its workers."""
    count = max(count for least, count in COMPANIES_FROM if order.workers >= least)
    chosen = rows[:count]
    sizes = shared_out(order.workers, chosen)
    return tuple(
        _plan(place, row, size, order)
        for place, (row, size) in enumerate(zip(chosen, sizes, strict=True))
    )


def shared_out(workers: int, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Sizes that add up to the workers: fixed ones first, the rest by weight, none tiny."""
    left = workers - sum(_fixed(row, workers) for row in rows)
    total = sum(row.get("weight", 0) for row in rows)
    sizes = [
        _fixed(row, workers) or max(SMALLEST, int(left * row["weight"] / total)) for row in rows
    ]
    sizes[0] += workers - sum(sizes)
    return sizes


def _fixed(row: Mapping[str, Any], workers: int) -> int:
    return int(min(row.get("fixed", 0), workers // 5))


def _plan(place: int, row: Mapping[str, Any], size: int, order: DemoOrder) -> CompanyPlan:
    return CompanyPlan(
        place=place,
        code=row["code"],
        name=row["name"],
        prefix=row["prefix"],
        first_badge=row["first"],
        size=size,
        unit_size=row.get("unit_size", UNIT_SIZE),
        system=System(row["system"]),
        women=row["women"],
        answers=row["answers"],
        late=row["late"],
        officer=row["officer"],
        login=row["login"],
        phone=row["phone"],
        first_bus=row["first_bus"],
        units=tuple(_unit(each) for each in row.get("units", ())),
        accepted=row.get("accepted"),
        accepted_at=_accepted_at(row, order),
        silent_from=_silent_from(row, order),
    )


def _unit(row: object) -> Mapping[str, Any]:
    return row if isinstance(row, Mapping) else {"line": row}


def _accepted_at(row: Mapping[str, Any], order: DemoOrder) -> datetime | None:
    """At set-up, or so many days before the end; a set accepted later judges only from then on."""
    if "accepted" not in row:
        return None
    on = order.until - timedelta(days=row.get("accepted_days", 0))
    if "accepted_days" not in row or on <= order.from_on:
        return order.set_up_at + timedelta(hours=2, minutes=row["first_bus"])
    return order.moment(on, time(9, 40))


def _silent_from(row: Mapping[str, Any], order: DemoOrder) -> datetime | None:
    if "silent_days" not in row:
        return None
    on: date = order.until - timedelta(days=row["silent_days"])
    return order.moment(on, SILENT_AT)

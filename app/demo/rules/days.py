"""The calendar of a company: who of which rotation works when, and the day off of the park."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.demo.rules.companies import CompanyPlan, System
from app.demo.rules.order import DemoOrder
from app.demo.rules.units import UnitPlan
from app.workforce.rules.shifts import (
    DEFAULT_HOURS,
    Pattern,
    ShiftCode,
    scheduled_shift,
    shift_window,
)

A_MONDAY = date(2021, 1, 4)
WORK_DAYS = 6
PUBLIC_DAYS = {(1, 1): "Tết Dương lịch", (4, 30): "Ngày Giải phóng", (5, 1): "Quốc tế Lao động"} | {
    (9, 2): "Quốc khánh"
}
LONG_ENOUGH = 21
NO_POWER = "Nghỉ cắt điện toàn khu"
OFFICE = "Hành chính"
CREWS = "ABC"
C1, C2, C3 = ShiftCode.CA1, ShiftCode.CA2, ShiftCode.CA3
D12, N12 = ShiftCode.DAY12, ShiftCode.NIGHT12


class Slot(NamedTuple):
    """One shift of everybody who follows a pattern."""

    on: date
    shift: ShiftCode
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class CompanyDays:
    """Patterns by name, and the shifts that each of them brings, in order."""

    patterns: Mapping[str, Pattern]
    slots: Mapping[str, tuple[Slot, ...]]


def pattern_name(system: System, unit: UnitPlan) -> str:
    """The pattern that a unit follows."""
    match system:
        case _ if unit.office or system is System.OFFICE:
            return OFFICE
        case System.THREE:
            return f"Ba ca, tổ xoay {unit.phase % 3 + 1}"
        case System.TWO:
            return f"Hai ca, tổ xoay {unit.phase % 2 + 1}"
        case _:
            return f"12 giờ, kíp {CREWS[unit.phase % 3]}"


def _patterns(system: System) -> dict[str, Pattern]:
    office = {OFFICE: Pattern(_week(ShiftCode.OFFICE), A_MONDAY)}
    match system:
        case System.THREE:
            return office | _rotation("Ba ca, tổ xoay", (C1, C2, C3))
        case System.TWO:
            return office | _rotation("Hai ca, tổ xoay", (C1, C2))
        case System.TWELVE:
            cycle = (D12, D12, N12, N12, None, None)
            return office | {
                f"12 giờ, kíp {crew}": Pattern(cycle, A_MONDAY + timedelta(days=2 * turn))
                for turn, crew in enumerate(CREWS)
            }
        case _:
            return office


def _rotation(name: str, weeks: tuple[ShiftCode, ...]) -> dict[str, Pattern]:
    return {
        f"{name} {turn + 1}": Pattern(
            sum((_week(shift) for shift in (*weeks[turn:], *weeks[:turn])), ()), A_MONDAY
        )
        for turn in range(len(weeks))
    }


def _week(shift: ShiftCode) -> tuple[ShiftCode | None, ...]:
    """Monday to Saturday; Sunday is off."""
    return (*(shift,) * WORK_DAYS, None)


def company_days(company: CompanyPlan, order: DemoOrder, holiday: date | None) -> CompanyDays:
    """Every shift of a company from the first day to the last one planned."""
    patterns = _patterns(company.system)
    span = (order.planned_until - order.from_on).days + 1
    days = [order.from_on + timedelta(days=day) for day in range(span)]
    return CompanyDays(
        patterns,
        {
            name: tuple(
                Slot(on, shift, *shift_window(DEFAULT_HOURS[shift], on, order.zone))
                for on in days
                if on != holiday and (shift := scheduled_shift(pattern, on)) is not None
            )
            for name, pattern in patterns.items()
        },
    )


def holiday_of(order: DemoOrder) -> tuple[date, str] | None:
    """The day off of the whole park: a public one in the span, or one without power."""
    for back in range(1, order.days):
        on = order.until - timedelta(days=back)
        if (on.month, on.day) in PUBLIC_DAYS:
            return on, PUBLIC_DAYS[on.month, on.day]
    if order.days < LONG_ENOUGH:
        return None
    middle = order.until - timedelta(days=order.days // 2)
    wednesday = 2
    return middle - timedelta(days=(middle.weekday() - wednesday) % 7), NO_POWER

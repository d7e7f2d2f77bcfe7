"""The hours of companies, and on which days their schedules put anybody to work."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.workforce.models import Holiday, PatternAssignment, ShiftHours, WorkPattern
from app.workforce.rules import shifts
from app.workforce.rules.shifts import (
    HoursBook,
    HoursFrom,
    Pattern,
    ShiftCode,
    scheduled_shift,
)


@dataclass(frozen=True, slots=True)
class _Used:
    pattern: Pattern
    from_on: date
    to_on: date


def list_hours(session: Session, ids: Collection[int]) -> Mapping[int, HoursBook]:
    """The hours of companies (branch ids) over time."""
    versions: dict[int, dict[ShiftCode, list[HoursFrom]]] = {
        each: defaultdict(list) for each in ids
    }
    for row in session.scalars(select(ShiftHours).where(ShiftHours.company_id.in_(ids))):
        hours = shifts.ShiftHours(row.starts, row.ends, row.meal)
        versions[row.company_id][ShiftCode(row.shift)].append(HoursFrom(row.from_on, hours))
    return {
        company_id: HoursBook({shift: tuple(known) for shift, known in book.items()})
        for company_id, book in versions.items()
    }


def list_working(
    session: Session, companies: Sequence[Branch], span: Sequence[date], shift: str | None = None
) -> Mapping[int, Mapping[date, bool | None]]:
    """Whether the schedule puts anybody of a company on a day; None where it has no schedule.

    Of one shift only, where one is named.
    """
    parks = {company.id: company.parent_id for company in companies}
    holidays = set(
        session.execute(
            select(Holiday.branch_id, Holiday.on).where(
                Holiday.branch_id.in_({*parks, *parks.values()}),
                Holiday.on.between(span[0], span[-1]),
            )
        ).all()
    )
    patterns = _patterns(session, list(parks), span[-1])
    found: dict[int, dict[date, bool | None]] = {}
    for company_id, park_id in parks.items():
        used = patterns.get(company_id, [])
        found[company_id] = {
            on: False
            if {(company_id, on), (park_id, on)} & holidays
            else _is_scheduled(used, on, shift)
            for on in span
        }
    return found


def _is_scheduled(used: Sequence[_Used], on: date, shift: str | None) -> bool | None:
    known = [each.pattern for each in used if each.from_on <= on <= each.to_on]
    planned = (scheduled_shift(pattern, on) for pattern in known)
    return any(each and shift in {None, each} for each in planned) if known else None


def _patterns(session: Session, ids: Collection[int], to_on: date) -> Mapping[int, list[_Used]]:
    """The patterns of companies with the first and last day on which somebody follows them."""
    last_on = func.max(func.coalesce(PatternAssignment.to_on, date.max))
    rows = session.execute(
        select(
            WorkPattern.company_id,
            WorkPattern.cycle,
            WorkPattern.anchor_on,
            func.min(PatternAssignment.from_on),
            last_on,
        )
        .join(PatternAssignment, PatternAssignment.pattern_id == WorkPattern.id)
        .where(WorkPattern.company_id.in_(ids), PatternAssignment.from_on <= to_on)
        .group_by(WorkPattern.id)
    ).all()
    found: dict[int, list[_Used]] = defaultdict(list)
    for company_id, cycle, anchor_on, first_on, until_on in rows:
        codes = tuple(ShiftCode(code) if code else None for code in cycle)
        found[company_id].append(_Used(Pattern(codes, anchor_on), first_on, until_on))
    return found

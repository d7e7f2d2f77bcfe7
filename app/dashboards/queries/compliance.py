"""Compliance by company and day, read from the figures of companies alone: no person is touched."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import ShiftCount
from app.dashboards.rules.compliance import CompanyDays, Figures, company_days
from app.settings import Settings
from app.workforce.models import (
    Holiday,
    PatternAssignment,
    ShiftHours,
    Worker,
    WorkPattern,
)
from app.workforce.rules import shifts
from app.workforce.rules.shifts import (
    HoursBook,
    HoursFrom,
    Pattern,
    ShiftCode,
    scheduled_shift,
    shift_window,
)

SUMS = tuple(
    func.sum(getattr(ShiftCount, name))
    for name in ("expected", "answered", "on_time", "absent", "not_asked")
)
LONG_AGO = timedelta(days=180)
HEARD = ShiftCount.answered + ShiftCount.absent + ShiftCount.not_asked > 0


@dataclass(frozen=True, slots=True)
class ShiftFigures:
    """Figures of one company for one shift."""

    company_id: int
    on: date
    shift: ShiftCode
    figures: Figures


@dataclass(frozen=True, slots=True)
class Compliance:
    """Companies over a span of days, and the begun shifts of its last day."""

    companies: tuple[CompanyDays, ...]
    last_shifts: tuple[ShiftFigures, ...]


@dataclass(frozen=True, slots=True)
class _Used:
    pattern: Pattern
    from_on: date
    to_on: date


def get_compliance(
    session: Session,
    companies: Sequence[Branch],
    span: Sequence[date],
    *,
    settings: Settings,
    now: datetime,
) -> Compliance:
    """How these companies answered on these days; of shifts, only those that have begun count."""
    ids = [company.id for company in companies]
    begun, ahead = _last_day(session, ids, span[-1], settings, now)
    by_day = _by_day(session, ids, span[0], span[-1])
    for company_id in ids:
        by_day[company_id].pop(span[-1], None)
    for each in begun:
        known = by_day[each.company_id].get(each.on, Figures())
        by_day[each.company_id][each.on] = known + each.figures
    working = _working(session, companies, span)
    heard = _heard(session, ids, span[-1])
    workers = _workers(session, ids)
    found = [
        CompanyDays(
            company.code,
            company.name,
            workers.get(company.id, 0),
            company_days(
                span,
                by_day[company.id],
                working[company.id],
                {span[-1]} if company.id in ahead else (),
            ),
            heard.get(company.id),
        )
        for company in companies
    ]
    return Compliance(tuple(found), tuple(begun))


def _by_day(
    session: Session, ids: Collection[int], from_on: date, to_on: date
) -> defaultdict[int, dict[date, Figures]]:
    rows = session.execute(
        select(ShiftCount.branch_id, ShiftCount.shift_on, *SUMS)
        .where(ShiftCount.branch_id.in_(ids), ShiftCount.shift_on.between(from_on, to_on))
        .group_by(ShiftCount.branch_id, ShiftCount.shift_on)
    ).all()
    found: defaultdict[int, dict[date, Figures]] = defaultdict(dict)
    for company_id, on, *sums in rows:
        found[company_id][on] = Figures(*map(int, sums))
    return found


def list_shift_figures(
    session: Session, ids: Collection[int], from_on: date, to_on: date
) -> list[ShiftFigures]:
    """The figures of companies (branch ids) shift by shift, by day."""
    rows = session.execute(
        select(ShiftCount.branch_id, ShiftCount.shift_on, ShiftCount.shift, *SUMS)
        .where(ShiftCount.branch_id.in_(ids), ShiftCount.shift_on.between(from_on, to_on))
        .where(ShiftCount.expected > 0)
        .group_by(ShiftCount.branch_id, ShiftCount.shift_on, ShiftCount.shift)
        .order_by(ShiftCount.shift_on, ShiftCount.branch_id, ShiftCount.shift)
    ).all()
    return [
        ShiftFigures(company_id, on, ShiftCode(shift), Figures(*map(int, sums)))
        for company_id, on, shift, *sums in rows
    ]


def _last_day(
    session: Session, ids: Collection[int], on: date, settings: Settings, now: datetime
) -> tuple[list[ShiftFigures], set[int]]:
    """The begun shifts of a day, and the companies that work on it but have not begun."""
    planned = list_shift_figures(session, ids, on, on)
    books = _hours(session, ids)
    begun = [
        each
        for each in planned
        if shift_window(books[each.company_id].at(each.shift, on), on, settings.timezone).starts_at
        <= now
    ]
    return begun, {each.company_id for each in planned} - {each.company_id for each in begun}


def _hours(session: Session, ids: Collection[int]) -> Mapping[int, HoursBook]:
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


def _heard(session: Session, ids: Collection[int], to_on: date) -> Mapping[int, datetime]:
    """When the figures of each company last moved on a shift of which something was told."""
    rows = session.execute(
        select(ShiftCount.branch_id, func.max(ShiftCount.as_of))
        .where(
            ShiftCount.branch_id.in_(ids),
            ShiftCount.shift_on.between(to_on - LONG_AGO, to_on),
            HEARD,
        )
        .group_by(ShiftCount.branch_id)
    ).all()
    return dict(rows)


def _workers(session: Session, ids: Collection[int]) -> Mapping[int, int]:
    rows = session.execute(
        select(Worker.company_id, func.count())
        .where(Worker.company_id.in_(ids), Worker.left_on.is_(None))
        .group_by(Worker.company_id)
    ).all()
    return dict(rows)


def _working(
    session: Session, companies: Sequence[Branch], span: Sequence[date]
) -> Mapping[int, Mapping[date, bool | None]]:
    """Whether the schedule puts anybody of a company on a day; None where it has no schedule."""
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
            on: False if {(company_id, on), (park_id, on)} & holidays else _is_scheduled(used, on)
            for on in span
        }
    return found


def _is_scheduled(used: Sequence[_Used], on: date) -> bool | None:
    known = [each.pattern for each in used if each.from_on <= on <= each.to_on]
    return any(scheduled_shift(pattern, on) for pattern in known) if known else None


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

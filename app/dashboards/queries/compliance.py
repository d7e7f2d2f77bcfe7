"""Compliance by company and day, read from the figures of companies alone: no person is touched."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import ShiftCount
from app.dashboards.queries.hours import list_hours, list_working
from app.dashboards.queries.tallies import list_looked_at, list_tallies
from app.dashboards.rules.compliance import CompanyDays, Figures, company_days, tally_of
from app.dashboards.rules.measures import OF_ANSWERS, OF_HEALTH, Measure, Tally, total
from app.dashboards.rules.periods import Period
from app.settings import Settings
from app.workforce.models import Worker
from app.workforce.rules.shifts import ShiftCode, shift_window

SUMS = tuple(
    func.sum(getattr(ShiftCount, name))
    for name in ("expected", "answered", "on_time", "absent", "not_asked")
)
LONG_AGO = timedelta(days=180)
TOLD = ShiftCount.answered + ShiftCount.absent + ShiftCount.not_asked
HEARD = TOLD > 0
UNTOLD = Tally(0, 0, True)


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


def get_compliance(
    session: Session,
    companies: Sequence[Branch],
    span: Sequence[date],
    *,
    settings: Settings,
    now: datetime,
    measure: Measure = Measure.ANSWERED,
    shift: str | None = None,
    outside: bool = False,
) -> Compliance:
    """How these companies stood on these days; of shifts, only those that have begun count.

    To whom is `outside` of them, a small company tells nothing of health.
    """
    ids = [company.id for company in companies]
    begun, ahead = _last_day(session, ids, span[-1], settings, now, shift)
    told: Mapping[int, Mapping[date, Tally]]
    if measure in OF_ANSWERS:
        told = _answers(session, ids, span, begun, measure, shift)
        heard = _heard(session, ids, span[-1])
    else:
        told = list_tallies(session, ids, span, measure, shift, now=now)
        heard = list_looked_at(session, ids)
    working = list_working(session, companies, span, shift)
    workers = count_workers(session, ids)
    if outside and measure in OF_HEALTH:
        small = [each for each in ids if workers.get(each, 0) < settings.small_cell]
        # Not silent: there is nothing that may be told.
        told = {**told, **{each: dict.fromkeys(span, UNTOLD) for each in small}}
    found = [
        CompanyDays(
            company.code,
            company.name,
            workers.get(company.id, 0),
            company_days(
                span,
                told.get(company.id, {}),
                working[company.id],
                {span[-1]} if company.id in ahead else (),
            ),
            heard.get(company.id),
            company.id,
        )
        for company in companies
    ]
    return Compliance(tuple(found), tuple(begun))


def _answers(
    session: Session,
    ids: Collection[int],
    span: Sequence[date],
    begun: Sequence[ShiftFigures],
    measure: Measure,
    shift: str | None,
) -> Mapping[int, Mapping[date, Tally]]:
    found = list_answers(session, ids, span[0], span[-1], measure, shift)
    last: dict[int, Figures] = defaultdict(Figures)
    for each in begun:
        last[each.company_id] += each.figures
    for company_id in ids:
        found[company_id][span[-1]] = tally_of(last[company_id], measure)
    return found


def list_answers(
    session: Session,
    ids: Collection[int],
    from_on: date,
    to_on: date,
    measure: Measure,
    shift: str | None = None,
) -> defaultdict[int, dict[date, Tally]]:
    """What branches (ids) answered by day, of one shift where one is named."""
    rows = session.execute(_answers_of(ids, from_on, to_on, measure, shift)).all()
    found: defaultdict[int, dict[date, Tally]] = defaultdict(dict)
    for branch_id, on, answered, at_work, told in rows:
        found[branch_id][on] = Tally(int(answered), int(at_work), told > 0)
    return found


def _answers_of(
    ids: Collection[int], from_on: date, to_on: date, measure: Measure, shift: str | None
) -> Select[*tuple[Any, ...]]:
    done = ShiftCount.on_time if measure is Measure.ON_TIME else ShiftCount.answered
    return (
        select(
            ShiftCount.branch_id,
            ShiftCount.shift_on,
            func.sum(done).label("done"),
            func.sum(ShiftCount.expected - ShiftCount.absent).label("of"),
            func.max(TOLD).label("told"),
        )
        .where(ShiftCount.branch_id.in_(ids), ShiftCount.shift_on.between(from_on, to_on))
        .where(*([ShiftCount.shift == shift] if shift else []))
        .group_by(ShiftCount.branch_id, ShiftCount.shift_on)
    )


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
    session: Session,
    ids: Collection[int],
    on: date,
    settings: Settings,
    now: datetime,
    shift: str | None,
) -> tuple[list[ShiftFigures], set[int]]:
    """The begun shifts of a day, and the companies that work on it but have not begun."""
    planned = [
        each
        for each in list_shift_figures(session, ids, on, on)
        if shift in {None, each.shift.value}
    ]
    books = list_hours(session, ids)
    begun = [
        each
        for each in planned
        if shift_window(books[each.company_id].at(each.shift, on), on, settings.timezone).starts_at
        <= now
    ]
    return begun, {each.company_id for each in planned} - {each.company_id for each in begun}


def list_not_begun(
    session: Session, ids: Collection[int], on: date, settings: Settings, now: datetime
) -> frozenset[tuple[date, str]]:
    """Shifts of a day on which none of these companies (branch ids) has begun."""
    begun, _ = _last_day(session, ids, on, settings, now, None)
    planned = {each.shift.value for each in list_shift_figures(session, ids, on, on)}
    return frozenset((on, shift) for shift in planned - {each.shift.value for each in begun})


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


def count_workers(session: Session, ids: Collection[int]) -> Mapping[int, int]:
    """How many people work in each company (branch id) now."""
    rows = session.execute(
        select(Worker.company_id, func.count())
        .where(Worker.company_id.in_(ids), Worker.left_on.is_(None))
        .group_by(Worker.company_id)
    ).all()
    return dict(rows)


def sum_period(
    session: Session,
    ids: Collection[int],
    period: Period,
    measure: Measure,
    shift: str | None = None,
    *,
    now: datetime,
) -> dict[int, Tally]:
    """What companies (branch ids) come to over a period; days without data do not count."""
    if measure not in OF_ANSWERS:
        told = list_tallies(session, ids, period.days, measure, shift, now=now)
        return {company_id: total(days.values()) for company_id, days in told.items()}
    days = _answers_of(ids, period.from_on, period.to_on, measure, shift).subquery()
    rows = session.execute(
        select(days.c.branch_id, func.sum(days.c.done), func.sum(days.c.of))
        .where(days.c.told > 0)
        .group_by(days.c.branch_id)
    ).all()
    return {branch_id: Tally(int(done), int(of), True) for branch_id, done, of in rows}

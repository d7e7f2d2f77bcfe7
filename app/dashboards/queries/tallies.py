"""Tallies of companies out of the kept records: final summaries, zero reports, reminders, teams."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from app.dashboards.models import DayRecord, ShiftRecord
from app.dashboards.rules.measures import OF_DAYS, Measure, Tally
from app.sync.models import ThisNode

OF_SHIFTS = (Measure.FINAL, Measure.ZERO, Measure.DELIVERED, Measure.READ)
Tallies = Mapping[int, Mapping[date, Tally]]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the province has confirmed this park's log; not `enrolled`: there is none yet."""

    enrolled: bool
    accepted_through: int


def get_reach(session: Session) -> Reach:
    """How far the province has confirmed this park's log."""
    node = session.scalars(select(ThisNode)).first()
    if node is None or node.enrolled_at is None:
        return Reach(enrolled=False, accepted_through=0)
    return Reach(enrolled=True, accepted_through=node.accepted_through)


def list_tallies(
    session: Session,
    ids: Collection[int],
    span: Sequence[date],
    measure: Measure,
    shift: str | None = None,
    *,
    now: datetime,
) -> Tallies:
    """What companies (branch ids) have of a measure on each day, as it was kept."""
    if measure in OF_DAYS:
        return _days(session, ids, span[0], span[-1])[measure]
    done, of = parts_of(measure, get_reach(session), now)
    rows = session.execute(
        select(ShiftRecord.company_id, ShiftRecord.shift_on, func.sum(done), func.sum(of))
        .where(ShiftRecord.company_id.in_(ids), ShiftRecord.shift_on.between(span[0], span[-1]))
        .where(*([ShiftRecord.shift == shift] if shift else []))
        .group_by(ShiftRecord.company_id, ShiftRecord.shift_on)
    ).all()
    found: dict[int, dict[date, Tally]] = defaultdict(dict)
    for company_id, on, *sums in rows:
        found[company_id][on] = Tally(int(sums[0]), int(sums[1]), True)
    return found


def parts_of(measure: Measure, reach: Reach, now: datetime) -> tuple[Any, Any]:
    """What of a shift's record is done, and what it is a part of.

    A final summary is done when the province has it, or when it is made where there is no province
    yet; it is asked for only after its cut-off. A zero report is a final summary too.
    """
    if measure is Measure.DELIVERED:
        return ShiftRecord.delivered, ShiftRecord.wanted
    if measure is Measure.READ:
        return ShiftRecord.read, ShiftRecord.wanted
    due = ShiftRecord.final_due_at <= now
    sent: ColumnElement[bool] = ShiftRecord.final_seq.is_not(None)
    if reach.enrolled:
        sent = and_(sent, ShiftRecord.final_seq <= reach.accepted_through)
    if measure is Measure.ZERO:
        told = and_(due, ShiftRecord.zero.is_not(None))
        return _one(and_(told, ShiftRecord.zero.is_(True))), _one(told)
    return _one(and_(due, sent)), _one(due)


def sum_records(
    session: Session,
    ids: Collection[int],
    from_on: date,
    to_on: date,
    shift: str | None = None,
    *,
    now: datetime,
) -> Mapping[int, Mapping[Measure, Tally]]:
    """What each company (branch id) comes to, by measure; teams and cases as of the last day."""
    reach = get_reach(session)
    parts = {measure: parts_of(measure, reach, now) for measure in OF_SHIFTS}
    rows = session.execute(
        select(
            ShiftRecord.company_id,
            *(func.sum(part) for pair in parts.values() for part in pair),
        )
        .where(ShiftRecord.company_id.in_(ids), ShiftRecord.shift_on.between(from_on, to_on))
        .where(*([ShiftRecord.shift == shift] if shift else []))
        .group_by(ShiftRecord.company_id)
    ).all()
    found: dict[int, dict[Measure, Tally]] = defaultdict(dict)
    for company_id, *sums in rows:
        for place, measure in enumerate(parts):
            done, of = sums[2 * place : 2 * place + 2]
            found[company_id][measure] = Tally(int(done), int(of), True)
    last = select(func.max(DayRecord.on)).where(DayRecord.on.between(from_on, to_on))
    if (last_on := session.scalar(last)) is not None:
        for measure, tallies in _days(session, ids, last_on, last_on).items():
            for company_id, days in tallies.items():
                found[company_id][measure] = days[last_on]
    return found


def _one(condition: Any) -> Any:
    return case((condition, 1), else_=0)


def _days(
    session: Session, ids: Collection[int], from_on: date, to_on: date
) -> Mapping[Measure, Tallies]:
    """Teams that stand of those needed, and open follow-ups that are not overdue, by day."""
    rows = session.scalars(
        select(DayRecord).where(DayRecord.company_id.in_(ids), DayRecord.on.between(from_on, to_on))
    ).all()
    teams: dict[int, dict[date, Tally]] = defaultdict(dict)
    cases: dict[int, dict[date, Tally]] = defaultdict(dict)
    for row in rows:
        needed, held = row.teams_needed, row.cases_open
        teams[row.company_id][row.on] = Tally(
            row.teams_staffed or 0, needed or 0, needed is not None
        )
        cases[row.company_id][row.on] = Tally(
            (held or 0) - (row.cases_overdue or 0), held or 0, held is not None
        )
    return {Measure.TEAMS: teams, Measure.FOLLOWED: cases}


class FinalState(StrEnum):
    """How far the final summary of a shift is."""

    SENT = "sent"
    MADE = "made"
    MISSING = "missing"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class KeptShift:
    """What is kept of one shift of one company, as a page shows it."""

    wanted: int
    delivered: int
    read: int
    final: FinalState
    zero: bool | None


def list_shift_records(
    session: Session, company_id: int, from_on: date, to_on: date, *, now: datetime
) -> dict[tuple[date, str], KeptShift]:
    """What is kept of a company's shifts, by day and shift."""
    reach = get_reach(session)
    rows = session.scalars(
        select(ShiftRecord).where(
            ShiftRecord.company_id == company_id, ShiftRecord.shift_on.between(from_on, to_on)
        )
    ).all()
    return {
        (row.shift_on, row.shift): KeptShift(
            row.wanted, row.delivered, row.read, _final_state(row, reach, now), row.zero
        )
        for row in rows
    }


def _final_state(row: ShiftRecord, reach: Reach, now: datetime) -> FinalState:
    if row.final_due_at is None or row.final_due_at > now:
        return FinalState.AHEAD
    if row.final_seq is None:
        return FinalState.MISSING
    sent = reach.enrolled and row.final_seq <= reach.accepted_through
    return FinalState.SENT if sent else FinalState.MADE


def list_looked_at(session: Session, ids: Collection[int]) -> Mapping[int, datetime]:
    """When the records of each company were last looked at."""
    rows = session.execute(
        select(DayRecord.company_id, func.max(DayRecord.as_of))
        .where(DayRecord.company_id.in_(ids))
        .group_by(DayRecord.company_id)
    ).all()
    return dict(rows)

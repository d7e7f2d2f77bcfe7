"""What is kept of past shifts and days: read from its sources for keeping, and as kept."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import BranchKind
from app.cases.queries.counts import count_cases
from app.checkins.models import ShiftCount
from app.dashboards.models import DayRecord
from app.dashboards.queries.hours import list_hours
from app.delivery.models import Delivery
from app.delivery.rules import Status
from app.delivery.rules.roads import BELL
from app.delivery.rules.statuses import ARRIVED
from app.kernel.clock import local_day
from app.reminders.models import ReminderOccurrence
from app.settings import Settings
from app.sync.models import Summary, ThisNode
from app.sync.rules import ParkShift
from app.workforce.queries.safety_teams import list_staffing
from app.workforce.rules.shifts import HoursBook, ShiftCode, shift_window

NOT_NEEDED = frozenset({Status.SKIPPED, Status.CANCELLED})
Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """What is known of one company (id) on one shift; see the table of records."""

    company_id: int
    shift: str
    wanted: int
    delivered: int
    read: int
    final_due_at: datetime | None
    final_seq: int | None
    zero: bool | None


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What is known of one company (id) on one day; None where nothing was asked for.

    Follow-ups are known of today alone.
    """

    company_id: int
    teams_needed: int | None
    teams_staffed: int | None
    cases_open: int | None = None
    cases_overdue: int | None = None


@dataclass(frozen=True, slots=True)
class _Final:
    seq: int
    codes: frozenset[str]
    zero: Mapping[str, bool]


def list_figure_days(session: Session, to_on: date) -> list[date]:
    """Every day up to one of which there are figures."""
    return list(
        session.scalars(
            select(ShiftCount.shift_on).where(ShiftCount.shift_on <= to_on).distinct()
        ).all()
    )


def list_kept_at(session: Session) -> dict[date, datetime]:
    """When the records of each day were last looked at."""
    rows = session.execute(
        select(DayRecord.on, func.min(DayRecord.as_of)).group_by(DayRecord.on)
    ).all()
    return dict(rows)


def list_facts(
    session: Session, on: date, settings: Settings, now: datetime
) -> tuple[list[ShiftFacts], list[DayFacts]]:
    """What is to be kept of a day, read from reminders, summaries, teams and cases."""
    kinds = select(Branch.id, Branch.code).where(Branch.kind == BranchKind.COMPANY)
    companies: dict[int, str] = dict(session.execute(kinds).all())
    worked = _worked(session, companies, on)
    due = _due(session, worked, on, settings)
    reminded = _reminded(session, companies, on)
    finals = _finals(session, on)
    began = _first_summary_on(session)
    shifts = []
    for company_id, shift in worked:
        wanted, delivered, read = reminded.get((company_id, shift), (0, 0, 0))
        final = finals.get(shift)
        code = companies[company_id]
        told = final if final is not None and code in final.codes else None
        shifts.append(
            ShiftFacts(
                company_id,
                shift,
                wanted,
                delivered,
                read,
                due.get(shift) if began is not None and on >= began else None,
                told.seq if told else None,
                told.zero.get(code) if told else None,
            )
        )
    staffing = list_staffing(session, list(companies), on)
    is_today = on == local_day(now, settings.timezone)
    cases = count_cases(session, list(companies), now=now) if is_today else {}
    days = [
        DayFacts(
            company_id,
            staffing[company_id].needed if company_id in staffing else None,
            staffing[company_id].staffed if company_id in staffing else None,
            cases[company_id].open if cases else None,
            cases[company_id].overdue if cases else None,
        )
        for company_id in companies
    ]
    return shifts, days


def _worked(session: Session, ids: Collection[int], on: date) -> list[Place]:
    rows = session.execute(
        select(ShiftCount.branch_id, ShiftCount.shift)
        .where(ShiftCount.shift_on == on, ShiftCount.branch_id.in_(ids), ShiftCount.expected > 0)
        .order_by(ShiftCount.branch_id, ShiftCount.shift)
    ).all()
    return [(company_id, shift) for company_id, shift in rows]


def _due(
    session: Session, worked: Collection[Place], on: date, settings: Settings
) -> Mapping[str, datetime]:
    """When the summary of each shift is to be final, by the hours of all who work it."""
    hours = list_hours(session, {company_id for company_id, _ in worked})
    windows = defaultdict(list)
    for company_id, shift in worked:
        book = hours.get(company_id, HoursBook({}))
        windows[shift].append(shift_window(book.at(ShiftCode(shift), on), on, settings.timezone))
    return {
        shift: ParkShift.of(ShiftCode(shift), spans).cut_off_at(settings.cut_off_minutes)
        for shift, spans in windows.items()
    }


def _reminded(
    session: Session, ids: Collection[int], on: date
) -> Mapping[Place, tuple[int, int, int]]:
    """How many reminders were wanted, arrived and were read, by company and shift."""
    rows = session.execute(
        select(
            ReminderOccurrence.company_id, ReminderOccurrence.shift, Delivery.status, func.count()
        )
        .join(Delivery, Delivery.message_id == ReminderOccurrence.message_id)
        .where(
            ReminderOccurrence.company_id.in_(ids),
            ReminderOccurrence.due_at.between(_midnight(on, -2), _midnight(on, 4)),
            ReminderOccurrence.shift_on == on,
            Delivery.status.not_in(NOT_NEEDED),
            Delivery.channel != BELL,
        )
        .group_by(ReminderOccurrence.company_id, ReminderOccurrence.shift, Delivery.status)
    ).all()
    found: dict[Place, tuple[int, int, int]] = {}
    for company_id, shift, status, count in rows:
        wanted, delivered, read = found.get((company_id, shift), (0, 0, 0))
        found[company_id, shift] = (
            wanted + count,
            delivered + (count if Status(status) in ARRIVED else 0),
            read + (count if status == Status.READ else 0),
        )
    return found


def _finals(session: Session, on: date) -> Mapping[str, _Final]:
    rows = session.scalars(
        select(Summary)
        .join(ThisNode, ThisNode.node == Summary.node)
        .where(Summary.on == on, Summary.shift != "", Summary.final.is_(True))
    ).all()
    return {row.shift: _final(row.seqs[-1], row.body) for row in rows if row.seqs}


def _final(seq: int, body: Mapping[str, Any]) -> _Final:
    """Which companies a final summary holds; where nobody was heard of there is no zero."""
    rows = body["companies"]
    told = [row for row in rows if not row["hidden"] and row["answered"]]
    return _Final(
        seq,
        frozenset(row["code"] for row in rows),
        {row["code"]: not (row["amber"] or row["red"]) for row in told},
    )


def _first_summary_on(session: Session) -> date | None:
    return session.scalar(
        select(func.min(Summary.on)).join(ThisNode, ThisNode.node == Summary.node)
    )


def _midnight(on: date, days: int) -> datetime:
    return datetime.combine(on, time(), tzinfo=UTC) + timedelta(days=days)

"""What a park's summaries are made of: who works which shift, the figures, who has none."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import BranchKind
from app.cases.queries.counts import count_open_on_shift
from app.checkins.models import ShiftCount, SymptomCount
from app.checkins.rules import COLUMNS, Counts
from app.checkins.rules.requests import FURTHEST_BACK
from app.kernel.clock import local_day
from app.reminders.queries.ran import count_reminders
from app.settings import Settings
from app.sync.models import Summary, ThisNode
from app.sync.rules import CompanyFigures, DueSummary, ParkShift, due_summaries, late_summaries
from app.workforce.models import Holiday, PatternAssignment, ShiftHours, Worker, WorkPattern
from app.workforce.queries.safety_teams import list_staffing
from app.workforce.rules import shifts
from app.workforce.rules.shifts import (
    HoursBook,
    HoursFrom,
    Pattern,
    ShiftCode,
    scheduled_shift,
    shift_window,
)

LOOKED_BACK = FURTHEST_BACK + timedelta(days=1)
Made = Mapping[ShiftCode | None, datetime]


@dataclass(frozen=True, slots=True)
class DueToMake:
    """A summary to be made now, with the span of its shift over all companies."""

    due: DueSummary
    span: ParkShift | None


@dataclass(frozen=True, slots=True)
class _Worked:
    company_id: int
    expected: int
    as_of: datetime


def list_days_due(session: Session, settings: Settings, now: datetime) -> list[date]:
    """Days, oldest first, of which a summary is due; as far back as answers may still come."""
    today = local_day(now, settings.timezone)
    due = list_due(session, settings, now, today - LOOKED_BACK, today)
    return sorted({each.due.on for each in due})


def list_due(
    session: Session, settings: Settings, now: datetime, from_on: date, to_on: date
) -> list[DueToMake]:
    """What is to be made now of these days, in the order in which it is made."""
    worked = _worked(session, from_on, to_on)
    hours = _hours_by_company(session)
    found = []
    for on, shifts_worked in sorted(worked.items()):
        made = _made(session, on)
        spans = _spans(on, shifts_worked, hours, made, settings.timezone)
        changed = {
            span.shift: max(each.as_of for each in shifts_worked[span.shift]) for span in spans
        }
        due = due_summaries(
            on, spans, now, made, settings.timezone, settings.cut_off_minutes
        ) or late_summaries(on, spans, now, made, changed, settings.timezone)
        by_shift = {span.shift: span for span in spans}
        found += [DueToMake(each, by_shift.get(each.shift) if each.shift else None) for each in due]
    return found


def _worked(
    session: Session, from_on: date, to_on: date
) -> Mapping[date, Mapping[ShiftCode, list[_Worked]]]:
    rows = session.execute(
        select(
            ShiftCount.shift_on,
            ShiftCount.shift,
            ShiftCount.branch_id,
            ShiftCount.expected,
            ShiftCount.as_of,
        )
        .join(Branch, Branch.id == ShiftCount.branch_id)
        .where(Branch.kind == BranchKind.COMPANY, ShiftCount.shift_on.between(from_on, to_on))
    ).all()
    found: dict[date, dict[ShiftCode, list[_Worked]]] = defaultdict(lambda: defaultdict(list))
    for on, shift, company_id, expected, as_of in rows:
        found[on][ShiftCode(shift)].append(_Worked(company_id, expected, as_of))
    return found


def _made(session: Session, on: date) -> Made:
    rows = session.execute(
        select(Summary.shift, Summary.checked_at)
        .join(ThisNode, ThisNode.node == Summary.node)
        .where(Summary.on == on)
    ).all()
    return {ShiftCode(shift) if shift else None: checked_at for shift, checked_at in rows}


def _hours_by_company(session: Session) -> Mapping[int, HoursBook]:
    versions: dict[int, dict[ShiftCode, list[HoursFrom]]] = defaultdict(lambda: defaultdict(list))
    for row in session.scalars(select(ShiftHours)):
        hours = shifts.ShiftHours(row.starts, row.ends, row.meal)
        versions[row.company_id][ShiftCode(row.shift)].append(HoursFrom(row.from_on, hours))
    return {
        company_id: HoursBook({shift: tuple(known) for shift, known in book.items()})
        for company_id, book in versions.items()
    }


def _spans(
    on: date,
    worked: Mapping[ShiftCode, Sequence[_Worked]],
    hours: Mapping[int, HoursBook],
    made: Made,
    zone: ZoneInfo,
) -> list[ParkShift]:
    spans = []
    for shift, companies in worked.items():
        expecting = [each.company_id for each in companies if each.expected > 0]
        if not expecting and shift not in made:
            continue
        windows = [
            shift_window(hours.get(company_id, HoursBook({})).at(shift, on), on, zone)
            for company_id in expecting or [each.company_id for each in companies]
        ]
        spans.append(ParkShift.of(shift, windows))
    return spans


def list_figures(
    session: Session, on: date, shift: ShiftCode, company_ids: Collection[int] | None = None
) -> list[CompanyFigures]:
    """The figures of every company that worked a shift, or of those named alone."""
    counts = [getattr(ShiftCount, name) for name in COLUMNS]
    wanted = (
        select(Branch.id, Branch.code, *counts)
        .join(ShiftCount, ShiftCount.branch_id == Branch.id)
        .where(Branch.kind == BranchKind.COMPANY)
        .where(ShiftCount.shift_on == on, ShiftCount.shift == shift)
        .order_by(Branch.code)
    )
    if company_ids is not None:
        wanted = wanted.where(Branch.id.in_(company_ids))
    rows = session.execute(wanted).all()
    if not rows:
        return []
    ids = [company_id for company_id, *_ in rows]
    symptoms = _symptoms(session, on, shift, ids)
    followed = count_open_on_shift(session, on, shift, ids)
    teams = list_staffing(session, ids, on)
    found = []
    for company_id, code, *values in rows:
        sent, read = count_reminders(session, company_id, on, shift)
        team = teams.get(company_id)
        found.append(
            CompanyFigures(
                code,
                Counts(*values),
                symptoms.get(company_id, {}),
                cases_open=followed.get(company_id, 0),
                reminders_sent=sent,
                reminders_read=read,
                teams_staffed=team.staffed if team else None,
                teams_needed=team.needed if team else None,
            )
        )
    return found


def _symptoms(
    session: Session, on: date, shift: ShiftCode, company_ids: Collection[int]
) -> Mapping[int, Mapping[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in session.scalars(
        select(SymptomCount)
        .where(SymptomCount.company_id.in_(company_ids))
        .where(SymptomCount.shift_on == on, SymptomCount.shift == shift)
    ):
        found[row.company_id][row.symptom] = row.count
    return found


def list_missing(session: Session, on: date, shift: ShiftCode) -> list[str]:
    """Codes of companies of which nothing is known on this shift.

    Either nobody of them is scheduled on anything, or some are on this shift that day and yet
    no figures exist. A company that has the day off is not missing.
    """
    heard = select(ShiftCount.branch_id).where(ShiftCount.shift_on == on)
    silent = session.execute(
        select(Branch.id, Branch.code, Branch.parent_id)
        .where(Branch.kind == BranchKind.COMPANY, Branch.id.not_in(heard))
        .where(or_(Branch.closed_on.is_(None), Branch.closed_on > on))
        .order_by(Branch.code)
    ).all()
    if not silent:
        return []
    off = set(session.scalars(select(Holiday.branch_id).where(Holiday.on == on)))
    scheduled = _scheduled(session, on, [company_id for company_id, *_ in silent])
    return [
        code
        for company_id, code, park_id in silent
        if company_id not in off
        and park_id not in off
        and (company_id not in scheduled or shift in scheduled[company_id])
    ]


def _scheduled(
    session: Session, on: date, company_ids: Collection[int]
) -> Mapping[int, set[ShiftCode | None]]:
    """The shifts that the patterns in use put on a day, by company."""
    rows = session.execute(
        select(WorkPattern.company_id, WorkPattern.cycle, WorkPattern.anchor_on).where(
            WorkPattern.company_id.in_(company_ids),
            WorkPattern.id.in_(
                select(PatternAssignment.pattern_id)
                .join(Worker, Worker.id == PatternAssignment.worker_id)
                .where(PatternAssignment.from_on <= on)
                .where(or_(PatternAssignment.to_on.is_(None), PatternAssignment.to_on >= on))
                .where(or_(Worker.left_on.is_(None), Worker.left_on >= on))
            ),
        )
    ).all()
    found: dict[int, set[ShiftCode | None]] = defaultdict(set)
    for company_id, cycle, anchor_on in rows:
        pattern = Pattern(tuple(ShiftCode(code) if code else None for code in cycle), anchor_on)
        found[company_id].add(scheduled_shift(pattern, on))
    return found

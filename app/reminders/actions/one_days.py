"""A day that differs: one send left out, moved or added, and taken back; no other changes."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.reminders.models import ReminderOccurrence, ReminderOneDay, ReminderSchedule
from app.reminders.queries.calendar import find_one_day, get_calendar
from app.reminders.queries.schedules import as_rule
from app.reminders.rules import Occurrence, Schedule
from app.reminders.rules.calendar import (
    FARTHEST_MOVE,
    AlreadyCome,
    Calendar,
    ComesThatDay,
    Deviation,
    MomentPassed,
    NotThatDay,
    TooFarMoved,
)
from app.reminders.rules.schedules import of_day, usual_of_day
from app.settings import Settings
from app.workforce.queries.schedules import get_hours
from app.workforce.rules.shifts import HoursBook, ShiftCode


@dataclass(frozen=True, slots=True)
class OneSend:
    """One send of a schedule: the shift of a start date, None for one that goes by the clock."""

    schedule_id: str
    on: date
    shift: ShiftCode | None


@dataclass(frozen=True, slots=True)
class _Day:
    """A start date of a schedule: what usually comes, and what comes as it stands."""

    usual: tuple[Occurrence, ...]
    runs: bool
    coming: tuple[Occurrence, ...]


def leave_out(
    session: Session, send: OneSend, *, settings: Settings, actor: Actor, now: datetime
) -> str:
    """This one send does not come; returns the id of the day that differs."""
    row, day = _held(session, send, settings)
    if not day.coming:
        raise NotThatDay
    _check_to_come(session, send, day.coming, now)
    if not day.runs:  # an extra one is simply withdrawn
        return _withdraw(session, row, send, actor=actor, now=now)
    return _write(session, row, send, Deviation.SKIP, None, actor=actor, now=now)


def move_send(
    session: Session,
    send: OneSend,
    due_at: datetime,
    *,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> str:
    """This one send comes at another moment, or an extra one on a day without it."""
    row, day = _held(session, send, settings)
    if not day.usual:
        raise NotThatDay
    _check_to_come(session, send, day.coming, now)
    if due_at <= now:
        raise MomentPassed
    if abs(due_at - day.usual[0].due_at) > FARTHEST_MOVE:
        raise TooFarMoved
    kind = Deviation.MOVE if day.runs else Deviation.EXTRA
    return _write(session, row, send, kind, due_at, actor=actor, now=now)


def add_send(
    session: Session,
    send: OneSend,
    due_at: datetime,
    *,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> str:
    """An extra send on a day on which the schedule does not come."""
    _, day = _held(session, send, settings)
    if day.coming or day.runs:
        raise ComesThatDay
    return move_send(session, send, due_at, settings=settings, actor=actor, now=now)


def undo_one_day(
    session: Session,
    schedule_id: str,
    one_day_id: str,
    *,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> None:
    """The day is as every other again, while that can still be."""
    one_day = session.get(ReminderOneDay, one_day_id, with_for_update=True)
    if one_day is None or one_day.schedule_id != schedule_id or one_day.undone_at is not None:
        raise NotFound
    shift = ShiftCode(one_day.shift) if one_day.shift else None
    row, day = _held(session, OneSend(schedule_id, one_day.on, shift), settings)
    before = day.usual if one_day.kind != Deviation.EXTRA else ()
    send = OneSend(schedule_id, one_day.on, shift)
    _check_to_come(session, send, (*before, *day.coming), now)
    one_day.undone_at = now
    _record(session, row, "one_day_undone", one_day, actor=actor, now=now)


def _held(session: Session, send: OneSend, settings: Settings) -> tuple[ReminderSchedule, _Day]:
    row = session.get(ReminderSchedule, send.schedule_id, with_for_update=True)
    if row is None or row.removed_at is not None:
        raise NotFound
    calendar = get_calendar(session, row.company_id, send.on, send.on)
    schedule, hours = replace(as_rule(row), active=True), get_hours(session, row.company_id)
    return row, _day(schedule, hours, send, settings.timezone, calendar)


def _day(
    schedule: Schedule, hours: HoursBook, send: OneSend, zone: ZoneInfo, calendar: Calendar
) -> _Day:
    usual = usual_of_day(schedule, hours, send.on, zone, calendar.departures)
    undisturbed = replace(calendar, one_days={})
    return _Day(
        tuple(each for each in usual if each.shift == send.shift),
        any(
            each.shift == send.shift for each in of_day(schedule, hours, send.on, zone, undisturbed)
        ),
        tuple(
            each
            for each in of_day(schedule, hours, send.on, zone, calendar)
            if each.shift == send.shift
        ),
    )


def _check_to_come(
    session: Session, send: OneSend, coming: tuple[Occurrence, ...], now: datetime
) -> None:
    kept = select(ReminderOccurrence.id).where(
        ReminderOccurrence.schedule_id == send.schedule_id,
        ReminderOccurrence.shift_on == send.on,
        ReminderOccurrence.shift == (send.shift or ""),
    )
    if any(each.due_at <= now for each in coming) or session.scalar(kept.limit(1)):
        raise AlreadyCome


def _withdraw(
    session: Session, row: ReminderSchedule, send: OneSend, *, actor: Actor, now: datetime
) -> str:
    standing = find_one_day(session, send.schedule_id, send.on, send.shift)
    if standing is None:
        raise NotThatDay
    one_day = session.get_one(ReminderOneDay, standing.id)
    one_day.undone_at = now
    _record(session, row, "one_day_undone", one_day, actor=actor, now=now)
    return one_day.id


def _write(
    session: Session,
    row: ReminderSchedule,
    send: OneSend,
    kind: Deviation,
    due_at: datetime | None,
    *,
    actor: Actor,
    now: datetime,
) -> str:
    session.execute(
        update(ReminderOneDay)
        .where(ReminderOneDay.schedule_id == send.schedule_id, ReminderOneDay.on == send.on)
        .where(ReminderOneDay.shift == (send.shift or ""), ReminderOneDay.undone_at.is_(None))
        .values(undone_at=now)
    )
    one_day = ReminderOneDay(
        id=new_id(now),
        schedule_id=send.schedule_id,
        company_id=row.company_id,
        on=send.on,
        shift=send.shift or "",
        kind=kind,
        due_at=due_at,
        made_at=now,
        made_by=actor.name[:120],
    )
    session.add(one_day)
    _record(session, row, "one_day_set", one_day, actor=actor, now=now)
    return one_day.id


def _record(
    session: Session,
    row: ReminderSchedule,
    act: str,
    one_day: ReminderOneDay,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    session.flush()
    record_act(
        session,
        f"reminders.{act}",
        actor=actor,
        now=now,
        subject_id=row.id,
        company_id=row.company_id,
        name=row.name,
        on=one_day.on.isoformat(),
        shift=one_day.shift,
        kind=one_day.kind,
        due_at=one_day.due_at.isoformat() if one_day.due_at else "",
    )

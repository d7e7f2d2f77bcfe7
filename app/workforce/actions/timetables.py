"""What an officer does to a company's timetable: hours, patterns, holidays."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.text import squeeze
from app.workforce import models
from app.workforce.actions.schedules import add_holiday
from app.workforce.actions.sites import set_hours
from app.workforce.models import Holiday, WorkPattern
from app.workforce.rules.groups import WorkChanged
from app.workforce.rules.shifts import Pattern, ShiftCode, ShiftHours
from app.workforce.rules.timetables import HolidayStands, PatternNameTaken


def change_hours(
    session: Session,
    company_id: int,
    hours: Mapping[ShiftCode, ShiftHours],
    *,
    from_on: date,
    actor: Actor,
    now: datetime,
) -> None:
    """These hours count from a day on, also in place of others set for the same day."""
    if not hours:
        return
    session.execute(
        delete(models.ShiftHours).where(
            models.ShiftHours.company_id == company_id,
            models.ShiftHours.from_on == from_on,
            models.ShiftHours.shift.in_([str(shift) for shift in hours]),
        )
    )
    set_hours(session, company_id, hours, from_on=from_on)
    record_act(
        session,
        "workforce.hours_changed",
        actor=actor,
        now=now,
        subject_id=str(company_id),
        company_id=company_id,
        from_on=from_on.isoformat(),
        hours={
            str(shift): f"{each.starts:%H:%M}–{each.ends:%H:%M}" for shift, each in hours.items()
        },
    )


def save_pattern(
    session: Session,
    company_id: int,
    pattern_id: str | None,
    name: str,
    pattern: Pattern,
    *,
    actor: Actor,
    now: datetime,
) -> str:
    """A pattern of that name, new or in place of what an old one said; returns its id."""
    shown = squeeze(name)[:80]
    taken = session.scalar(
        select(WorkPattern.id).where(
            WorkPattern.company_id == company_id, WorkPattern.name == shown
        )
    )
    if taken is not None and taken != pattern_id:
        raise PatternNameTaken
    kept = session.get_one(WorkPattern, pattern_id) if pattern_id else None
    if kept is None:
        kept = WorkPattern(id=new_id(now), company_id=company_id)
        session.add(kept)
    kept.name = shown
    kept.cycle = [str(shift) if shift else None for shift in pattern.cycle]
    kept.anchor_on = pattern.anchor_on
    session.flush()
    record_act(
        session,
        "workforce.pattern_saved",
        actor=actor,
        now=now,
        subject_id=kept.id,
        company_id=company_id,
        cycle=kept.cycle,
        anchor_on=pattern.anchor_on.isoformat(),
    )
    return kept.id


def mark_holiday(
    session: Session, company_id: int, on: date, name: str, *, actor: Actor, now: datetime
) -> None:
    """A day on which a company does not work."""
    stands = select(Holiday.id).where(Holiday.branch_id == company_id, Holiday.on == on)
    if session.scalar(stands) is not None:
        raise HolidayStands
    add_holiday(session, company_id, on, name, actor=actor, now=now)


def remove_holiday(
    session: Session, company_id: int, holiday_id: int, *, actor: Actor, now: datetime
) -> date | None:
    """The company works on that day after all; returns the day, or None when it set none."""
    on = session.scalar(
        delete(Holiday)
        .where(Holiday.id == holiday_id, Holiday.branch_id == company_id)
        .returning(Holiday.on)
    )
    if on is not None:
        record_act(
            session,
            "workforce.holiday_removed",
            actor=actor,
            now=now,
            subject_id=str(company_id),
            company_id=company_id,
            on=on.isoformat(),
        )
    return on


def tell_work_changed(
    session: Session, company_id: int, worker_ids: Sequence[str], from_on: date, *, now: datetime
) -> None:
    """Let all that depends on when these people work follow a change of the timetable."""
    publish(session, WorkChanged(company_id, tuple(worker_ids), from_on), now=now)

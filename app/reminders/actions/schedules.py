"""Schedules: write, change, pause, copy, remove and take back, always checked and recorded."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.kernel.text import nfc, squeeze
from app.reminders.models import ReminderSchedule
from app.reminders.queries.schedules import as_rule
from app.reminders.queries.texts import BuiltIn, built_ins, check_fillable
from app.reminders.rules import Anchor, PlaceholderUnfilled, Schedule, check_placeholders
from app.reminders.rules.planning import (
    ChangedMeanwhile,
    EndsBeforeItStarts,
    NoBuses,
    NoTextInLanguage,
    NothingToSay,
    UnknownGroup,
    UnknownUnit,
    WhollyPast,
    template_of,
)
from app.settings import Settings
from app.workforce.models import WorkGroup

ALL_WEEK = frozenset(range(7))
COPIED_ANEW = frozenset(
    {"id", "name", "active", "version", "updated_at", "updated_by", "carried_from", "left_behind"}
    | {"carry_id"}
)


@dataclass(frozen=True, slots=True)
class Wording:
    """What a schedule says, and what it is called; English may be empty."""

    name: str
    vi: str
    name_en: str = ""
    en: str = ""

    @property
    def texts(self) -> dict[str, str]:
        """The text by language, Vietnamese first, as typed but for stray spaces."""
        written = {"vi": nfc(self.vi).strip(), "en": nfc(self.en).strip()}
        return {language: text for language, text in written.items() if text}


def checked(
    session: Session,
    company_id: int,
    schedule: Schedule,
    wording: Wording,
    *,
    today: date,
) -> Schedule:
    """The schedule with its template named, when all of it may be used; else the refusal.

    What nothing can fill is refused only while the schedule is to run.
    """
    texts = wording.texts
    if not squeeze(wording.name) or "vi" not in texts:
        raise NothingToSay
    for text in texts.values():
        check_placeholders(text)
    if schedule.from_on and schedule.to_on and schedule.to_on < schedule.from_on:
        raise EndsBeforeItStarts
    if schedule.language and schedule.language not in texts:
        raise NoTextInLanguage
    _check_groups(session, company_id, schedule.group_ids)
    _check_units(session, company_id, schedule.branch_ids)
    if schedule.active:
        _check_not_over(schedule, today)
        check_fillable(session, company_id, schedule, texts, today)
    known = {name: each.texts for name, each in built_ins().items()}
    return replace(schedule, name=squeeze(wording.name)[:120], template=template_of(texts, known))


def _check_groups(session: Session, company_id: int, group_ids: Collection[str]) -> None:
    known = session.scalars(
        select(WorkGroup.id).where(
            WorkGroup.company_id == company_id, WorkGroup.id.in_(sorted(group_ids))
        )
    ).all()
    if len(known) < len(group_ids):
        raise UnknownGroup


def _check_units(session: Session, company_id: int, branch_ids: Collection[int]) -> None:
    if not branch_ids:
        return
    known = session.scalars(
        select(Branch.id).where(
            Branch.company_id == company_id,
            Branch.id != company_id,
            Branch.id.in_(sorted(branch_ids)),
        )
    ).all()
    if len(known) < len(branch_ids):
        raise UnknownUnit


def _check_not_over(schedule: Schedule, today: date) -> None:
    if schedule.to_on is not None and schedule.to_on < today:
        raise WhollyPast


def save_schedule(
    session: Session,
    company_id: int,
    schedule: Schedule,
    wording: Wording,
    *,
    version: int | None,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> str:
    """Write a schedule; `version` is the one that was seen, None for a new one. Returns its id."""
    today = local_day(now, settings.timezone)
    fit = checked(session, company_id, schedule, wording, today=today)
    if version is None:
        row = ReminderSchedule(id=new_id(now), company_id=company_id, version=0)
    else:
        row = _held(session, schedule.id)
        if row.company_id != company_id:
            raise NotFound
        if row.version != version:
            raise ChangedMeanwhile
    _write(row, fit, wording)
    session.add(row)
    _changed(session, row, "schedule_saved", actor=actor, now=now)
    return row.id


def _write(row: ReminderSchedule, schedule: Schedule, wording: Wording) -> None:
    row.name, row.name_en = schedule.name, squeeze(wording.name_en)[:120]
    row.template, row.texts = schedule.template, wording.texts
    row.audience, row.anchor = schedule.audience, schedule.anchor
    row.clock_time = f"{schedule.clock_time:%H:%M}" if schedule.clock_time else None
    row.offset_minutes = schedule.offset_minutes
    row.weekdays = sorted(schedule.weekdays)
    row.shifts = sorted(schedule.shifts)
    row.group_ids = sorted(schedule.group_ids)
    row.only_unanswered = schedule.only_unanswered
    row.from_on, row.to_on, row.active = schedule.from_on, schedule.to_on, schedule.active
    row.branch_ids, row.language = sorted(schedule.branch_ids), schedule.language
    row.on_holidays, row.left_behind = schedule.on_holidays, []


def _held(session: Session, schedule_id: str) -> ReminderSchedule:
    row = session.get(ReminderSchedule, schedule_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _changed(
    session: Session, row: ReminderSchedule, act: str, *, actor: Actor, now: datetime
) -> None:
    row.version += 1
    row.updated_at, row.updated_by = now, actor.name[:120]
    session.flush()
    record_act(
        session,
        f"reminders.{act}",
        actor=actor,
        now=now,
        subject_id=row.id,
        company_id=row.company_id,
        name=row.name,
        version=row.version,
    )


def set_running(
    session: Session,
    schedule_id: str,
    *,
    active: bool,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> None:
    """Pause a schedule, or let it run again when all its placeholders can be filled."""
    row = _held(session, schedule_id)
    if row.removed_at is not None:
        raise NotFound
    if active:
        today = local_day(now, settings.timezone)
        _check_not_over(as_rule(row), today)
        check_fillable(session, row.company_id, as_rule(row), row.texts, today)
    if row.active is not active:
        row.active, row.left_behind = active, []
        act = "schedule_resumed" if active else "schedule_paused"
        _changed(session, row, act, actor=actor, now=now)


def set_removed(
    session: Session, schedule_id: str, *, removed: bool, actor: Actor, now: datetime
) -> None:
    """Take a schedule off the timetable, or put it back as it was; what it sent stays."""
    row = _held(session, schedule_id)
    if (row.removed_at is not None) is not removed:
        row.removed_at = now if removed else None
        act = "schedule_removed" if removed else "schedule_restored"
        _changed(session, row, act, actor=actor, now=now)


def copy_schedule(
    session: Session, schedule_id: str, name: str, *, actor: Actor, now: datetime
) -> str:
    """A paused copy of a schedule under another name; returns its id."""
    row = _held(session, schedule_id)
    if row.removed_at is not None:
        raise NotFound
    held = {
        column.key: getattr(row, column.key)
        for column in ReminderSchedule.__table__.columns
        if column.key not in COPIED_ANEW
    }
    copied = ReminderSchedule(
        id=new_id(now), name=squeeze(name)[:120], active=False, version=0, **held
    )
    session.add(copied)
    _changed(session, copied, "schedule_copied", actor=actor, now=now)
    return copied.id


def add_default_schedules(
    session: Session, company_id: int, *, settings: Settings, actor: Actor, now: datetime
) -> int:
    """The ready-made 5K timetable of a company; what it has or cannot fill is left out.

    Returns how many schedules were added.
    """
    today = local_day(now, settings.timezone)
    held = set(
        session.scalars(
            select(ReminderSchedule.template).where(
                ReminderSchedule.company_id == company_id, ReminderSchedule.removed_at.is_(None)
            )
        )
    )
    added = 0
    for built_in in built_ins().values():
        if built_in.offered and built_in.template.id not in held:
            added += _add_default(session, company_id, built_in, today, actor=actor, now=now)
    return added


def _add_default(
    session: Session,
    company_id: int,
    built_in: BuiltIn,
    today: date,
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    template = built_in.template
    schedule = Schedule(
        new_id(now),
        built_in.name_vi,
        template.id,
        template.anchor,
        template.offset_minutes,
        template.clock_time,
        weekdays=ALL_WEEK,
        only_unanswered=template.only_unanswered,
        audience=template.audience,
        on_holidays=template.anchor is Anchor.CLOCK,
    )
    try:
        check_fillable(session, company_id, schedule, built_in.texts, today)
    except (PlaceholderUnfilled, NoBuses):
        return False
    row = ReminderSchedule(id=schedule.id, company_id=company_id, version=0)
    _write(row, schedule, wording_of(built_in))
    session.add(row)
    _changed(session, row, "schedule_saved", actor=actor, now=now)
    return True


def wording_of(built_in: BuiltIn) -> Wording:
    """What a built-in text says and is called."""
    texts: Mapping[str, str] = built_in.texts
    return Wording(built_in.name_vi, texts["vi"], built_in.name_en, texts["en"])

"""What a schedule will do next: when, to how many, and how its text reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.delivery.rules.messages import fill
from app.delivery.rules.roads import Roads
from app.kernel.clock import local_day
from app.reminders.queries.audience import Reach, by_duties, count_reach, find_example
from app.reminders.queries.calendar import get_calendar
from app.reminders.queries.forecast import count_people
from app.reminders.queries.schedules import is_unplanned, list_shifts_worked
from app.reminders.queries.texts import GROUP_OF, shared_values, values_of
from app.reminders.rules import Anchor, Occurrence, Schedule, next_occurrences, placeholders_of
from app.reminders.rules.calendar import Calendar, OneDay
from app.reminders.rules.planning import in_one_language, is_quiet
from app.reminders.rules.schedules import LOOK_AHEAD_DAYS
from app.workforce.models import Worker
from app.workforce.queries.schedules import get_hours
from app.workforce.rules.groups import GroupKind
from app.workforce.rules.shifts import HoursBook, ShiftCode

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Days:
    """What a company's coming days are made of: hours, shifts that are worked, days that differ."""

    hours: HoursBook
    worked: frozenset[ShiftCode]
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Send:
    """One coming send on a day of the park; `people` is None where nobody has planned that day.

    `is_quiet`: it comes in the quiet hours; `differs`: it was moved, or is an extra one.
    """

    occurrence: Occurrence
    due_on: date
    people: int | None
    is_quiet: bool
    differs: OneDay | None


@dataclass(frozen=True, slots=True)
class Preview:
    """How a text reads for one person, by language; `unfilled` has no value for them."""

    texts: Mapping[str, str]
    unfilled: tuple[str, ...]
    name: str | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """The next sends, and whom those of the first start date reach; None where unknown as yet."""

    sends: tuple[Send, ...]
    reach: Reach | None
    preview: Preview

    @property
    def first(self) -> Occurrence | None:
        """The next occurrence."""
        return self.sends[0].occurrence if self.sends else None


def days_ahead(session: Session, company_id: int, now: datetime, zone: ZoneInfo) -> Days:
    """A company's days as far as schedules look ahead."""
    today = local_day(now, zone)
    until = today + timedelta(days=LOOK_AHEAD_DAYS)
    return Days(
        get_hours(session, company_id),
        frozenset(list_shifts_worked(session, company_id)),
        get_calendar(session, company_id, today, until),
    )


def list_next(
    days: Days, schedule: Schedule, n: int, now: datetime, zone: ZoneInfo
) -> list[Occurrence]:
    """The next occurrences on shifts that are worked, as if the schedule were running."""
    running = replace(schedule, active=True)
    shifts = {*days.worked, *schedule.shifts, None}
    return next_occurrences(running, n, days.hours, now, zone, days.calendar, shifts)


def look_ahead(
    session: Session,
    company_id: int,
    schedule: Schedule,
    texts: Mapping[str, str],
    person: Worker | None,
    *,
    roads: Roads,
    now: datetime,
    zone: ZoneInfo,
) -> Outlook:
    """What a schedule will do next, as it stands or as it is being written."""
    days = days_ahead(session, company_id, now, zone)
    following = list_next(days, schedule, SHOWN, now, zone)
    sent = in_one_language(texts, schedule.language) or dict(texts)
    if not following:
        return Outlook((), None, Preview(sent, (), None))
    first = following[0]
    used = {name for text in sent.values() for name in placeholders_of(text)}
    kinds = [kind for name, kind in GROUP_OF.items() if name in used]
    if schedule.anchor is Anchor.BUS_DEPARTURE:
        kinds = [*kinds, GroupKind.BUS]
    shown = person or find_example(session, company_id, schedule, kinds, first.on)
    counted = {
        each: count_people(session, company_id, schedule, kinds, each, days.calendar, zone)
        for each in following
    }
    return Outlook(
        tuple(_send(each, counted[each], schedule, days.calendar, zone) for each in following),
        _reach(session, company_id, schedule, kinds, following, roads, now),
        _preview(session, company_id, schedule, sent, first, shown, zone),
    )


def _send(
    each: Occurrence, people: int | None, schedule: Schedule, calendar: Calendar, zone: ZoneInfo
) -> Send:
    differs = [
        one_day
        for one_day in calendar.one_days.get(schedule.id, ())
        if (one_day.on, one_day.shift, one_day.due_at) == (each.on, each.shift, each.due_at)
    ]
    quiet = is_quiet(each.due_at.astimezone(zone).time())
    due_on = local_day(each.due_at, zone)
    return Send(each, due_on, people, quiet, differs[0] if differs else None)


def _reach(
    session: Session,
    company_id: int,
    schedule: Schedule,
    kinds: Sequence[GroupKind],
    following: Sequence[Occurrence],
    roads: Roads,
    now: datetime,
) -> Reach | None:
    on = following[0].on
    if by_duties(schedule) and is_unplanned(session, company_id, on):
        return None
    shifts = {each.shift for each in following if each.on == on and each.shift is not None}
    reached = replace(schedule, shifts=frozenset(shifts) or schedule.shifts)
    return count_reach(session, company_id, reached, kinds, on, roads, now)


def _preview(
    session: Session,
    company_id: int,
    schedule: Schedule,
    texts: Mapping[str, str],
    occurrence: Occurrence,
    person: Worker | None,
    zone: ZoneInfo,
) -> Preview:
    shared = shared_values(session, company_id, schedule, occurrence, zone)
    personal = values_of(session, person, occurrence.on) if person else {}
    filled, unfilled = {}, []
    for language, text in texts.items():
        held = {name: value for name, value in {**shared[language], **personal}.items() if value}
        filled[language] = fill(text, held)
        unfilled += [
            "{" + name + "}" for name in placeholders_of(filled[language]) if name not in held
        ]
    return Preview(filled, tuple(dict.fromkeys(unfilled)), person.name if person else None)

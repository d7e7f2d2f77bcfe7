"""Planning an occurrence: a message, and one delivery for each person, in chunks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.rules import DutyState
from app.delivery.actions.ledger import (
    NewDelivery,
    NewMessage,
    open_message,
    show_message,
)
from app.delivery.actions.roads import queue_by_road
from app.delivery.models import Message
from app.delivery.registry import roads_of
from app.delivery.rules import Lane
from app.delivery.rules.messages import MessageKind, fill
from app.reminders.models import ReminderOccurrence, ReminderSchedule
from app.reminders.queries.audience import Receiver, list_receivers
from app.reminders.queries.calendar import buses_of, find_one_day
from app.reminders.queries.schedules import as_rule
from app.reminders.queries.texts import GROUP_OF, PERSONAL, group_names, shared_values
from app.reminders.rules import (
    Anchor,
    Occurrence,
    Schedule,
    is_missed,
    message_key,
    once_key,
    placeholders_of,
)
from app.reminders.rules.calendar import Deviation
from app.reminders.rules.planning import (
    SENT_WITHIN,
    OccurrenceState,
    SkipReason,
    answer_key,
    holds_until,
    in_one_language,
)
from app.settings import Settings
from app.workforce.queries.schedules import get_hours
from app.workforce.rules.shifts import ShiftCode, shift_window

CHUNK = 250


@dataclass(frozen=True, slots=True)
class Planned:
    """What one chunk came to; `missed` when it was too late to go on."""

    done: bool
    missed: bool = False
    planned: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)


def plan_chunk(
    session: Session,
    occurrence_id: str,
    *,
    settings: Settings,
    now: datetime,
    most: int = CHUNK,
) -> Planned:
    """Write the next people of an occurrence down, from where the last chunk ended.

    Whoever runs this, however often and however many at once: the row of the occurrence is held
    meanwhile, and nobody sees the message before its last person is written.
    """
    row = session.scalars(
        select(ReminderOccurrence).where(ReminderOccurrence.id == occurrence_id).with_for_update()
    ).one()
    if row.state != OccurrenceState.DUE:
        return Planned(done=True)
    stored = session.get_one(ReminderSchedule, row.schedule_id)
    occurrence = Occurrence(
        row.schedule_id,
        row.shift_on,
        ShiftCode(row.shift) if row.shift else None,
        row.due_at,
        row.part,
    )
    if is_missed(occurrence, now, settings.late_reminder_minutes):
        _end(row, OccurrenceState.MISSED, now)
        return Planned(done=True, missed=True)
    schedule = as_rule(stored)
    if not schedule.active or _left_out(session, occurrence) or _is_stopped(session, row):
        _end(row, OccurrenceState.STOPPED, now)
        return Planned(done=True)
    return _plan(session, row, stored, schedule, occurrence, settings, most, now)


def _left_out(session: Session, occurrence: Occurrence) -> bool:
    """Whether somebody said meanwhile that this one does not come, or comes at another time."""
    one_day = find_one_day(session, occurrence.schedule_id, occurrence.on, occurrence.shift)
    if one_day is None or one_day.kind is Deviation.EXTRA:
        return False
    return one_day.due_at != occurrence.due_at


def _is_stopped(session: Session, row: ReminderOccurrence) -> bool:
    """Whether somebody stopped the message of this one while it was being written down."""
    if row.message_id is None:
        return False
    return session.get_one(Message, row.message_id, with_for_update=True).stopped_at is not None


def _end(row: ReminderOccurrence, state: OccurrenceState, now: datetime) -> None:
    row.state, row.finished_at = state, now


def _plan(
    session: Session,
    row: ReminderOccurrence,
    stored: ReminderSchedule,
    schedule: Schedule,
    occurrence: Occurrence,
    settings: Settings,
    most: int,
    now: datetime,
) -> Planned:
    people = list_receivers(
        session,
        row.company_id,
        schedule,
        occurrence.on,
        occurrence.shift,
        after=row.cursor,
        limit=most,
        buses=_buses(session, row.company_id, schedule, occurrence, settings.timezone),
    )
    skipped: Counter[str] = Counter()
    values = _values(session, stored.texts, people, occurrence)
    wanted = []
    for person in people:
        why = _skip(person, schedule, values.get(person.person_id))
        if why:
            skipped[why] += 1
        else:
            wanted.append(_delivery(person, schedule, occurrence, values[person.person_id]))
    if wanted and row.message_id is None:
        row.message_id = _open(session, stored, occurrence, settings.timezone, now)
    by_road = queue_by_road(
        session,
        str(row.message_id),
        wanted,
        lane=Lane.NORMAL,
        not_before=occurrence.due_at,
        expires_at=occurrence.due_at + SENT_WITHIN,
        roads=roads_of(settings),
        now=now,
    )
    added = sum(count for road, count in by_road.items() if road is not None)
    if len(wanted) > added:
        skipped[SkipReason.ALREADY] += len(wanted) - added
    row.reached += added
    row.skipped = dict(Counter(row.skipped) + skipped)
    if people:
        row.cursor = people[-1].person_id
    done = len(people) < most
    if done:
        _end(row, OccurrenceState.PLANNED, now)
        if row.message_id is not None:
            show_message(session, row.message_id, now=now)
    return Planned(done, planned=added, skipped=dict(skipped))


def _buses(
    session: Session, company_id: int, schedule: Schedule, occurrence: Occurrence, zone: ZoneInfo
) -> frozenset[str] | None:
    if schedule.anchor is not Anchor.BUS_DEPARTURE:
        return None
    return buses_of(session, company_id, occurrence, zone)


def _skip(
    person: Receiver, schedule: Schedule, values: Mapping[str, str] | None
) -> SkipReason | None:
    if schedule.only_unanswered and person.state is DutyState.ANSWERED:
        return SkipReason.ANSWERED
    if person.state is DutyState.ABSENT:
        return SkipReason.ABSENT
    return SkipReason.NO_VALUE if values is None else None


def _delivery(
    person: Receiver, schedule: Schedule, occurrence: Occurrence, values: Mapping[str, str]
) -> NewDelivery:
    shift = occurrence.shift or person.shift
    waits_for_answer = schedule.only_unanswered and shift is not None
    return NewDelivery(
        person.person_id,
        schedule.language or person.locale,
        once_key(person.person_id, schedule.template, occurrence.on, occurrence.shift),
        answer_key(occurrence.on, str(shift)) if waits_for_answer else None,
        values,
    )


def _values(
    session: Session,
    texts: Mapping[str, str],
    people: Sequence[Receiver],
    occurrence: Occurrence,
) -> dict[str, dict[str, str]]:
    """What differs by person, for those who have a value for every placeholder."""
    used = {name for text in texts.values() for name in placeholders_of(text)} & PERSONAL
    ids = [person.person_id for person in people]
    groups = {
        name: group_names(session, ids, GROUP_OF[name], occurrence.on)
        for name in used & GROUP_OF.keys()
    }
    lines = {person.person_id: person.line for person in people}
    known = groups | ({"line": lines} if "line" in used else {})
    return {
        person_id: {name: values[person_id] for name, values in known.items()}
        for person_id in ids
        if all(values.get(person_id) for values in known.values())
    }


def _open(
    session: Session,
    stored: ReminderSchedule,
    occurrence: Occurrence,
    zone: ZoneInfo,
    now: datetime,
) -> str:
    window = None
    if occurrence.shift is not None:
        hours = get_hours(session, stored.company_id).at(occurrence.shift, occurrence.on)
        window = shift_window(hours, occurrence.on, zone)
    shared = shared_values(session, stored.company_id, as_rule(stored), occurrence, zone)
    key = message_key(stored.template, occurrence.on, occurrence.shift)
    texts = in_one_language(stored.texts, stored.language)
    return open_message(
        session,
        NewMessage(
            MessageKind.REMINDER,
            f"{key}:{stored.id}:{occurrence.part}".rstrip(":"),
            {language: fill(text, shared[language]) for language, text in texts.items()},
            in_one_language(
                {"vi": stored.name, "en": stored.name_en or stored.name}, stored.language
            ),
            stored.company_id,
            session.get_one(Branch, stored.company_id).name,
            occurrence.due_at,
            holds_until(occurrence.due_at, window, zone),
        ),
        now=now,
    )

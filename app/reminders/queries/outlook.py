"""What a schedule will do next: when, to how many, and how its text reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.delivery.rules.messages import fill
from app.reminders.queries.audience import Reach, by_duties, count_reach, find_example
from app.reminders.queries.schedules import is_unplanned, list_shifts_worked
from app.reminders.queries.texts import GROUP_OF, shared_values, values_of
from app.reminders.rules import Occurrence, Schedule, next_occurrences, placeholders_of
from app.workforce.models import Worker
from app.workforce.queries.schedules import get_hours
from app.workforce.rules.groups import GroupKind

SHIFTS_A_DAY = 6


@dataclass(frozen=True, slots=True)
class Preview:
    """How a text reads for one person, by language; `unfilled` has no value for them."""

    texts: Mapping[str, str]
    unfilled: tuple[str, ...]
    name: str | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """The next occurrences on one start date, and whom they reach; None where unknown as yet."""

    occurrences: tuple[Occurrence, ...]
    reach: Reach | None
    preview: Preview

    @property
    def first(self) -> Occurrence | None:
        """The next occurrence."""
        return self.occurrences[0] if self.occurrences else None


def list_next(
    session: Session, company_id: int, schedule: Schedule, now: datetime, zone: ZoneInfo
) -> tuple[Occurrence, ...]:
    """The next occurrences on shifts that are worked, all of one start date."""
    worked = {*list_shifts_worked(session, company_id), *schedule.shifts, None}
    hours = get_hours(session, company_id)
    running = replace(schedule, active=True)
    found = [
        each
        for each in next_occurrences(running, SHIFTS_A_DAY, hours, now, zone)
        if each.shift in worked
    ]
    return tuple(each for each in found if each.on == found[0].on)


def look_ahead(
    session: Session,
    company_id: int,
    schedule: Schedule,
    texts: Mapping[str, str],
    person: Worker | None,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Outlook:
    """What a schedule will do next, as it stands or as it is being written."""
    following = list_next(session, company_id, schedule, now, zone)
    if not following:
        return Outlook((), None, Preview(dict(texts), (), None))
    first = following[0]
    used = {name for text in texts.values() for name in placeholders_of(text)}
    kinds = [kind for name, kind in GROUP_OF.items() if name in used]
    shown = person or find_example(session, company_id, schedule, kinds, first.on)
    return Outlook(
        following,
        _reach(session, company_id, schedule, kinds, following, now),
        _preview(session, company_id, schedule, texts, first, shown, zone),
    )


def _reach(
    session: Session,
    company_id: int,
    schedule: Schedule,
    kinds: Sequence[GroupKind],
    following: Sequence[Occurrence],
    now: datetime,
) -> Reach | None:
    on: date = following[0].on
    if by_duties(schedule) and is_unplanned(session, company_id, on):
        return None
    shifts = frozenset(each.shift for each in following if each.shift is not None)
    return count_reach(session, company_id, replace(schedule, shifts=shifts), kinds, on, now)


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

"""The sheet of a day: what each line is reminded of on each shift, and who is on it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import Duty
from app.delivery.rules.messages import fill, in_language
from app.notices.queries.telling import MOST_PEOPLE
from app.reminders.queries.schedules import DueOccurrence, find_schedule, list_due
from app.reminders.queries.texts import shared_values
from app.reminders.rules import placeholders_of
from app.workforce.models import Worker


@dataclass(frozen=True, slots=True)
class DayReminder:
    """One reminder of a day, as it is read to a line; `shift` empty for all shifts."""

    at: datetime
    shift: str
    text: str


@dataclass(frozen=True, slots=True)
class DaySheet:
    """One line on one shift: its reminders in the order they come, and its people by name."""

    unit: str
    shift: str
    reminders: tuple[DayReminder, ...]
    people: tuple[tuple[str, str], ...]


def list_day_sheets(
    session: Session,
    paths: Sequence[str],
    unit_id: int | None,
    on: date,
    language: str,
    zone: ZoneInfo,
) -> list[DaySheet]:
    """The sheets of the lines under these branches, in the order of lines and shifts."""
    chosen = (
        select(Branch.id, Branch.name, Duty.company_id, Duty.shift, Worker.name, Worker.badge)
        .select_from(Duty)
        .join(Worker, Worker.id == Duty.worker_id)
        .join(Branch, Branch.id == Duty.branch_id)
        .where(Duty.shift_on == on, or_(*[Branch.path.startswith(path) for path in paths]))
        .order_by(Branch.path, Duty.shift, Worker.name_folded, Worker.id)
        .limit(MOST_PEOPLE)
    )
    if unit_id is not None:
        chosen = chosen.where(Branch.id == unit_id)
    people: dict[tuple[str, int, str], list[tuple[str, str]]] = defaultdict(list)
    for _unit_id, unit, company_id, shift, name, badge in session.execute(chosen):
        people[unit, company_id, shift].append((name, badge))
    said = {each: _reminders(session, each, on, language, zone) for each in _companies(people)}
    return [
        DaySheet(unit, shift, _for_line(said[company_id], unit, shift), tuple(named))
        for (unit, company_id, shift), named in people.items()
        if _for_line(said[company_id], unit, shift)
    ]


def _companies(people: dict[tuple[str, int, str], list[tuple[str, str]]]) -> set[int]:
    return {company_id for _unit, company_id, _shift in people}


def _for_line(reminders: Sequence[DayReminder], unit: str, shift: str) -> tuple[DayReminder, ...]:
    """What this line is reminded of on this shift; what needs a person's own bus or room is not."""
    filled = [
        DayReminder(each.at, each.shift, fill(each.text, {"line": unit}))
        for each in reminders
        if each.shift in ("", shift)
    ]
    return tuple(each for each in filled if not placeholders_of(each.text))


def _reminders(
    session: Session, company_id: int, on: date, language: str, zone: ZoneInfo
) -> list[DayReminder]:
    begins = datetime.combine(on, time(), tzinfo=zone)
    due = list_due(session, begins, begins + timedelta(days=1), zone)
    found = [
        _reminder(session, each, language, zone) for each in due if each.company_id == company_id
    ]
    return [each for each in found if each is not None]


def _reminder(
    session: Session, due: DueOccurrence, language: str, zone: ZoneInfo
) -> DayReminder | None:
    """A reminder for a whole line; not one for a group, or only for who has not answered."""
    occurrence = due.occurrence
    row = find_schedule(session, occurrence.schedule_id)
    if row is None or row.schedule.only_unanswered or row.schedule.group_ids:
        return None
    values = shared_values(session, due.company_id, row.schedule, occurrence, zone)
    text = fill(in_language(row.texts, language), values.get(language, values["vi"]))
    return DayReminder(occurrence.due_at, occurrence.shift or "", text)

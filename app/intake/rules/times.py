"""By when what came in is answered, and how the answers came week by week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from statistics import median

from app.feedback.rules.times import Stay

LAST_WORKING_WEEKDAY = 5  # Monday to Friday, as a public office works


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an answer may take, and how long what is closed is kept."""

    case_hours: int
    feedback_working_days: int
    keep_closed_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Week:
    """The answers of one week: its Monday, how many, and the median of their days."""

    monday: date
    answered: int
    days: float | None


def working_day_after(on: date, working_days: int) -> date:
    """The last day for an answer; the day of arrival is not counted."""
    left = working_days
    while left:
        on += timedelta(days=1)
        left -= on.isoweekday() <= LAST_WORKING_WEEKDAY
    return on


def end_of_day(on: date, zone: tzinfo) -> datetime:
    """The last minute of a day."""
    return datetime.combine(on, time(23, 59), zone).astimezone(UTC)


def by_week(stays: Iterable[Stay], today: date, weeks: int) -> list[Week]:
    """The last weeks up to today's, oldest first; one without answers has no median."""
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    taken: dict[date, list[int]] = {monday: [] for monday in mondays}
    for stay in stays:
        if stay.answered_on is None:
            continue
        monday = stay.answered_on - timedelta(days=stay.answered_on.weekday())
        if monday in taken:
            taken[monday].append((stay.answered_on - stay.created_on).days)
    return [
        Week(monday, len(days), median(days) if days else None) for monday, days in taken.items()
    ]

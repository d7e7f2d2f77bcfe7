"""What a case begins with and by when: tasks and days of follow-up, out of the rule data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from app.cases.rules.refusals import BadDueTime, BadPlan
from app.checkins.rules.levels import Level

FURTHEST_DUE = timedelta(days=30)


class TaskKind(StrEnum):
    """What is to be done for somebody in follow-up."""

    CALL = "call"
    ISOLATE = "isolate"
    TEST = "test"
    TRANSPORT = "transport"


class TaskState(StrEnum):
    """What became of a task."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class SampleResult(StrEnum):
    """What came back of a sample."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    UNCLEAR = "unclear"


class PersonClass(StrEnum):
    """How the health authority has classed the person; the program never does by itself."""

    F0 = "F0"
    F1 = "F1"
    F2 = "F2"


@dataclass(frozen=True, slots=True)
class TaskRule:
    """A task that a case of some level begins with; `source` and `evidence` are of the duty."""

    kind: TaskKind
    due_minutes: int
    source: str
    evidence: str


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    """The rules of `follow_up.yaml`; `version` is "follow_up@n", `ask_…` in the park's time."""

    version: str
    opens_with: Mapping[Level, tuple[TaskRule, ...]]
    by_hand_minutes: Mapping[TaskKind, int]
    days: Mapping[Level, int]
    ask_by: time
    ask_from: time
    ask_until: time
    latest_days: int
    review_minutes: int


def follow_up_rules(data: Mapping[str, Any]) -> FollowUpRules:
    """The rules out of their data file."""
    asked = data["follow_up"]
    return FollowUpRules(
        version=f"follow_up@{data['version']}",
        opens_with={
            Level(level): tuple(
                TaskRule(TaskKind(row["kind"]), row["due_minutes"], row["source"], row["evidence"])
                for row in rows
            )
            for level, rows in data["opens_with"].items()
        },
        by_hand_minutes={TaskKind(kind): value for kind, value in data["by_hand"].items()},
        days={level: asked[level]["days"] for level in (Level.AMBER, Level.RED)},
        ask_by=time.fromisoformat(asked["ask_by"]),
        ask_from=time.fromisoformat(asked["ask_from"]),
        ask_until=time.fromisoformat(asked["ask_until"]),
        latest_days=asked["latest_days"],
        review_minutes=data["review_minutes"],
    )


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be done by a moment."""

    kind: TaskKind
    due_at: datetime


def tasks_for(
    rules: FollowUpRules, level: Level, now: datetime, already: Iterable[TaskKind] = ()
) -> tuple[NewTask, ...]:
    """The tasks that a level asks for, without those of a kind that is open already."""
    there = set(already)
    return tuple(
        NewTask(rule.kind, now + timedelta(minutes=rule.due_minutes))
        for rule in rules.opens_with.get(level, ())
        if rule.kind not in there
    )


def checked_due(due_at: datetime, now: datetime) -> datetime:
    """A due time given by hand, when it lies ahead and within 30 days."""
    if not now - timedelta(minutes=1) <= due_at <= now + FURTHEST_DUE:
        raise BadDueTime
    return due_at


@dataclass(frozen=True, slots=True)
class DaysAsked:
    """Days on which somebody is asked once: so many from a day on."""

    from_on: date
    days: int

    @property
    def last_on(self) -> date:
        """The last of them."""
        return self.from_on + timedelta(days=self.days - 1)

    def holds(self, on: date) -> bool:
        """Whether a day is one of them."""
        return self.from_on <= on <= self.last_on


def first_asked_on(now: datetime, rules: FollowUpRules, zone: ZoneInfo) -> date:
    """The first day of asking: today, or tomorrow when today's hour of asking is over."""
    here = now.astimezone(zone)
    return here.date() + timedelta(days=here.time() >= rules.ask_by)


def checked_days(from_on: date, days: int, today: date, rules: FollowUpRules) -> DaysAsked:
    """Days of follow-up given by hand, when they make sense."""
    near = abs((from_on - today).days) <= rules.latest_days
    if not (1 <= days <= rules.latest_days and near):
        raise BadPlan
    return DaysAsked(from_on, days)


def longer(asked: DaysAsked | None, other: DaysAsked) -> DaysAsked:
    """The days that both ask for: from the first on, until the later end."""
    if asked is None:
        return other
    last_on = max(asked.last_on, other.last_on)
    from_on = min(asked.from_on, other.from_on)
    return DaysAsked(from_on, (last_on - from_on).days + 1)


def next_ask_at(
    asked: DaysAsked | None,
    heard_on: Iterable[date],
    today: date,
    rules: FollowUpRules,
    zone: ZoneInfo,
) -> datetime | None:
    """By when the person is to be heard next; None when no day is left to ask on."""
    if asked is None:
        return None
    heard = set(heard_on)
    on = max(today, asked.from_on)
    while asked.holds(on):
        if on not in heard:
            return datetime.combine(on, rules.ask_by, tzinfo=zone).astimezone(UTC)
        on += timedelta(days=1)
    return None


ASK, REVIEW = "ask", "review"


class Due(NamedTuple):
    """By when somebody has to turn to a case, and for what: a kind of task, `ask` or `review`."""

    at: datetime
    step: str


def next_due(
    open_tasks: Iterable[NewTask],
    next_ask: datetime | None,
    last_act_at: datetime,
    rules: FollowUpRules,
) -> Due:
    """What is due first in a case: there is no open case with nothing due."""
    waiting = [Due(task.due_at, task.kind) for task in open_tasks]
    if next_ask is not None:
        waiting.append(Due(next_ask, ASK))
    review_at = last_act_at + timedelta(minutes=rules.review_minutes)
    return min(waiting, key=lambda due: due.at, default=Due(review_at, REVIEW))

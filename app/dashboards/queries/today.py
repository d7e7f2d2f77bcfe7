"""What the board of today shows: figures of its units, who stands out, who is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.queries.duties import (
    DutyRow,
    UnitCounts,
    count_standing,
    expected_by_slot,
    list_people,
    list_standing,
    list_unit_counts,
    newest_standing,
)
from app.checkins.queries.hand_over import Note, list_open_notes
from app.checkins.rules import Counts, DutyState, Level
from app.dashboards.rules import (
    WHOLE_DAY,
    DayPart,
    NextShift,
    Slot,
    chosen_part,
    cut_off_at,
    day_parts,
    next_shift_to_begin,
    not_over,
    one_day,
)
from app.settings import Settings
from app.workforce.models import Worker
from app.workforce.queries.schedules import get_hours
from app.workforce.rules.shifts import ShiftCode

STANDING_SHOWN, MISSING_SHOWN, NOTES_SHOWN = 6, 8, 3
NOT_ANSWERED = (DutyState.EXPECTED, DutyState.NOT_ASKED)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day with how many people are expected on it."""

    part: DayPart
    expected: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a part of a day of some units comes to; `units` add up to `counts`.

    `open_slots` have not ended yet; `cut_off_at` is when one shift alone becomes final;
    `silent_over` have not answered for a shift that has ended.
    """

    on: date
    parts: Sequence[Part]
    part: DayPart
    units: Sequence[UnitCounts]
    counts: Counts
    next_shift: NextShift | None
    open_slots: Sequence[Slot] = ()
    cut_off_at: datetime | None = None
    silent_over: int = 0

    @property
    def is_planned(self) -> bool:
        """Whether anybody is expected on what is looked at."""
        return self.counts.expected > 0

    @property
    def at_work(self) -> int:
        """Who is expected and not known to be absent."""
        return self.counts.expected - self.counts.absent

    @property
    def silent(self) -> int:
        """Who has not answered, or was not asked."""
        return self.counts.not_answered + self.counts.not_asked

    @property
    def share(self) -> float | None:
        """Share of those at work who have answered, 0 to 1."""
        return self.counts.answered / self.at_work if self.at_work > 0 else None


@dataclass(frozen=True, slots=True)
class People:
    """Who is named on the board: who stands out and who is missing, the first of each."""

    standing: Sequence[DutyRow]
    standing_counts: dict[Level, int]
    missing: Sequence[DutyRow]

    @property
    def standing_total(self) -> int:
        """How many stand at red or amber, on the board or not."""
        return sum(self.standing_counts.values())


def get_figures(
    session: Session,
    company_id: int,
    paths: Sequence[str],
    *,
    wanted: str | None,
    on: date,
    today: date,
    settings: Settings,
    now: datetime,
) -> Figures:
    """The figures of one company, limited to these units, for a part of a day."""
    hours = get_hours(session, company_id)
    days = {on, today - timedelta(days=1), today, today + timedelta(days=1)}
    expected = {
        (day, ShiftCode(shift)): people
        for (day, shift), people in expected_by_slot(session, paths, sorted(days)).items()
    }
    if on == today:
        parts = day_parts(now, hours, expected, settings.timezone)
        part = chosen_part(parts, wanted)
    else:
        parts = one_day(on, expected)
        part = chosen_part(parts, wanted, WHOLE_DAY)
    units = list_unit_counts(session, paths, part.slots)
    open_slots = not_over(part.slots, hours, now, settings.timezone)
    over = [slot for slot in part.slots if slot not in open_slots]
    return Figures(
        on=on,
        parts=[Part(each, sum(expected[slot] for slot in each.slots)) for each in parts],
        part=part,
        units=units,
        counts=sum((unit.counts for unit in units), Counts()),
        next_shift=next_shift_to_begin(now, hours, expected, settings.timezone),
        open_slots=open_slots,
        cut_off_at=cut_off_at(part, hours, settings.cut_off_minutes, settings.timezone),
        silent_over=_silent(list_unit_counts(session, paths, over)) if over else 0,
    )


def _silent(units: Sequence[UnitCounts]) -> int:
    return sum(each.counts.not_answered + each.counts.not_asked for each in units)


def get_people(session: Session, paths: Sequence[str], part: DayPart) -> People:
    """The people of these units whom the board names for a part of a day."""
    return People(
        standing=list_standing(session, paths, limit=STANDING_SHOWN),
        standing_counts=count_standing(session, paths),
        missing=list_people(session, paths, part.slots, NOT_ANSWERED, limit=MISSING_SHOWN),
    )


def list_places(session: Session, company_id: int, paths: Sequence[str]) -> list[tuple[int, str]]:
    """The company and its open units that lie under these paths, the widest first: id and name."""
    rows = session.execute(
        select(Branch.id, Branch.name, Branch.path)
        .where(Branch.company_id == company_id, Branch.closed_on.is_(None))
        .where(or_(*[Branch.path.startswith(path) for path in paths]))
        .order_by(Branch.name)
    ).all()
    return [(row.id, row.name) for row in sorted(rows, key=lambda row: row.path.count("/"))]


@dataclass(frozen=True, slots=True)
class Pulse:
    """What makes a board look different beside its figures; two equal ones look the same."""

    standing: dict[Level, int]
    newest: datetime | None
    notes: tuple[Note, ...]


def get_pulse(session: Session, company_id: int, paths: Sequence[str]) -> Pulse:
    """Who stands out in these units, and what is left to the next shift."""
    return Pulse(
        count_standing(session, paths),
        newest_standing(session, paths),
        tuple(list_open_notes(session, company_id, paths, limit=NOTES_SHOWN + 1)),
    )


def has_workers(session: Session, paths: Sequence[str]) -> bool:
    """Whether anybody works in these units."""
    return (
        session.scalar(
            select(Worker.id)
            .join(Branch, Branch.id == Worker.branch_id)
            .where(or_(*[Branch.path.startswith(path) for path in paths]))
            .where(Worker.left_on.is_(None))
            .limit(1)
        )
        is not None
    )

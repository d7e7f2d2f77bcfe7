"""Summaries of parks as a province adds them up: nothing hidden is told, no two days are mixed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.dashboards.rules.compliance import Figures
from app.sync.rules import MERGED

SILENT_AFTER = timedelta(hours=24)  # project choice
LATE_AFTER = timedelta(hours=6)  # project choice: between two summaries of a day
SLOW_AFTER = timedelta(minutes=30)  # project choice: a road that takes longer is worth a word
CLOCK_MAY_BE_OFF = timedelta(minutes=5)
TREND_DAYS = 14
MOST_PEOPLE = 10_000_000  # no park has more: what is above cannot be read
WORK = ("expected", "answered", "on_time", "absent", "not_asked")
LEVELS = ("green", "amber", "red")


@dataclass(frozen=True, slots=True)
class Told:
    """A sum of people at a level; None when all of it is hidden, `partial` when some is."""

    count: int | None = 0
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One company in a summary; None are figures that contradict each other, and hidden levels."""

    code: str
    figures: Figures | None
    hidden: bool
    green: int | None = None
    amber: int | None = None
    red: int | None = None

    @property
    def is_heard(self) -> bool:
        """Whether anything was told of its people."""
        return self.figures is not None and self.figures.is_heard

    @property
    def has_unseen(self) -> bool:
        """Whether people have answered whose levels are not told."""
        answered = self.figures.answered if self.figures else 0
        return self.red is None and answered > 0


@dataclass(frozen=True, slots=True)
class Merged:
    """The levels of hidden companies together, and whose they are."""

    codes: frozenset[str]
    green: int
    amber: int
    red: int


@dataclass(frozen=True, slots=True)
class Report:
    """What one summary says: a line a company, the merged row, and who has sent nothing."""

    lines: tuple[Line, ...]
    merged: Merged | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the companies that were heard of; `companies` also counts those that were not."""

    figures: Figures = field(default_factory=Figures)
    reported: int = 0
    companies: int = 0
    red: Told = Told()
    amber: Told = Told()

    @property
    def share(self) -> float | None:
        """Share of those at work who have answered, 0 to 1; None where nothing is known."""
        return self.figures.share


@dataclass(frozen=True, slots=True)
class ParkDay:
    """A park on one day: its totals, None where it has sent nothing of that day.

    `as_of` is the newest figure of any day, `figures_at` that of this one, neither ever later
    than it came. `before` is what was known of a silent park last. `ahead` is how far its clock
    was found to run fast.
    """

    node: str
    name: str
    as_of: datetime | None
    last_contact_at: datetime | None
    figures_at: datetime | None
    totals: Totals | None
    received_at: datetime | None = None
    ahead: timedelta = timedelta(0)
    phone: str = ""
    before: Totals | None = None

    @property
    def lag(self) -> timedelta:
        """How long the day's figures were under way."""
        if self.figures_at is None or self.received_at is None:
            return timedelta(0)
        return self.received_at - self.figures_at

    def is_silent(self, now: datetime) -> bool:
        """Whether it has sent no figure for too long."""
        return is_silent(self.as_of, now)


def read_report(body: Mapping[str, Any]) -> Report:
    """A summary's body as a park sent it; what cannot be read is left out, never guessed."""
    raw = body.get("companies")
    rows = [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []
    lines = [_line(row) for row in rows if _code(row) not in ("", MERGED)]
    merged = next((_merged(row) for row in rows if _code(row) == MERGED), None)
    missing = body.get("missing")
    silent = (
        {code for code in missing if isinstance(code, str)} if isinstance(missing, list) else set()
    )
    return Report(tuple(lines), merged, tuple(sorted(silent - {line.code for line in lines})))


def _code(row: Mapping[str, Any]) -> str:
    code = row.get("code")
    return code if isinstance(code, str) else ""


def _line(row: Mapping[str, Any]) -> Line:
    figures = _figures(row)
    levels = [_count(row, name) for name in LEVELS]
    shown = row.get("hidden") is False and None not in levels
    if not shown:
        return Line(_code(row), figures, hidden=True)
    green, amber, red = levels
    return Line(_code(row), figures, hidden=False, green=green, amber=amber, red=red)


def _figures(row: Mapping[str, Any]) -> Figures | None:
    counts = [_count(row, name) for name in WORK]
    known = [count for count in counts if count is not None]
    if len(known) < len(WORK):
        return None
    figures = Figures(*known)
    return figures if figures.not_answered >= 0 and figures.on_time <= figures.answered else None


def _count(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_PEOPLE:
        return None
    return value


def _merged(row: Mapping[str, Any]) -> Merged | None:
    levels = [count for name in LEVELS if (count := _count(row, name)) is not None]
    codes = row.get("companies")
    if len(levels) < len(LEVELS) or not isinstance(codes, list):
        return None
    return Merged(frozenset(code for code in codes if isinstance(code, str)), *levels)


def totals_of(reports: Sequence[Report]) -> Totals:
    """One park on one day: its day total, or its shifts where there is none yet."""
    lines = [line for report in reports for line in report.lines]
    heard = {line.code for line in lines if line.is_heard}
    wanted = {line.code for line in lines if line.figures is None or line.figures.expected > 0}
    missing = {code for report in reports for code in report.missing}
    return Totals(
        sum((line.figures for line in lines if line.figures and line.is_heard), Figures()),
        len(heard),
        len(heard | wanted | missing),
        add(_told(report, "red") for report in reports),
        add(_told(report, "amber") for report in reports),
    )


def _told(report: Report, level: str) -> Told:
    counts = [getattr(line, level) for line in report.lines if not line.hidden]
    merged = report.merged
    unseen = any(
        line.has_unseen and not (merged and line.code in merged.codes) for line in report.lines
    )
    known = sum(counts) + (getattr(merged, level) if merged else 0)
    nothing = merged is None and not any(not line.hidden and line.is_heard for line in report.lines)
    return Told(None if unseen and nothing else known, partial=unseen and not nothing)


def add(parts: Iterable[Told]) -> Told:
    """Levels together; hidden parts stay hidden, and make the sum a partial one."""
    kept = list(parts)
    known = [part.count for part in kept if part.count is not None]
    if kept and not known:
        return Told(None)
    return Told(sum(known), partial=len(known) < len(kept) or any(part.partial for part in kept))


def together(parks: Iterable[ParkDay]) -> Totals:
    """All parks that have sent something of the day; the others are not in it."""
    totals = [park.totals for park in parks if park.totals]
    return Totals(
        sum((each.figures for each in totals), Figures()),
        sum(each.reported for each in totals),
        sum(each.companies for each in totals),
        add(each.red for each in totals),
        add(each.amber for each in totals),
    )


def told_at(as_of: datetime, received_at: datetime) -> tuple[datetime, timedelta]:
    """When figures were true, and how far the clock that says so ran fast.

    Nothing is known before it came: a park whose clock runs fast is no fresher for it.
    """
    ahead = as_of - received_at
    return min(as_of, received_at), ahead if ahead > CLOCK_MAY_BE_OFF else timedelta(0)


def is_silent(as_of: datetime | None, now: datetime) -> bool:
    """Whether a park has sent no figure for too long."""
    return as_of is None or now - as_of > SILENT_AFTER


def trend_days(on: date) -> tuple[date, ...]:
    """The days of a trend that ends on this one."""
    return tuple(on - timedelta(days=back) for back in range(TREND_DAYS - 1, -1, -1))

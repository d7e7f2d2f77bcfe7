"""What changed between two reports of a park, and what a page of several must not let out.

A park hides what could be worked out; whoever lays reports side by side must not undo that. A
company that is hidden in one of them is hidden wherever taking one from the other would tell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.dashboards.rules.compliance import Figures
from app.dashboards.rules.province import LEVELS, Line, Report

COUNTS = ("expected", "answered", "on_time", "absent", "not_asked")
MOST_CHANGES = 60


class What(StrEnum):
    """What a change is about; counts and levels go by their own names."""

    CAME = "came"
    GONE = "gone"
    MISSING = "missing"
    HIDDEN = "hidden"
    EXPECTED = "expected"
    ANSWERED = "answered"
    ON_TIME = "on_time"
    ABSENT = "absent"
    NOT_ASKED = "not_asked"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one company before and after; `code` is empty for the merged row."""

    code: str
    what: What
    before: int | None = None
    after: int | None = None


def masked(report: Report, codes: frozenset[str]) -> Report:
    """The report with these companies' levels hidden."""
    lines = tuple(
        replace(line, hidden=True, green=None, amber=None, red=None) if line.code in codes else line
        for line in report.lines
    )
    return replace(report, lines=lines)


def side_by_side(revisions: Sequence[Report]) -> list[Report]:
    """Revisions of one report as they may stand beside each other.

    A company that is hidden in one of them is hidden in all; the merged row stands only where it
    is the same, companies and all, in every revision that has one.
    """
    hidden = frozenset(
        line.code for report in revisions for line in report.lines if _conceals(line)
    )
    rows = [report.merged for report in revisions if report.merged is not None]
    steady = all(row.codes == rows[0].codes for row in rows)
    found = [masked(report, hidden) for report in revisions]
    return found if steady else [replace(report, merged=None) for report in found]


def day_beside_shifts(
    day: Report | None, shifts: Sequence[Report]
) -> tuple[Report | None, list[Report]]:
    """The day total and its shifts as they may stand on one page.

    Hidden in a shift is hidden in the day; hidden in the day and in no shift would be their sum.
    """
    if day is None:
        return None, list(shifts)
    in_shifts = frozenset(line.code for each in shifts for line in each.lines if _conceals(line))
    in_day = frozenset(line.code for line in day.lines if _conceals(line))
    only_in_day = in_day - in_shifts
    return masked(day, in_shifts), [masked(each, only_in_day) for each in shifts]


def _conceals(line: Line) -> bool:
    return line.hidden and (line.figures is None or line.figures.expected > 0)


def changes_between(before: Report, after: Report) -> tuple[Change, ...]:
    """What a revision says otherwise than the one before it, company by company."""
    was, now = _by_code(before), _by_code(after)
    found: list[Change] = []
    for code in sorted(was.keys() | now.keys()):
        old, new = was.get(code), now.get(code)
        if old is None or new is None:
            found.append(Change(code, What.GONE if new is None else What.CAME))
            if new is None:
                continue
        found += _line_changes(code, old, new)
    found += [Change(code, What.MISSING) for code in sorted({*after.missing} - {*before.missing})]
    if before.merged and after.merged and before.merged.codes == after.merged.codes:
        found += _levels("", before.merged, after.merged)
    return tuple(found[:MOST_CHANGES])


def _by_code(report: Report) -> dict[str, Line]:
    return {line.code: line for line in report.lines}


def _line_changes(code: str, old: Line | None, new: Line) -> list[Change]:
    was = old.figures if old else None
    found = _differences(
        code, COUNTS, lambda name: _of(was, name), lambda name: _of(new.figures, name)
    )
    if old is None:
        return found
    if new.hidden and not old.hidden:
        return [*found, Change(code, What.HIDDEN)]
    return found if old.hidden or new.hidden else found + _levels(code, old, new)


def _of(figures: Figures | None, name: str) -> int | None:
    return getattr(figures, name) if figures else None


def _levels(code: str, old: object, new: object) -> list[Change]:
    return _differences(
        code, LEVELS, lambda name: getattr(old, name), lambda name: getattr(new, name)
    )


def _differences(
    code: str,
    names: Sequence[str],
    before: Callable[[str], int | None],
    after: Callable[[str], int | None],
) -> list[Change]:
    pairs = [(name, before(name), after(name)) for name in names]
    return [Change(code, What(name), old, new) for name, old, new in pairs if old != new]

"""The body of a summary: counts per company, so that no small group's health can be worked out.

A revision is made knowing the earlier ones of the same shift, and a day total is made of published
shifts only; neither then tells, by subtraction, what the others left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.checkins.rules import Counts
from app.sync.rules.logs import moment_text
from app.sync.rules.small_cells import SMALL_CELL, may_merge
from app.workforce.rules.shifts import ShiftCode

MERGED = "*"
LEVELS = ("green", "amber", "red")
HEALTH = (*LEVELS, "cases_open")
WORK = (
    "expected",
    "answered",
    "on_time",
    "absent",
    "not_asked",
    "not_answered",
    "reminders_sent",
    "reminders_read",
)
# How a company stands on the day, the same in each of its shifts: these do not add up over a day.
STANDING = ("teams_staffed", "teams_needed")
Row = dict[str, Any]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CompanyFigures:
    """What a park knows of one company on one shift, None where it does not count such a thing.

    Cases are those of people expected on the shift.
    """

    code: str
    counts: Counts
    symptoms: Mapping[str, int] = field(default_factory=dict)
    cases_open: int | None = None
    reminders_sent: int | None = None
    reminders_read: int | None = None
    teams_staffed: int | None = None
    teams_needed: int | None = None

    def work(self) -> Row:
        """The figures that say nothing about health."""
        return {
            "code": self.code,
            **{name: getattr(self.counts, name) for name in WORK if hasattr(self.counts, name)},
            "reminders_sent": self.reminders_sent,
            "reminders_read": self.reminders_read,
            "teams_staffed": self.teams_staffed,
            "teams_needed": self.teams_needed,
        }

    def health(self) -> Row:
        """The figures that the small-cell rule is about."""
        return {
            "green": self.counts.green,
            "amber": self.counts.amber,
            "red": self.counts.red,
            "symptoms": {name: n for name, n in sorted(self.symptoms.items()) if n},
            "cases_open": self.cases_open,
        }


def shift_summary(
    *,
    on: date,
    shift: ShiftCode,
    starts_at: datetime,
    ends_at: datetime,
    final: bool,
    as_of: datetime,
    figures: Sequence[CompanyFigures],
    missing: Iterable[str] = (),
    earlier: Sequence[Mapping[str, Any]] = (),
    small_cell: int = SMALL_CELL,
) -> Body:
    """The next revision of one shift; `earlier` are all the bodies sent of it, oldest first.

    Once hidden, a company stays hidden in this shift, and one that was shown never goes into the
    merged row. The merged row keeps its last figures, with their own `as_of`, until a newer sum
    can be told without telling who changed it.
    """
    revision = len(earlier) + 1
    was = _Past(earlier)
    ordered = sorted(figures, key=lambda each: each.code)
    hidden = [each for each in ordered if each.counts.expected < small_cell or was.hid(each.code)]
    out_of_sight = {each.code for each in hidden}
    rows = [
        _hidden(each.work()) if each.code in out_of_sight else _shown(each.work(), each.health())
        for each in ordered
    ]
    unseen = [each for each in hidden if not was.showed(each.code)]
    merged = was.merged_row()
    if _may_be_told(unseen, merged, was, small_cell):
        merged = _merged_row([each.code for each in unseen], [each.health() for each in unseen])
        merged |= {"as_of": moment_text(as_of), "revision": revision}
    return {
        "on": on.isoformat(),
        "shift": shift.value,
        "starts_at": moment_text(starts_at),
        "ends_at": moment_text(ends_at),
        "revision": revision,
        "final": final,
        "as_of": moment_text(as_of),
        "companies": rows + ([] if merged is None else [dict(merged)]),
        "missing": sorted(set(missing)),
    }


class _Past:
    """What earlier revisions of a shift told."""

    def __init__(self, earlier: Sequence[Mapping[str, Any]]) -> None:
        self._bodies = earlier
        rows = [row for body in earlier for row in body["companies"] if row["code"] != MERGED]
        self._hidden = {row["code"] for row in rows if row["hidden"]}
        self._shown = {row["code"] for row in rows if not row["hidden"]}

    def hid(self, code: str) -> bool:
        return code in self._hidden

    def showed(self, code: str) -> bool:
        return code in self._shown

    def merged_row(self) -> Mapping[str, Any] | None:
        return _merged_of(self._bodies[-1]) if self._bodies else None

    def answered(self, revision: int) -> dict[str, int]:
        body = self._bodies[revision - 1]
        return {row["code"]: row["answered"] for row in body["companies"]}


def _may_be_told(
    unseen: Sequence[CompanyFigures],
    told: Mapping[str, Any] | None,
    was: _Past,
    small_cell: int,
) -> bool:
    expected = [each.counts.expected for each in unseen]
    sums = _sums(each.health() for each in unseen)
    answered = {each.code: each.counts.answered for each in unseen}
    if (
        sum(expected) < small_cell
        or not may_merge(list(answered.values()), _ill(sums))
        or not may_merge(expected, [sums["cases_open"] or 0])
    ):
        return False
    if told is None:
        return True
    before = was.answered(told["revision"])
    members = set(told["companies"])
    if not members <= set(answered):
        return False
    changed = [
        abs(now - (before[code] if code in members else 0)) for code, now in answered.items()
    ]
    return not any(changed) or may_merge(changed, _newly_ill(told, sums))


def _ill(sums: Row) -> list[int]:
    return [sums["amber"] + sums["red"], *sums["symptoms"].values()]


def _newly_ill(told: Mapping[str, Any], sums: Row) -> list[int]:
    levels = sum(max(0, sums[name] - told[name]) for name in ("amber", "red"))
    signs = [n - told["symptoms"].get(name, 0) for name, n in sums["symptoms"].items()]
    return [levels, *signs]


def day_summary(
    *,
    on: date,
    final: bool,
    as_of: datetime,
    shifts: Sequence[Mapping[str, Any]],
    revision: int,
    small_cell: int = SMALL_CELL,
) -> Body:
    """The day total, `shift` null, out of the newest published body of each shift.

    It tells nothing that the shifts do not: a company hidden in a shift is hidden in the total,
    and hidden companies are merged only where every shift merged them.
    """
    rows_by_code: dict[str, list[Row]] = {}
    newest: dict[str, Row] = {}
    for body in sorted(shifts, key=lambda each: str(each["as_of"])):
        for row in body["companies"]:
            if row["code"] != MERGED:
                rows_by_code.setdefault(row["code"], []).append(row)
                newest[row["code"]] = row
    rows, hidden = [], []
    for code, parts in sorted(rows_by_code.items()):
        work: Row = {"code": code, **{name: _sum(part[name] for part in parts) for name in WORK}}
        work |= {name: newest[code][name] for name in STANDING}
        if work["expected"] < small_cell or any(_conceals(part) for part in parts):
            rows.append(_hidden(work))
            hidden.append(code)
        else:
            rows.append(_shown(work, _sums(part for part in parts if not part["hidden"])))
    return {
        "on": on.isoformat(),
        "shift": None,
        "starts_at": min((body["starts_at"] for body in shifts), default=None),
        "ends_at": max((body["ends_at"] for body in shifts), default=None),
        "revision": revision,
        "final": final,
        "as_of": moment_text(as_of),
        "companies": rows + _merged_of_shifts(shifts, hidden),
        "missing": sorted({code for body in shifts for code in body["missing"]}),
    }


def _conceals(row: Row) -> bool:
    return bool(row["hidden"]) and row["expected"] > 0


def _merged_of_shifts(shifts: Sequence[Mapping[str, Any]], hidden: Sequence[str]) -> list[Row]:
    merged = [row for body in shifts if (row := _merged_of(body)) is not None]
    if not merged or not all(_merges_all(body) for body in shifts):
        return []
    shown = [
        row
        for body in shifts
        for row in body["companies"]
        if row["code"] in hidden and not row["hidden"]
    ]
    total = _merged_row(hidden, [*merged, *shown])
    return [total | {"as_of": min(row["as_of"] for row in merged)}]


def _merges_all(body: Mapping[str, Any]) -> bool:
    merged = _merged_of(body)
    members = set() if merged is None else set(merged["companies"])
    return all(
        row["code"] in members
        for row in body["companies"]
        if row["code"] != MERGED and row["hidden"] and row["answered"] > 0
    )


def is_news(before: Mapping[str, Any] | None, body: Mapping[str, Any]) -> bool:
    """Whether a revision says more than the one before it, its time and number apart."""
    return before is None or _said(before) != _said(body)


def _said(body: Mapping[str, Any]) -> Row:
    ignored = {"as_of", "revision"}
    said = {name: value for name, value in body.items() if name not in ignored}
    said["companies"] = [
        {name: value for name, value in row.items() if name not in ignored}
        for row in body["companies"]
    ]
    return said


def _shown(work: Row, health: Row) -> Row:
    return {**work, **health, "hidden": False}


def _hidden(work: Row) -> Row:
    return {**work, **dict.fromkeys((*HEALTH, "symptoms")), "hidden": True}


def _merged_row(codes: Sequence[str], parts: Sequence[Mapping[str, Any]]) -> Row:
    work = dict.fromkeys(
        (*WORK, *STANDING)
    )  # stands in the companies' own rows, and is not counted twice
    return {"code": MERGED, **work, **_sums(parts), "companies": list(codes)}


def _merged_of(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((row for row in body["companies"] if row["code"] == MERGED), None)


def _sums(parts: Iterable[Mapping[str, Any]]) -> Row:
    kept = list(parts)
    symptoms: dict[str, int] = {}
    for part in kept:
        for name, n in part["symptoms"].items():
            symptoms[name] = symptoms.get(name, 0) + n
    sums: Row = {name: sum(part[name] for part in kept) for name in LEVELS}
    sums["cases_open"] = _sum(part["cases_open"] for part in kept)
    return {**sums, "symptoms": dict(sorted(symptoms.items()))}


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None

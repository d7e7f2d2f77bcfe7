"""Files of figures that somebody asked for, and the rows that go into one."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import ShiftCount
from app.dashboards.models import FiguresFile, ShiftRecord
from app.dashboards.queries.compliance import SUMS
from app.dashboards.rules.compliance import Figures
from app.dashboards.rules.files import FileState
from app.dashboards.rules.lines import Line, told_outside


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as its owner sees it; `wanted` is the order."""

    id: str
    account_id: str
    asked_at: datetime
    touched_at: datetime
    wanted: Mapping[str, Any]
    state: FileState
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class UnitShift:
    """One line, or what stands in no line, or small lines together, on one shift."""

    unit: str
    lines: int
    direct: bool
    on: date
    shift: str
    figures: Figures
    reminders: tuple[int, int, int] | None


def list_files(session: Session, account_id: str) -> list[FileRow]:
    """The files of one account, newest first."""
    rows = session.scalars(
        select(FiguresFile)
        .where(FiguresFile.account_id == account_id)
        .order_by(FiguresFile.asked_at.desc())
    ).all()
    return [_row(each) for each in rows]


def find_file(session: Session, file_id: str) -> FileRow | None:
    """One file."""
    found = session.get(FiguresFile, file_id)
    return None if found is None else _row(found)


def list_unwritten(session: Session) -> list[FileRow]:
    """Files that are still to be written, oldest first."""
    rows = session.scalars(
        select(FiguresFile)
        .where(FiguresFile.state == FileState.ASKED)
        .order_by(FiguresFile.asked_at)
    ).all()
    return [_row(each) for each in rows]


def _row(each: FiguresFile) -> FileRow:
    return FileRow(
        each.id,
        each.account_id,
        each.asked_at,
        each.touched_at,
        each.wanted,
        FileState(each.state),
        each.done,
        each.total,
    )


def count_unit_shifts(
    session: Session, company_ids: Collection[int], from_on: date, to_on: date, shift: str | None
) -> int:
    """About how many rows a file will have."""
    chosen = select(func.count()).where(
        ShiftCount.company_id.in_(company_ids),
        ShiftCount.branch_id != ShiftCount.company_id,
        ShiftCount.shift_on.between(from_on, to_on),
        ShiftCount.expected > 0,
        *([ShiftCount.shift == shift] if shift else []),
    )
    return session.scalar(chosen) or 0


def list_unit_shifts(
    session: Session,
    company_id: int,
    from_on: date,
    to_on: date,
    shift: str | None = None,
    *,
    small_cell: int = 0,
) -> list[UnitShift]:
    """Every day, shift and line of a company; lines under `small_cell` people only together."""
    rows = session.execute(
        select(ShiftCount.branch_id, Branch.name, ShiftCount.shift_on, ShiftCount.shift, *SUMS)
        .join(Branch, Branch.id == ShiftCount.branch_id)
        .where(ShiftCount.company_id == company_id, ShiftCount.expected > 0)
        .where(ShiftCount.shift_on.between(from_on, to_on))
        .where(*([ShiftCount.shift == shift] if shift else []))
        .group_by(ShiftCount.branch_id, Branch.name, ShiftCount.shift_on, ShiftCount.shift)
    ).all()
    names: dict[int, str] = {}
    slots: dict[int, dict[tuple[date, str], Figures]] = defaultdict(dict)
    for branch_id, name, on, code, *sums in rows:
        names[branch_id] = name
        slots[branch_id][on, code] = Figures(*map(int, sums))
    rest = _rest(company_id, slots)
    slots.pop(company_id, None)
    if rest:
        slots[company_id] = rest
    whole = _grouped(company_id, names, slots, small_cell)
    reminders = _reminders(session, company_id, from_on, to_on)
    found = [
        UnitShift(name, lines, direct, on, code, figures, reminders.get((on, code)))
        for name, lines, direct, days in whole
        for (on, code), figures in days.items()
    ]
    return sorted(found, key=lambda each: (each.on, each.shift, each.direct, each.unit))


def _rest(
    company_id: int, slots: Mapping[int, Mapping[tuple[date, str], Figures]]
) -> dict[tuple[date, str], Figures]:
    """Who stands in no line of the company."""
    rest = dict(slots.get(company_id, {}))
    for branch_id, days in slots.items():
        for slot, figures in days.items():
            if branch_id != company_id and slot in rest:
                rest[slot] = rest[slot] - figures
    return {slot: figures for slot, figures in rest.items() if figures.expected > 0}


def _grouped(
    company_id: int,
    names: Mapping[int, str],
    slots: Mapping[int, dict[tuple[date, str], Figures]],
    small_cell: int,
) -> list[tuple[str, int, bool, dict[tuple[date, str], Figures]]]:
    lines = [Line(branch_id, names[branch_id], _by_day(days)) for branch_id, days in slots.items()]
    shown = told_outside(lines, small_cell) if small_cell else lines
    kept = {line.id for line in shown if line.id is not None}
    found = [
        ("" if each == company_id else names[each], 1, each == company_id, slots[each])
        for each in slots
        if each in kept
    ]
    hidden = [days for branch_id, days in slots.items() if branch_id not in kept]
    if any(line.id is None for line in shown):
        sums: dict[tuple[date, str], Figures] = defaultdict(Figures)
        for days in hidden:
            for slot, figures in days.items():
                sums[slot] += figures
        found.append(("", len(hidden), False, dict(sums)))
    return found


def _by_day(days: Mapping[tuple[date, str], Figures]) -> dict[date, Figures]:
    sums: dict[date, Figures] = {}
    for (on, _), figures in days.items():
        sums[on] = sums.get(on, Figures()) + figures
    return sums


def _reminders(
    session: Session, company_id: int, from_on: date, to_on: date
) -> Mapping[tuple[date, str], tuple[int, int, int]]:
    rows: Sequence[Any] = session.execute(
        select(
            ShiftRecord.shift_on,
            ShiftRecord.shift,
            ShiftRecord.wanted,
            ShiftRecord.delivered,
            ShiftRecord.read,
        ).where(ShiftRecord.company_id == company_id, ShiftRecord.shift_on.between(from_on, to_on))
    ).all()
    return {(on, shift): (wanted, arrived, read) for on, shift, wanted, arrived, read in rows}

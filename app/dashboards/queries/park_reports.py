"""What one park sent: the reports of a day, each revision of one, and how its days went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.dashboards.queries.province import find_heard
from app.dashboards.rules.province import (
    Line,
    Report,
    Totals,
    read_report,
    told_at,
    totals_of,
)
from app.dashboards.rules.province_trail import (
    Change,
    changes_between,
    day_beside_shifts,
    side_by_side,
)
from app.sync.gateways.signing import payload_of
from app.sync.models import KnownNode, LogEntry, Summary
from app.sync.rules import Direction
from app.workforce.rules.shifts import ShiftCode

DAYS_LISTED = 31
MOST_REVISIONS = 30
ORDER = {"": 0, **{code.value: place for place, code in enumerate(ShiftCode, start=1)}}


@dataclass(frozen=True, slots=True)
class Received:
    """The newest revision of one summary; `shift` is empty for the day total.

    `as_of` is never later than it came; `ahead` is how far the park's clock ran fast then.
    """

    shift: str
    revision: int
    final: bool
    as_of: datetime
    received_at: datetime
    ahead: timedelta
    report: Report
    totals: Totals


@dataclass(frozen=True, slots=True)
class ParkReports:
    """A park and what it sent of one day; `days` are the newest ones it sent anything of."""

    node: str
    name: str
    phone: str
    as_of: datetime | None
    last_contact_at: datetime | None
    on: date
    days: tuple[date, ...]
    received: tuple[Received, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a summary as the log keeps it, and what it changed."""

    number: int
    final: bool
    as_of: datetime
    received_at: datetime
    ahead: timedelta
    totals: Totals
    changes: tuple[Change, ...]


def find_park_reports(
    session: Session, node: str, on: date | None, *, today: date, now: datetime
) -> ParkReports | None:
    """What a park sent of a day, the newest one where none is asked for; None: no such park."""
    park = session.get(KnownNode, node)
    if park is None:
        return None
    days = session.scalars(
        select(Summary.on)
        .where(Summary.node == node)
        .distinct()
        .order_by(Summary.on.desc())
        .limit(DAYS_LISTED)
    ).all()
    shown = on or next((day for day in days if day <= today), today)
    rows = session.scalars(select(Summary).where(Summary.node == node, Summary.on == shown)).all()
    ordered = sorted(rows, key=lambda row: ORDER.get(row.shift, len(ORDER)))
    return ParkReports(
        park.node,
        park.name,
        park.phone,
        find_heard(session, {node: park.as_of}, now)[node],
        park.last_contact_at,
        shown,
        tuple(days),
        tuple(_received(row, report) for row, report in _beside_each_other(ordered)),
    )


def _beside_each_other(rows: Sequence[Summary]) -> list[tuple[Summary, Report]]:
    """The reports of one day, less what one of them would tell of another."""
    total = [row for row in rows if not row.shift]
    shifts = [row for row in rows if row.shift]
    day, parts = day_beside_shifts(
        read_report(total[0].body) if total else None, [read_report(row.body) for row in shifts]
    )
    return [(row, day) for row in total if day is not None] + list(zip(shifts, parts, strict=True))


def _received(row: Summary, report: Report) -> Received:
    as_of, ahead = told_at(row.as_of, row.received_at)
    return Received(
        row.shift,
        row.revision,
        row.final,
        as_of,
        row.received_at,
        ahead,
        report,
        totals_of([report]),
    )


def list_revisions(session: Session, node: str, on: date, shift: str) -> list[Revision]:
    """Every revision of one summary out of the log, the newest first, with what it changed."""
    seqs = session.scalar(
        select(Summary.seqs).where(Summary.node == node, Summary.on == on, Summary.shift == shift)
    )
    rows = session.execute(
        select(LogEntry.compact, LogEntry.stored_at)
        .where(
            LogEntry.node == node,
            LogEntry.direction == Direction.UP,
            LogEntry.seq.in_((seqs or [])[-MOST_REVISIONS:]),
        )
        .order_by(LogEntry.seq)
    ).all()
    bodies = [payload_of(row.compact)["body"] for row in rows]
    reports = side_by_side([read_report(body) for body in bodies])
    found = []
    for place, (row, body, report) in enumerate(zip(rows, bodies, reports, strict=True)):
        as_of, ahead = told_at(datetime.fromisoformat(body["as_of"]), row.stored_at)
        changes = changes_between(reports[place - 1], report) if place else ()
        found.append(
            Revision(
                body["revision"],
                body["final"],
                as_of,
                row.stored_at,
                ahead,
                totals_of([report]),
                changes,
            )
        )
    return found[::-1]


def list_park_shares(
    session: Session, node: str, shift: str, from_on: date, to_on: date
) -> Mapping[date, Totals]:
    """How one park stood on each day that it told of, by the day total or by one shift."""
    return {
        on: totals_of([report]) for on, report in _reports(session, node, shift, from_on, to_on)
    }


def list_company_days(
    session: Session, node: str, code: str, shift: str, from_on: date, to_on: date
) -> Mapping[date, Line | None]:
    """One company of a park day by day; None where the park told of the day and not of it."""
    return {
        on: next((line for line in report.lines if line.code == code), None)
        for on, report in _reports(session, node, shift, from_on, to_on)
        if code in report.missing or any(line.code == code for line in report.lines)
    }


def _reports(
    session: Session, node: str, shift: str, from_on: date, to_on: date
) -> list[tuple[date, Report]]:
    rows = session.scalars(
        select(Summary).where(Summary.node == node, Summary.on.between(from_on, to_on))
    )
    by_day: dict[date, list[Summary]] = {}
    for row in rows:
        by_day.setdefault(row.on, []).append(row)
    return [
        (on, report)
        for on, of_day in by_day.items()
        for row, report in _beside_each_other(of_day)
        if row.shift == shift
    ]

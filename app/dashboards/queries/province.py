"""The summaries that parks sent, as the province's pages show them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from app.dashboards.rules.province import (
    ParkDay,
    Report,
    Totals,
    is_silent,
    read_report,
    totals_of,
    trend_days,
)
from app.sync.models import KnownNode, Summary
from app.workforce.rules.shifts import ShiftCode

DAYS_LISTED = 31
ORDER = {"": 0, **{code.value: place for place, code in enumerate(ShiftCode, start=1)}}


@dataclass(frozen=True, slots=True)
class Received:
    """The newest revision of one summary; `shift` is empty for the day total."""

    shift: str
    revision: int
    final: bool
    as_of: datetime
    received_at: datetime
    report: Report
    totals: Totals


@dataclass(frozen=True, slots=True)
class ParkReports:
    """A park and what it sent of one day; `days` are the newest ones it sent anything of."""

    node: str
    name: str
    as_of: datetime | None
    last_contact_at: datetime | None
    on: date
    days: tuple[date, ...]
    received: tuple[Received, ...]


@dataclass(frozen=True, slots=True)
class _Day:
    figures_at: datetime
    totals: Totals


def find_newest_day(session: Session, today: date) -> date | None:
    """The newest day, not after today, that any park sent a summary of."""
    return session.scalar(
        select(func.max(Summary.on))
        .join(KnownNode, KnownNode.node == Summary.node)
        .where(Summary.on <= today)
    )


def list_park_days(session: Session, on: date, *, now: datetime, newest: bool) -> list[ParkDay]:
    """Every park on one day, by name.

    As the newest day, `newest`, it leaves out figures of a park that has been silent for too long.
    """
    parks = session.execute(
        select(KnownNode.node, KnownNode.name, KnownNode.as_of, KnownNode.last_contact_at).order_by(
            KnownNode.name, KnownNode.node
        )
    ).all()
    days = _days(session, trend_days(on))
    found = []
    for node, name, as_of, last_contact_at in parks:
        sent = days.get(node, {})
        day = None if newest and is_silent(as_of, now) else sent.get(on)
        trend = tuple(sent[each].totals.share if each in sent else None for each in trend_days(on))
        found.append(
            ParkDay(
                node,
                name,
                as_of,
                last_contact_at,
                day.figures_at if day else None,
                day.totals if day else None,
                trend,
            )
        )
    return found


def _days(session: Session, days: Sequence[date]) -> Mapping[str, Mapping[date, _Day]]:
    """What each park sent of each day: the day total, or the shifts where there is none."""
    total = aliased(Summary)
    has_total = (
        select(total.id)
        .where(total.node == Summary.node, total.on == Summary.on, total.shift == "")
        .exists()
    )
    rows = session.execute(
        select(Summary.node, Summary.on, Summary.as_of, Summary.body)
        .where(Summary.on.between(days[0], days[-1]))
        .where(or_(Summary.shift == "", ~has_total))
    ).all()
    sent: dict[tuple[str, date], list[tuple[datetime, Report]]] = defaultdict(list)
    for node, on, as_of, body in rows:
        sent[node, on].append((as_of, read_report(body)))
    found: dict[str, dict[date, _Day]] = defaultdict(dict)
    for (node, on), each in sent.items():
        as_of = max(at for at, _ in each)
        found[node][on] = _Day(as_of, totals_of([report for _, report in each]))
    return found


def find_park_reports(
    session: Session, node: str, on: date | None, *, today: date
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
    received = [_received(row) for row in rows]
    received.sort(key=lambda each: ORDER.get(each.shift, len(ORDER)))
    return ParkReports(
        park.node,
        park.name,
        park.as_of,
        park.last_contact_at,
        shown,
        tuple(days),
        tuple(received),
    )


def _received(row: Summary) -> Received:
    report = read_report(row.body)
    return Received(
        row.shift,
        row.revision,
        row.final,
        row.as_of,
        row.received_at,
        report,
        totals_of([report]),
    )


@dataclass(frozen=True, slots=True)
class ParkCount:
    """How many parks enrolled, and how many of them have sent figures of late."""

    enrolled: int
    heard: int


def count_parks(session: Session, now: datetime) -> ParkCount:
    """How many parks there are, and how many are not silent."""
    newest = session.scalars(select(KnownNode.as_of)).all()
    return ParkCount(len(newest), sum(1 for as_of in newest if not is_silent(as_of, now)))

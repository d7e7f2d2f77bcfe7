"""The codes in use, the rows they make of what parks sent, and what became of earlier calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.dashboards.queries.province_days import list_sent_days
from app.reports.gateways.columns import proposed_codes
from app.reports.models import ReportCodes, ReportSend, ReportValue
from app.reports.rules.codes import Codes, read_codes
from app.reports.rules.rows import ParkSent
from app.sync.models import KnownNode, Summary

NEWEST = 20
AT_ONCE = 500
BUILT_IN = ""


@dataclass(frozen=True, slots=True)
class SendRow:
    """One call as the page lists it."""

    id: str
    from_on: date
    to_on: date
    rows: int
    dry_run: bool
    state: str
    problem: str
    counts: Mapping[str, int]
    conflicts: Sequence[Mapping[str, Any]]
    asked_at: datetime


def get_codes(session: Session) -> Codes:
    """The newest codes that were entered, else those that come with the program."""
    row = session.scalars(select(ReportCodes).order_by(ReportCodes.version.desc()).limit(1)).first()
    if row is None:
        return read_codes(proposed_codes(), version=0, source=BUILT_IN)
    return read_codes(row.content, version=row.version, source=row.source)


def list_parks_sent(session: Session, from_on: date, to_on: date) -> list[ParkSent]:
    """Every park on every day of a period, by day and name."""
    parks = session.execute(
        select(KnownNode.node, KnownNode.name).order_by(KnownNode.name, KnownNode.node)
    ).all()
    sent = list_sent_days(session, from_on, to_on)
    final = {
        (node, on)
        for node, on in session.execute(
            select(Summary.node, Summary.on).where(
                Summary.on.between(from_on, to_on), Summary.shift == "", Summary.final
            )
        )
    }
    days = [from_on + timedelta(days=place) for place in range((to_on - from_on).days + 1)]
    found = []
    for on in days:
        for node, name in parks:
            day = sent[node].get(on) if node in sent else None
            found.append(ParkSent(node, name, on, day.totals if day else None, (node, on) in final))
    return found


def list_told(session: Session, places: Sequence[str]) -> Mapping[str, str]:
    """What the other side has, or may have, at these places."""
    found: dict[str, str] = {}
    for start in range(0, len(places), AT_ONCE):
        some = places[start : start + AT_ONCE]
        rows = session.execute(
            select(ReportValue.place, ReportValue.told).where(ReportValue.place.in_(some))
        )
        found |= {place: told for place, told in rows}  # noqa: C416
    return found


def list_sends(session: Session) -> list[SendRow]:
    """The newest calls, the last one first."""
    rows = session.scalars(
        select(ReportSend).order_by(ReportSend.asked_at.desc(), ReportSend.id.desc()).limit(NEWEST)
    )
    return [
        SendRow(
            row.id,
            row.from_on,
            row.to_on,
            row.rows,
            row.dry_run,
            row.state,
            row.problem,
            row.counts,
            row.conflicts,
            row.asked_at,
        )
        for row in rows
    ]

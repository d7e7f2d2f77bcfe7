"""The parks that can be told, and how many people their newest figures tell of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary, and_, func, select, type_coerce
from sqlalchemy.orm import Session

from app.alerts.rules.audience import AlertAudience
from app.alerts.rules.reach import AlertReach, ParkReach, count_in, is_away
from app.sync.gateways.packing import unpacked_body
from app.sync.gateways.reading import people_told
from app.sync.models import KnownNode, Summary

WHOLE_DAY = ""
PACKED = type_coerce(Summary.body, LargeBinary)


@dataclass(frozen=True, slots=True)
class Told:
    """Summaries of one park that are read together."""

    as_of: datetime
    packed: tuple[bytes, ...]


def list_open_nodes(session: Session) -> list[str]:
    """Parks that enrolled here and are not shut out."""
    return list(
        session.scalars(
            select(KnownNode.node).where(KnownNode.revoked_at.is_(None)).order_by(KnownNode.node)
        )
    )


def list_park_choices(session: Session) -> list[tuple[str, str]]:
    """Parks that can be told, by name: node and name."""
    rows = session.execute(
        select(KnownNode.node, KnownNode.name)
        .where(KnownNode.revoked_at.is_(None))
        .order_by(KnownNode.name, KnownNode.node)
    )
    return [(row.node, row.name) for row in rows]


def count_reach(session: Session, audience: AlertAudience, now: datetime) -> AlertReach:
    """The parks of an audience with the people that their newest figures tell of."""
    parks = session.execute(
        select(KnownNode.node, KnownNode.name, KnownNode.last_contact_at)
        .where(KnownNode.revoked_at.is_(None))
        .order_by(KnownNode.name, KnownNode.node)
    ).all()
    chosen = [park for park in parks if not audience.parks or park.node in audience.parks]
    told = _newest(session, audience)
    return AlertReach(
        tuple(
            _reach(park.node, park.name, park.last_contact_at, told.get(park.node), audience, now)
            for park in chosen
        )
    )


def _reach(
    node: str,
    name: str,
    last_contact_at: datetime | None,
    told: Told | None,
    audience: AlertAudience,
    now: datetime,
) -> ParkReach:
    away = is_away(last_contact_at, now)
    if told is None:
        return ParkReach(node, name, None, None, last_contact_at, away)
    people, found = _count(told.packed, audience.companies)
    unknown = tuple(code for code in audience.companies if code not in found)
    return ParkReach(node, name, people, told.as_of, last_contact_at, away, unknown)


def _count(packed: Sequence[bytes], codes: Sequence[str]) -> tuple[int, set[str]]:
    """People and codes in packed summaries; only who asks for companies has each row looked at."""
    counts = [] if codes else [people_told(each) for each in packed]
    known = [people for people in counts if people is not None]
    if counts and len(known) == len(counts):
        return sum(known), set()
    return count_in((unpacked_body(each) for each in packed), codes)


def _newest(session: Session, audience: AlertAudience) -> dict[str, Told]:
    """Of each park the newest day total, or the newest summary of each shift that is asked for.

    A park that never made a day total is counted by the shifts of its newest day.
    """
    if audience.shifts:
        return _newest_of(session, audience.shifts, audience.on)
    totals = _newest_of(session, (WHOLE_DAY,), None)
    return _shifts_of_newest_day(session, set(totals)) | totals


def _newest_of(session: Session, shifts: Sequence[str], until: date | None) -> dict[str, Told]:
    days = select(Summary.node, Summary.shift, func.max(Summary.on).label("on")).where(
        Summary.shift.in_(shifts)
    )
    if until is not None:
        days = days.where(Summary.on <= until)
    newest = days.group_by(Summary.node, Summary.shift).subquery()
    rows = session.execute(
        select(Summary.node, Summary.as_of, PACKED).join(
            newest,
            and_(
                Summary.node == newest.c.node,
                Summary.shift == newest.c.shift,
                Summary.on == newest.c.on,
            ),
        )
    )
    return _together(rows)


def _shifts_of_newest_day(session: Session, without: set[str]) -> dict[str, Told]:
    newest = (
        select(Summary.node, func.max(Summary.on).label("on"))
        .where(Summary.node.not_in(without))
        .group_by(Summary.node)
        .subquery()
    )
    rows = session.execute(
        select(Summary.node, Summary.as_of, PACKED).join(
            newest, and_(Summary.node == newest.c.node, Summary.on == newest.c.on)
        )
    )
    return _together(rows)


def _together(rows: Any) -> dict[str, Told]:
    found: dict[str, list[tuple[datetime, bytes]]] = defaultdict(list)
    for node, as_of, packed in rows:
        found[node].append((as_of, bytes(packed)))
    return {
        node: Told(min(at for at, _ in told), tuple(packed for _, packed in told))
        for node, told in found.items()
    }

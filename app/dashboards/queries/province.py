"""The parks of a province on one day, and how their shares went."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.dashboards.queries.province_days import SentDay, list_sent_days
from app.dashboards.rules.province import ParkDay, Totals, is_silent, trend_days
from app.sync.models import KnownNode, Summary

LONGEST_BEFORE = timedelta(days=400)


def find_newest_day(session: Session, today: date) -> date | None:
    """The newest day, not after today, that any park sent a summary of."""
    return session.scalar(
        select(Summary.on)
        .where(Summary.on <= today, exists().where(KnownNode.node == Summary.node))
        .order_by(Summary.on.desc())
        .limit(1)
    )


def list_park_days(session: Session, on: date, *, now: datetime, newest: bool) -> list[ParkDay]:
    """Every park on one day, by name.

    As the newest day, `newest`, it leaves out figures of a park that has been silent for too
    long, and says what was known of it last.
    """
    parks = session.execute(
        select(
            KnownNode.node,
            KnownNode.name,
            KnownNode.as_of,
            KnownNode.last_contact_at,
            KnownNode.phone,
        ).order_by(KnownNode.name, KnownNode.node)
    ).all()
    heard = find_heard(session, {park.node: park.as_of for park in parks}, now)
    silent = {node for node, at in heard.items() if newest and is_silent(at, now)}
    sent = {node: days.get(on) for node, days in list_sent_days(session, on, on).items()}
    before = _before(session, silent, on)
    return [
        _park_day(
            park, heard[park.node], None if park.node in silent else sent.get(park.node), before
        )
        for park in parks
    ]


def _park_day(
    park: Any,
    heard_at: datetime | None,
    day: SentDay | None,
    before: Mapping[str, Totals],
) -> ParkDay:
    return ParkDay(
        park.node,
        park.name,
        heard_at,
        park.last_contact_at,
        day.figures_at if day else None,
        day.totals if day else None,
        day.received_at if day else None,
        day.ahead if day else timedelta(0),
        park.phone,
        before.get(park.node),
    )


def find_heard(
    session: Session, as_of: Mapping[str, datetime | None], now: datetime
) -> dict[str, datetime | None]:
    """How fresh each park is: its newest figure, never later than that came."""
    doubtful = {
        node: at
        for node, at in as_of.items()
        if at is not None and (at > now or is_silent(at, now))
    }
    rows = session.execute(
        select(Summary.node, func.max(Summary.received_at))
        .where(Summary.node.in_(doubtful))
        .group_by(Summary.node)
    )
    came = {node: at for node, at in rows} if doubtful else {}  # noqa: C416
    return {**as_of, **{node: min(came.get(node, now), at, now) for node, at in doubtful.items()}}


def _before(session: Session, silent: Collection[str], on: date) -> Mapping[str, Totals]:
    """The last day that each silent park told of, added up."""
    if not silent:
        return {}
    last = session.execute(
        select(Summary.node, func.max(Summary.on))
        .where(Summary.node.in_(silent), Summary.on.between(on - LONGEST_BEFORE, on))
        .group_by(Summary.node)
    ).all()
    found: dict[str, Totals] = {}
    for day in {at for _, at in last}:
        nodes = [node for node, at in last if at == day]
        sent = list_sent_days(session, day, day, nodes)
        found |= {node: sent[node][day].totals for node in nodes if node in sent}
    return found


def list_trends(
    session: Session, nodes: Sequence[str], on: date
) -> Mapping[str, tuple[float | None, ...]]:
    """The shares of these parks on the last days, oldest first; None where a park sent nothing."""
    days = trend_days(on)
    sent = list_sent_days(session, days[0], days[-1], nodes)
    return {
        node: tuple(
            sent[node][day].totals.share if node in sent and day in sent[node] else None
            for day in days
        )
        for node in nodes
    }


@dataclass(frozen=True, slots=True)
class ParkCount:
    """How many parks enrolled, and how many of them have sent figures of late."""

    enrolled: int
    heard: int


def count_parks(session: Session, now: datetime) -> ParkCount:
    """How many parks there are, and how many are not silent."""
    rows = session.execute(select(KnownNode.node, KnownNode.as_of)).all()
    heard = find_heard(session, {node: as_of for node, as_of in rows}, now)  # noqa: C416
    return ParkCount(len(rows), sum(1 for at in heard.values() if not is_silent(at, now)))

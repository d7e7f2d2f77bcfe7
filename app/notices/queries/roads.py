"""Which roads lead to an audience, before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.delivery.models import ContactPoint
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.roads import BELL, KIND_OF, USABLE, Roads
from app.notices.queries.audience import Audience, choose_people, has_app
from app.workforce.models import Worker


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of an audience start on which road; they add up to `people`.

    `outside` counts who carries no device by the first channel that leads to them.
    """

    people: int
    with_app: int
    outside: Mapping[ChannelName, int]

    @property
    def nowhere(self) -> int:
        """Who has neither a device nor an address that is open."""
        return self.people - self.with_app - sum(self.outside.values())


def count_reach(
    session: Session, audience: Audience, roads: Roads, on: date, now: datetime
) -> Reach:
    """How many people of an audience each road reaches first, and how many none does."""
    channels = [name for name in roads.of(Lane.URGENT) if name in KIND_OF and name is not BELL]
    whens: list[tuple[ColumnElement[bool], int]] = [(has_app(now), -1)]
    whens += [(_has_address(KIND_OF[name]), place) for place, name in enumerate(channels)]
    first = case(*whens, else_=len(channels)).label("first")
    chosen = choose_people(session, audience, on).with_only_columns(first).subquery()
    rows = session.execute(select(chosen.c.first, func.count()).group_by(chosen.c.first)).all()
    counts = {int(place): int(count) for place, count in rows}
    return Reach(
        sum(counts.values()),
        counts.get(-1, 0),
        {name: counts.get(place, 0) for place, name in enumerate(channels)},
    )


def _has_address(kind: str) -> ColumnElement[bool]:
    held = select(ContactPoint.id).where(
        ContactPoint.person_id == Worker.id,
        ContactPoint.channel == kind,
        ContactPoint.gone_at.is_(None),
        ContactPoint.state.in_(sorted(USABLE)),
    )
    return held.correlate(Worker).exists()

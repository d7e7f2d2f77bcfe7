"""Which roads lead to an audience, before anything is sent."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.delivery.models import ContactPoint
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.roads import BELL, KIND_OF, USABLE, Roads, first_roads
from app.notices.queries.audience import Audience, choose_people, has_app
from app.workforce.models import Worker


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of an audience start on which road; they add up to `people`.

    `outside` counts who carries no device by the first channel that leads to them; `beside` who
    is written to over one more channel at the same time.
    """

    people: int
    with_app: int
    outside: Mapping[ChannelName, int]
    beside: Mapping[ChannelName, int] = field(default_factory=dict)

    @property
    def nowhere(self) -> int:
        """Who has neither a device nor an address that is open."""
        return self.people - self.with_app - sum(self.outside.values())


def count_reach(
    session: Session,
    audience: Audience,
    roads: Roads,
    on: date,
    now: datetime,
    *,
    in_parallel: bool = False,
) -> Reach:
    """How many people of an audience each road reaches first, and how many none does."""
    channels = [name for name in roads.of(Lane.URGENT) if name in KIND_OF and name is not BELL]
    held = sorted({KIND_OF[name] for name in channels})
    with_app = case((has_app(now), 1), else_=0).label("with_app")
    kinds = [case((_has_address(kind), 1), else_=0).label(f"has_{kind}") for kind in held]
    chosen = choose_people(session, audience, on).with_only_columns(with_app, *kinds).subquery()
    rows = session.execute(select(*chosen.c, func.count()).group_by(*chosen.c)).all()
    people = apped = 0
    outside, beside = dict.fromkeys(channels, 0), Counter[ChannelName]()
    for has_device, *open_, count in rows:
        usable = {kind for kind, is_open in zip(held, open_, strict=True) if is_open}
        ways = [name for name in channels if KIND_OF[name] in usable]
        first = first_roads(
            Lane.URGENT, ways, has_device=bool(has_device), in_parallel=in_parallel
        )[1:]
        people += count
        apped += count if has_device else 0
        if not has_device and first:
            outside[first[0]] += count
        beside.update(dict.fromkeys(first if has_device else first[1:], int(count)))
    return Reach(people, apped, outside, dict(beside))


def _has_address(kind: str) -> ColumnElement[bool]:
    held = select(ContactPoint.id).where(
        ContactPoint.person_id == Worker.id,
        ContactPoint.channel == kind,
        ContactPoint.gone_at.is_(None),
        ContactPoint.state.in_(sorted(USABLE)),
    )
    return held.correlate(Worker).exists()

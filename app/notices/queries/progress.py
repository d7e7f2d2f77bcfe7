"""How far a notice came: totals, by unit, and person by person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.delivery.models import Delivery
from app.delivery.rules import ChannelName, Status
from app.delivery.rules.roads import BELL
from app.notices.models import Notice
from app.notices.queries.audience import Company
from app.notices.rules.progress import (
    ORDER,
    Progress,
    Reached,
    at_place,
    place_of,
    progress_of,
)
from app.notices.rules.states import NoticeState
from app.workforce.models import Worker


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """How far a notice came in one unit of a company; people."""

    company: str
    unit: str
    people: int
    reached: Mapping[Reached, int]

    def of(self, *wanted: str) -> int:
        """How many are at any of these."""
        return sum(self.reached.get(Reached(each), 0) for each in wanted)


@dataclass(frozen=True, slots=True)
class PersonProgress:
    """How far a notice came to one person, and when it went out, arrived or was read."""

    worker_id: str
    badge: str
    name: str
    unit: str
    reached: Reached
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None


def count_progress(session: Session, notice: Notice) -> Progress:
    """The figures of a notice as they stand, each person in one place."""
    if notice.message_id is None:
        return Progress(notice.audience, waiting=notice.audience)
    people = _people(notice).subquery()
    rows = session.execute(
        select(people.c.place, func.count()).select_from(people).group_by(people.c.place)
    ).all()
    counts: dict[Reached, int] = {}
    for place, count in rows:
        counts[at_place(int(place))] = counts.get(at_place(int(place)), 0) + int(count)
    return progress_of(notice.audience, counts, ended=has_ended(notice))


def count_units(
    session: Session, notice: Notice, company_ids: Sequence[int] | None = None
) -> list[UnitProgress]:
    """The figures by company and unit, of these companies or of all; only who was written down."""
    people = _people(notice).subquery()
    chosen = (
        _with_worker(people)
        .with_only_columns(Company.name, Branch.name, people.c.place, func.count())
        .group_by(Company.name, Branch.name, Worker.branch_id, people.c.place)
        .order_by(Company.name, Branch.name)
    )
    if company_ids is not None:
        chosen = chosen.where(Worker.company_id.in_(company_ids))
    found: dict[tuple[str, str], dict[Reached, int]] = defaultdict(dict)
    for company, unit, place, count in session.execute(chosen):
        held = found[company, unit]
        held[at_place(int(place))] = held.get(at_place(int(place)), 0) + int(count)
    return [
        UnitProgress(company, unit, sum(held.values()), held)
        for (company, unit), held in found.items()
    ]


def list_progress(
    session: Session,
    notice: Notice,
    wanted: Sequence[Reached],
    *,
    company_ids: Sequence[int],
    limit: int,
    offset: int,
) -> tuple[list[PersonProgress], int]:
    """Who of these companies a notice came how far to, by unit and name; and how many they are."""
    people = _people(notice).subquery()
    chosen = _with_worker(people).where(Worker.company_id.in_(company_ids))
    if wanted:
        chosen = chosen.where(people.c.place.in_(_places_of(wanted)))
    total = session.scalar(chosen.with_only_columns(func.count())) or 0
    rows = session.execute(
        chosen.with_only_columns(
            Worker.id,
            Worker.badge,
            Worker.name,
            Branch.name,
            people.c.place,
            people.c.sent_at,
            people.c.delivered_at,
            people.c.read_at,
        )
        .order_by(Branch.name, Worker.name_folded, Worker.id)
        .limit(limit)
        .offset(offset)
    ).all()
    return [
        PersonProgress(person_id, badge, name, unit, at_place(int(place)), *times)
        for person_id, badge, name, unit, place, *times in rows
    ], total


def _places_of(wanted: Sequence[Reached]) -> list[int]:
    return [place for place in range(len(ORDER)) if at_place(place) in wanted]


def has_ended(notice: Notice) -> bool:
    """Whether nothing more is sent because somebody or the clock ended it."""
    return notice.state in {NoticeState.STOPPED, NoticeState.CANCELLED, NoticeState.EXPIRED}


def _people(notice: Notice) -> Select[*tuple[Any, ...]]:
    """One row a person: the best place that any road came to; a bell alone brings nobody a word."""
    chosen: Select[*tuple[Any, ...]] = (
        select(
            Delivery.person_id,
            func.min(_place(ended=has_ended(notice))).label("place"),
            func.min(Delivery.sent_at).label("sent_at"),
            func.min(Delivery.delivered_at).label("delivered_at"),
            func.min(Delivery.read_at).label("read_at"),
        )
        .where(Delivery.message_id == notice.message_id, Delivery.channel != BELL)
        .group_by(Delivery.person_id)
    )
    return chosen


def _place(*, ended: bool) -> ColumnElement[int]:
    """The road of a row as a place in the order."""

    def places(*, in_inbox: bool) -> ColumnElement[int]:
        found = {
            str(status): ORDER.index(place_of(status, in_inbox=in_inbox, ended=ended))
            for status in Status
        }
        return case(found, value=Delivery.status)

    own = Delivery.channel == ChannelName.IN_APP
    return case((own, places(in_inbox=True)), else_=places(in_inbox=False))


def _with_worker(people: Subquery) -> Select[Any]:
    return (
        select(Worker.id)
        .select_from(people)
        .join(Worker, Worker.id == people.c.person_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .join(Company, Company.id == Worker.company_id)
    )

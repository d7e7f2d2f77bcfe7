"""Who has a notice and has not read it, and whom nobody was asked to tell as yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from app.delivery.models import Delivery
from app.delivery.rules import ChannelName, Status
from app.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Unread:
    """Somebody who has not read a notice, with what fills its words for them."""

    person_id: str
    locale: str
    values: dict[str, str]


def count_unread(session: Session, notice: Notice) -> int:
    """How many have not read a notice and no team lead was asked to tell."""
    people = _unread(notice).subquery()
    return session.scalar(select(func.count()).select_from(people)) or 0


def list_unread(
    session: Session, notice: Notice, *, after: str | None, limit: int
) -> Sequence[Unread]:
    """The next of them by id."""
    chosen = _unread(notice).order_by(Delivery.person_id).limit(limit)
    if after is not None:
        chosen = chosen.where(Delivery.person_id > after)
    ids = session.scalars(chosen).all()
    rows = session.execute(
        select(Delivery.person_id, Delivery.locale, Delivery.values)
        .where(Delivery.message_id == notice.message_id, Delivery.person_id.in_(ids))
        .order_by(Delivery.person_id)
    ).all()
    return list({row.person_id: Unread(*row) for row in rows}.values())


def _unread(notice: Notice) -> Select[str]:
    return (
        select(Delivery.person_id)
        .where(Delivery.message_id == notice.message_id)
        .group_by(Delivery.person_id)
        .having(_count(_told()) == 0)
    )


def _told() -> ColumnElement[bool]:
    """Whether a road was read, or ends with the team lead."""
    return or_(Delivery.status == Status.READ, Delivery.channel == ChannelName.PAPER)


def _count(holds: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((holds, 1)))

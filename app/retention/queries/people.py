"""Whose record goes: people who left long enough ago, and granted deletions not yet carried out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.retention.models import Erasure
from app.retention.queries.due import has_open_case, is_held
from app.retention.rules.erasures import Depth
from app.workforce.models import DataRequest, Worker
from app.workforce.rules.data_requests import RequestKind, RequestState


def _leavers(before: date) -> Select[str]:
    open_ones = select(Erasure.worker_id).where(Erasure.depth == Depth.WHOLE)
    return (
        select(Worker.id)
        .where(Worker.left_on < before, Worker.merged_into_id.is_(None), Worker.name != "")
        .where(~is_held(Worker.__table__.c.id), Worker.id.not_in(open_ones))
    )


def list_leavers(session: Session, before: date, most: int) -> Sequence[str]:
    """People who left before a day, whose record nothing holds."""
    return session.scalars(_leavers(before).order_by(Worker.id).limit(most)).all()


def count_leavers(session: Session, before: date) -> int:
    """How many records of people who left are due."""
    return session.scalar(select(func.count()).select_from(_leavers(before).subquery())) or 0


@dataclass(frozen=True, slots=True)
class GrantedRequest:
    """A deletion that somebody granted: whose, and since when that person no longer works here."""

    request_id: str
    worker_id: str
    left_on: date | None


def list_granted(session: Session) -> list[GrantedRequest]:
    """Deletions that were granted and can be carried out: an open case comes first."""
    asked = aliased(Worker)
    rows = session.execute(
        select(DataRequest.id, Worker.id, Worker.left_on)
        .join(asked, asked.id == DataRequest.worker_id)
        .join(Worker, Worker.id == func.coalesce(asked.merged_into_id, asked.id))
        .where(DataRequest.kind == RequestKind.DELETE, DataRequest.state == RequestState.GRANTED)
        .where(~has_open_case(Worker.__table__.c.id))
        .order_by(DataRequest.received_at)
    )
    return [GrantedRequest(*row) for row in rows]


def count_granted(session: Session) -> int:
    """How many granted deletions wait for the next purge."""
    return len(list_granted(session))


@dataclass(frozen=True, slots=True)
class OpenErasure:
    """A deletion that has begun and is not finished."""

    id: str
    worker_id: str
    depth: Depth
    at: datetime
    request_id: str | None


def can_be_finished() -> ColumnElement[bool]:
    """Whether a deletion is open and nothing holds it: a history waits for an open case to end."""
    case = has_open_case(Erasure.__table__.c.worker_id)
    return and_(Erasure.finished_at.is_(None), or_(Erasure.depth != Depth.HISTORY, ~case))


def list_begun(session: Session) -> set[str]:
    """People with a deletion that has begun and is not finished, whether or not it has to wait."""
    return set(session.scalars(select(Erasure.worker_id).where(Erasure.finished_at.is_(None))))


def list_open(
    session: Session, depth: Depth, most: int, but: Collection[str] = ()
) -> list[OpenErasure]:
    """Deletions that can be gone on with, the oldest first, but for some by their ids."""
    rows = session.scalars(
        select(Erasure)
        .where(Erasure.depth == depth, Erasure.id.not_in(but), can_be_finished())
        .order_by(Erasure.at, Erasure.id)
        .limit(most)
    )
    return [
        OpenErasure(row.id, row.worker_id, Depth(row.depth), row.at, row.request_id) for row in rows
    ]


def list_done(session: Session, worker_ids: Sequence[str]) -> list[tuple[str, datetime]]:
    """Of these people the deletions that this database knows of, whether finished or not."""
    rows = session.execute(
        select(Erasure.worker_id, Erasure.at).where(Erasure.worker_id.in_(worker_ids))
    )
    return [(worker_id, at) for worker_id, at in rows]


def list_known(session: Session, worker_ids: Sequence[str]) -> set[str]:
    """Those of these ids that are records here."""
    return set(session.scalars(select(Worker.id).where(Worker.id.in_(worker_ids))))


def with_merged(session: Session, worker_ids: Sequence[str]) -> list[str]:
    """These people with the records that were merged into theirs."""
    merged = session.scalars(select(Worker.id).where(Worker.merged_into_id.in_(worker_ids)))
    return [*worker_ids, *merged]

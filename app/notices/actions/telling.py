"""A message told in person: ticked off by whoever told it, and taken back when that was wrong."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.audit.actions import record_act
from app.delivery.models import Attempt, Delivery
from app.delivery.rules import ChannelName, Status
from app.delivery.rules.messages import before
from app.kernel.actors import Actor
from app.notices.queries.telling import MOST_PEOPLE, TOLD_BY
from app.workforce.models import Worker

TOLD, TAKEN_BACK = "delivered", "taken-back"


def tell_in_person(
    session: Session,
    message_id: str,
    worker_ids: Sequence[str],
    paths: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """These people were told the message; who had been before is not told again.

    Returns how many it counts as delivered for now.
    """
    rows = _held(session, message_id, worker_ids, paths, before(Status.DELIVERED))
    if not rows:
        return 0
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_([row.id for row in rows]))
        .values(
            status=Status.DELIVERED,
            delivered_at=now,
            next_attempt_at=None,
            attempt_count=Delivery.attempt_count + 1,
        )
        .execution_options(synchronize_session=False)
    )
    told = {TOLD_BY: actor.name, "account_id": actor.account_id}
    session.execute(
        insert(Attempt),
        [
            {
                "delivery_id": row.id,
                "n": row.attempt_count + 1,
                "started_at": now,
                "ended_at": now,
                "outcome": TOLD,
                "masked": told,
            }
            for row in rows
        ],
    )
    _record(session, "notices.told_in_person", message_id, len(rows), actor, now)
    return len(rows)


def untell(
    session: Session,
    message_id: str,
    worker_ids: Sequence[str],
    paths: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """These people were not told after all; they wait to be told again. Returns how many."""
    rows = _held(session, message_id, worker_ids, paths, (Status.DELIVERED,))
    for row in rows:
        session.execute(
            update(Attempt)
            .where(Attempt.delivery_id == row.id, Attempt.n == row.attempt_count)
            .values(outcome=TAKEN_BACK)
        )
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_([row.id for row in rows]))
        .values(status=Status.SENT, delivered_at=None)
        .execution_options(synchronize_session=False)
    )
    if rows:
        _record(session, "notices.telling_taken_back", message_id, len(rows), actor, now)
    return len(rows)


def _held(
    session: Session,
    message_id: str,
    worker_ids: Sequence[str],
    paths: Sequence[str],
    statuses: Sequence[Status],
) -> Sequence[Delivery]:
    """Rows of people under these branches, held until this work has ended."""
    return session.scalars(
        select(Delivery)
        .join(Worker, Worker.id == Delivery.person_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(Delivery.message_id == message_id, Delivery.channel == ChannelName.PAPER)
        .where(Delivery.person_id.in_(worker_ids[:MOST_PEOPLE]), Delivery.status.in_(statuses))
        .where(or_(*[Branch.path.startswith(path) for path in paths]))
        .with_for_update(of=Delivery)
    ).all()


def _record(
    session: Session, act: str, message_id: str, people: int, actor: Actor, now: datetime
) -> None:
    record_act(session, act, actor=actor, now=now, message=message_id, people=people)

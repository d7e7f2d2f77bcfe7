"""The weekly digest: told once to each park manager, marked as read, wanted or not."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.dashboards.models import DigestChoice, WeeklyDigest
from app.extensions import upsert
from app.kernel.actors import Actor


def tell_digest(
    session: Session,
    account_ids: Sequence[str],
    week_on: date,
    body: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Put a digest before these people; who has one of that week gets no second one."""
    if account_ids:
        session.execute(
            upsert(session, WeeklyDigest).on_conflict_do_nothing(),
            [
                {"account_id": each, "week_on": week_on, "made_at": now, "body": dict(body)}
                for each in account_ids
            ],
        )


def read_digest(session: Session, week_on: date, *, actor: Actor, now: datetime) -> None:
    """The person has read a digest; the first time counts."""
    session.execute(
        update(WeeklyDigest)
        .where(WeeklyDigest.account_id == actor.account_id, WeeklyDigest.week_on == week_on)
        .where(WeeklyDigest.read_at.is_(None))
        .values(read_at=now)
    )


def choose_digest(session: Session, *, wanted: bool, actor: Actor, now: datetime) -> None:
    """The person wants the weekly digest, or wants it no more."""
    statement = upsert(session, DigestChoice)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id"], set_={"wanted": wanted, "chosen_at": now}
        ),
        {"account_id": actor.account_id, "wanted": wanted, "chosen_at": now},
    )

"""Reading the audit log."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.audit.rules import HEALTH_VIEWED
from app.kernel.actors import Actor


def list_health_views(
    session: Session,
    worker_id: str,
    company_id: int,
    since: datetime,
    *,
    also: Sequence[str] = (),
    most: int = 200,
) -> Sequence[AuditEntry]:
    """Views that showed this worker's health to somebody, and other acts asked, newest first."""
    shown = or_(
        AuditEntry.subject_id == worker_id,
        cast(AuditEntry.details, String).contains(worker_id, autoescape=True),
    )
    return session.scalars(
        select(AuditEntry)
        .where(AuditEntry.company_id == company_id, AuditEntry.at >= since)
        .where(AuditEntry.act.in_((HEALTH_VIEWED, *also)), shown)
        .order_by(AuditEntry.at.desc())
        .limit(most)
    ).all()


def was_shown(
    session: Session,
    page: str,
    worker_ids: Sequence[str],
    company_id: int,
    actor: Actor,
    since: datetime,
) -> bool:
    """Whether this page has shown all these workers to the same person since then."""
    views = session.scalars(
        select(AuditEntry.details)
        .where(AuditEntry.company_id == company_id, AuditEntry.at >= since)
        .where(AuditEntry.act == HEALTH_VIEWED, AuditEntry.actor_id == actor.account_id)
    ).all()
    seen = {each for view in views if view.get("page") == page for each in view["workers"]}
    return seen.issuperset(worker_ids)


def count_acts_of_node(session: Session, act: str, since: datetime) -> int:
    """How often something that concerns no company was done by anybody since a moment."""
    chosen = select(func.count()).where(
        AuditEntry.company_id.is_(None), AuditEntry.at >= since, AuditEntry.act == act
    )
    return session.scalar(chosen) or 0

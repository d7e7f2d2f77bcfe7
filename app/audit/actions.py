"""Writing the audit log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.audit.rules import HEALTH_VIEWED
from app.kernel.actors import Actor
from app.kernel.ids import new_id


def record_act(
    session: Session,
    act: str,
    *,
    actor: Actor,
    now: datetime,
    subject_id: str | None = None,
    company_id: int | None = None,
    **details: Any,
) -> None:
    """Keep that somebody did something; `act` is "feature.verb_past"."""
    session.execute(
        insert(AuditEntry).values(
            id=new_id(now),
            at=now,
            actor_id=actor.account_id,
            actor_name=actor.name,
            actor_roles=" ".join(actor.roles),
            act=act,
            subject_id=subject_id,
            company_id=company_id,
            details=details,
        )
    )


def record_acts(
    session: Session,
    act: str,
    details_by_subject: Mapping[str, Mapping[str, Any]],
    *,
    company_id: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep that somebody did the same thing to many: one row each, with its own details."""
    if not details_by_subject:
        return
    session.execute(
        insert(AuditEntry),
        [
            {
                "id": new_id(now),
                "at": now,
                "actor_id": actor.account_id,
                "actor_name": actor.name,
                "actor_roles": " ".join(actor.roles),
                "act": act,
                "subject_id": subject_id,
                "company_id": company_id,
                "details": dict(details),
            }
            for subject_id, details in details_by_subject.items()
        ],
    )


def record_health_view(
    session: Session,
    page: str,
    worker_ids: Sequence[str],
    *,
    company_id: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep that a page showed the health of these workers: one row a view."""
    subject = worker_ids[0] if len(worker_ids) == 1 else None
    record_act(
        session,
        HEALTH_VIEWED,
        actor=actor,
        now=now,
        subject_id=subject,
        company_id=company_id,
        page=page,
        workers=list(worker_ids),
    )

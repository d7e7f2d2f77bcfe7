"""What people say to the legal notice."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Consent
from app.accounts.rules import Actor
from app.audit.actions import record_act
from app.kernel.ids import new_id


def record_consent(
    session: Session, account_id: str, version: str, *, agreed: bool, actor: Actor, now: datetime
) -> str:
    """Keep what a worker said to a version of the legal notice; returns the row's id."""
    consent_id = new_id(now)
    session.add(
        Consent(id=consent_id, account_id=account_id, version=version, agreed=agreed, at=now)
    )
    record_act(
        session,
        "accounts.consent_given" if agreed else "accounts.consent_refused",
        actor=actor,
        now=now,
        subject_id=account_id,
        version=version,
    )
    return consent_id

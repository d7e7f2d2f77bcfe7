"""Whom to call at a park when nothing comes from it."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.sync.actions.receiving import locked_park


def keep_park_phone(
    session: Session, node: str, phone: str, *, actor: Actor, now: datetime
) -> None:
    """The number by which a park is called; empty takes it away."""
    park = locked_park(session, node)
    if park.phone == phone:
        return
    park.phone = phone
    record_act(session, "sync.park_phone_kept", actor=actor, now=now, subject_id=node, phone=phone)

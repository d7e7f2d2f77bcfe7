"""The secret address of a closed channel."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.bulletins.models import ChannelLink
from app.bulletins.rules.bulletins import Channel
from app.extensions import token_digest
from app.kernel.actors import Actor


def renew_link(session: Session, channel: Channel, *, actor: Actor, now: datetime) -> str:
    """Make a new key of a closed channel, told once; the one before opens nothing any more."""
    key = secrets.token_urlsafe(24)
    session.merge(
        ChannelLink(
            channel=channel, key_hash=token_digest(key), renewed_at=now, renewed_by=actor.name
        )
    )
    session.flush()
    record_act(
        session, "bulletins.link_renewed", actor=actor, now=now, subject_id=None, channel=channel
    )
    return key

"""Tokens of devices: issued, used, revoked."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import DeviceToken
from app.accounts.rules import Actor
from app.audit.actions import record_act
from app.extensions import token_digest
from app.kernel.ids import new_id
from app.kernel.text import squeeze

TOKEN_BYTES = 32


def issue_token(
    session: Session,
    account_id: str,
    *,
    device_id: str,
    label: str,
    days: int,
    now: datetime,
) -> tuple[str, datetime]:
    """A new token for a device, in place of the one it had; returns it and its expiry."""
    session.execute(
        update(DeviceToken)
        .where(
            DeviceToken.account_id == account_id,
            DeviceToken.device_id == device_id,
            DeviceToken.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = now + timedelta(days=days)
    session.add(
        DeviceToken(
            id=new_id(now),
            account_id=account_id,
            device_id=device_id,
            label=squeeze(label)[:120],
            token_hash=token_digest(token),
            created_at=now,
            expires_at=expires_at,
            last_used_at=now,
        )
    )
    return token, expires_at


def use_token(session: Session, token_id: str, *, days: int, now: datetime) -> None:
    """Keep that a token was used; its life begins anew."""
    session.execute(
        update(DeviceToken)
        .where(DeviceToken.id == token_id)
        .values(last_used_at=now, expires_at=now + timedelta(days=days))
    )


def revoke_token(
    session: Session, account_id: str, token_id: str, *, actor: Actor, now: datetime
) -> bool:
    """Revoke one token of an account; false when it has no such token."""
    changed = session.scalar(
        update(DeviceToken)
        .where(
            DeviceToken.id == token_id,
            DeviceToken.account_id == account_id,
            DeviceToken.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(DeviceToken.id)
    )
    if changed is not None:
        record_act(session, "accounts.token_revoked", actor=actor, now=now, subject_id=account_id)
    return changed is not None

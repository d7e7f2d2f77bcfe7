"""Tokens of devices: issued, used, revoked."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import DeviceToken
from app.accounts.queries.tokens import HeldToken
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
    _revoke_device(session, account_id, device_id, now=now)
    return _add(session, account_id, device_id, label=label, days=days, now=now, last_used_at=now)


def renew_token(
    session: Session, held: HeldToken, *, label: str, days: int, now: datetime
) -> tuple[str, datetime]:
    """A new token beside one that has expired; returns it and its expiry.

    The expired one goes with the first use of the new one: the answer that brings it may be lost.
    """
    holder = held.actor
    return _add(
        session,
        str(holder.account_id),
        str(holder.device_id),
        label=label,
        days=days,
        now=now,
        last_used_at=held.last_used_at,
    )


def _add(
    session: Session,
    account_id: str,
    device_id: str,
    *,
    label: str,
    days: int,
    now: datetime,
    last_used_at: datetime,
) -> tuple[str, datetime]:
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
            last_used_at=last_used_at,
        )
    )
    return token, expires_at


def use_token(session: Session, held: HeldToken, *, days: int, now: datetime) -> None:
    """Keep that a token was used; its life begins anew, and the device needs no other."""
    holder = held.actor
    token_id = str(holder.token_id)
    session.execute(
        update(DeviceToken)
        .where(DeviceToken.id == token_id)
        .values(last_used_at=now, expires_at=now + timedelta(days=days))
    )
    _revoke_device(
        session, str(holder.account_id), str(holder.device_id), besides=token_id, now=now
    )


def _revoke_device(
    session: Session, account_id: str, device_id: str, *, besides: str | None = None, now: datetime
) -> None:
    others = (
        update(DeviceToken)
        .where(
            DeviceToken.account_id == account_id,
            DeviceToken.device_id == device_id,
            DeviceToken.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    if besides is not None:
        others = others.where(DeviceToken.id != besides)
    session.execute(others)


def revoke_token(
    session: Session, account_id: str, token_id: str, *, actor: Actor, now: datetime
) -> bool:
    """Revoke a token of an account, and every other of its device; false when it has none such."""
    device_id = session.scalar(
        select(DeviceToken.device_id).where(
            DeviceToken.id == token_id,
            DeviceToken.account_id == account_id,
            DeviceToken.revoked_at.is_(None),
        )
    )
    if device_id is None:
        return False
    _revoke_device(session, account_id, device_id, now=now)
    record_act(session, "accounts.token_revoked", actor=actor, now=now, subject_id=account_id)
    return True

"""Signed-in browsers: opened, used, ended."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import Account, DeviceToken, WebSession
from app.accounts.rules import Actor
from app.audit.actions import record_act
from app.kernel.ids import new_id
from app.kernel.text import squeeze


def open_web_session(session: Session, account_id: str, *, now: datetime, label: str = "") -> str:
    """Start a signed-in browser, called by its label; returns its id."""
    session_id = new_id(now)
    session.add(
        WebSession(
            id=session_id,
            account_id=account_id,
            label=squeeze(label)[:60],
            started_at=now,
            last_seen_at=now,
        )
    )
    record_act(
        session,
        "accounts.signed_in",
        actor=Actor(account_id, session.get_one(Account, account_id).name),
        now=now,
        subject_id=account_id,
    )
    return session_id


def renew_web_session(session: Session, session_id: str, *, now: datetime) -> str | None:
    """Give a browser that may do more than before another id; the one it had opens nothing."""
    old = session.get(WebSession, session_id, with_for_update=True)
    if old is None or old.ended_at is not None:
        return None
    fresh = new_id(now)
    session.add(
        WebSession(
            id=fresh,
            account_id=old.account_id,
            label=old.label,
            started_at=old.started_at,
            last_seen_at=now,
        )
    )
    old.ended_at = now
    return fresh


def let_sessions_renew(session: Session, account_id: str) -> None:
    """The account may do more: each of its browsers gets another id with its next page."""
    session.execute(
        update(WebSession)
        .where(WebSession.account_id == account_id, WebSession.ended_at.is_(None))
        .values(renew_due=True)
    )


def touch_web_session(session: Session, session_id: str, *, now: datetime) -> None:
    """Keep that the browser was used."""
    session.execute(update(WebSession).where(WebSession.id == session_id).values(last_seen_at=now))


def close_web_session(session: Session, session_id: str, *, now: datetime) -> None:
    """Sign a browser out."""
    session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_web_session(
    session: Session, account_id: str, session_id: str, *, actor: Actor, now: datetime
) -> bool:
    """Sign one browser of an account out from elsewhere; false when it has no such browser."""
    changed = session.scalar(
        update(WebSession)
        .where(
            WebSession.id == session_id,
            WebSession.account_id == account_id,
            WebSession.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(WebSession.id)
    )
    if changed is not None:
        record_act(session, "accounts.session_ended", actor=actor, now=now, subject_id=account_id)
    return changed is not None


def end_sessions_of(
    session: Session,
    account_ids: Collection[str],
    *,
    besides_device: str | None = None,
    now: datetime,
) -> None:
    """Sign accounts out of every browser and device, but for one device."""
    session.execute(
        update(WebSession)
        .where(WebSession.account_id.in_(account_ids), WebSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    tokens = (
        update(DeviceToken)
        .where(DeviceToken.account_id.in_(account_ids), DeviceToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    if besides_device is not None:
        tokens = tokens.where(DeviceToken.device_id != besides_device)
    session.execute(tokens)


def close_every_session(session: Session, account_id: str, *, actor: Actor, now: datetime) -> None:
    """Sign an account out of every browser and device."""
    end_sessions_of(session, [account_id], now=now)
    record_act(session, "accounts.sessions_closed", actor=actor, now=now, subject_id=account_id)

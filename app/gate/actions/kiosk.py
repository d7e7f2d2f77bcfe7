"""Kiosks: made, set up on a device by a one-time code, taken out of use."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.actions.office import set_grants
from app.accounts.actions.secrets import CODE_LETTERS, new_pin
from app.accounts.actions.sessions import close_every_session
from app.accounts.models import Account
from app.accounts.rules import Role, WeakPin, check_pin
from app.audit.actions import record_act
from app.extensions import token_digest
from app.gate.models import Kiosk
from app.gate.rules.kiosk import (
    BLOCK,
    CODE_BLOCKS,
    CODE_LASTS,
    LEAVE_ITERATIONS,
    KioskRevoked,
    WrongCode,
    bare_code,
)
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.text import squeeze


def new_code() -> str:
    """A set-up code that can be read out: four groups of four letters and digits, 79 bits."""
    blocks = (
        "".join(secrets.choice(CODE_LETTERS) for _ in range(BLOCK)) for _ in range(CODE_BLOCKS)
    )
    return "-".join(blocks)


def new_leave_pin() -> str:
    """A PIN for leaving kiosk mode: six digits that nobody would guess first."""
    while True:
        try:
            return check_pin(new_pin(), "")
        except WeakPin:
            continue


def leave_lock(pin: str) -> dict[str, Any]:
    """What a device keeps of a leave PIN: enough to know it again (PBKDF2, SHA-256)."""
    salt = secrets.token_bytes(16)
    kept = hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, LEAVE_ITERATIONS)
    return {"salt": salt.hex(), "iterations": LEAVE_ITERATIONS, "hash": kept.hex()}


def add_kiosk(
    session: Session,
    branch_id: int,
    name: str,
    place: str,
    code: str,
    lock: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> str:
    """A kiosk of a branch, with an account that no password opens; returns its id."""
    account_id = new_id(now)
    session.add(Account(id=account_id, name=squeeze(name)[:120], created_at=now))
    session.flush()
    set_grants(session, account_id, [(Role.GATE, branch_id)], actor=actor, now=now)
    session.add(
        Kiosk(
            account_id=account_id,
            branch_id=branch_id,
            place=squeeze(place)[:120],
            leave_lock=lock,
            code_hash=_digest(code),
            code_expires_at=now + CODE_LASTS,
            made_at=now,
            made_by=actor.name,
        )
    )
    record_act(session, "gate.kiosk_added", actor=actor, now=now, subject_id=account_id)
    return account_id


def renew_code(
    session: Session,
    kiosk_id: str,
    code: str,
    lock: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """A new set-up code and leave PIN; the device set up before goes on until the code is used."""
    kiosk = session.get_one(Kiosk, kiosk_id)
    if kiosk.revoked_at is not None:
        raise KioskRevoked
    kiosk.code_hash, kiosk.code_expires_at = _digest(code), now + CODE_LASTS
    kiosk.leave_lock = lock
    record_act(session, "gate.kiosk_code_made", actor=actor, now=now, subject_id=kiosk_id)


def take_code(session: Session, typed: str, *, now: datetime) -> str:
    """Use a set-up code up; returns the kiosk (account id) that it sets up."""
    kiosk_id: str | None = session.scalar(
        update(Kiosk)
        .where(Kiosk.code_hash == _digest(typed), Kiosk.code_expires_at > now)
        .where(Kiosk.revoked_at.is_(None))
        .values(code_hash=None, code_expires_at=None)
        .returning(Kiosk.account_id)
    )
    if kiosk_id is None:
        raise WrongCode
    name = session.scalar(select(Account.name).where(Account.id == kiosk_id))
    device = Actor(kiosk_id, str(name))
    record_act(session, "gate.kiosk_set_up", actor=device, now=now, subject_id=kiosk_id)
    return kiosk_id


def revoke_kiosk(session: Session, kiosk_id: str, *, actor: Actor, now: datetime) -> None:
    """Take a kiosk out of use for good: its device can neither ask nor hand in anything more."""
    kiosk = session.get_one(Kiosk, kiosk_id)
    if kiosk.revoked_at is not None:
        raise KioskRevoked
    kiosk.revoked_at, kiosk.code_hash, kiosk.code_expires_at = now, None, None
    session.execute(update(Account).where(Account.id == kiosk_id).values(active=False))
    close_every_session(session, kiosk_id, actor=actor, now=now)
    record_act(session, "gate.kiosk_revoked", actor=actor, now=now, subject_id=kiosk_id)


def _digest(code: str) -> str:
    return token_digest(f"kiosk:{bare_code(code)}")

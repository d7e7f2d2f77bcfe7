"""Reading tokens of devices: every call of a phone begins with one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, Branch, Credential, DeviceToken, RoleGrant
from app.accounts.rules import Actor, Grant, Role


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A device token with the person who holds it."""

    actor: Actor
    expires_at: datetime
    last_used_at: datetime


# Built once and read as plain rows: every call of a phone begins with it.
_TOKEN, _ACCOUNT, _BADGE = DeviceToken.__table__, Account.__table__, Credential.__table__

_GRANT, _PLACE, _COMPANY = RoleGrant.__table__, Branch.__table__, Branch.__table__.alias("company")

_HELD = (
    select(
        _TOKEN.c.token_hash,
        _TOKEN.c.id,
        _TOKEN.c.device_id,
        _TOKEN.c.expires_at,
        _TOKEN.c.last_used_at,
        _ACCOUNT.c.id,
        _ACCOUNT.c.name,
        _ACCOUNT.c.locale,
        _BADGE.c.account_id,
        _COMPANY.c.path,
        _GRANT.c.role,
        _PLACE.c.path,
    )
    .select_from(_TOKEN)
    .join(_ACCOUNT, _ACCOUNT.c.id == _TOKEN.c.account_id)
    .outerjoin(_BADGE, _BADGE.c.account_id == _ACCOUNT.c.id)
    .outerjoin(_COMPANY, _COMPANY.c.id == _BADGE.c.company_id)
    .outerjoin(_GRANT, _GRANT.c.account_id == _ACCOUNT.c.id)
    .outerjoin(_PLACE, _PLACE.c.id == _GRANT.c.branch_id)
    .where(
        _TOKEN.c.token_hash.in_(bindparam("token_hashes", expanding=True)),
        _TOKEN.c.revoked_at.is_(None),
        _ACCOUNT.c.active,
    )
    .order_by(_TOKEN.c.token_hash, _GRANT.c.id)
)


def find_tokens(session: Session, token_hashes: Collection[str]) -> dict[str, HeldToken]:
    """The unrevoked tokens of these hashes, with who holds them; none of a shut account."""
    asked = {"token_hashes": sorted(set(token_hashes))}
    rows = session.connection().execute(_HELD, asked).all()
    held: dict[str, HeldToken] = {}
    for token_hash, same in groupby(rows, key=itemgetter(0)):
        held[token_hash] = _held([row[1:] for row in same])
    return held


def _held(rows: Sequence[Sequence[Any]]) -> HeldToken:
    """A token out of its rows, one for each role that is held."""
    token_id, device_id, expires_at, last_used_at, account_id, name, locale, *worker = rows[0]
    worker_id, company_path, *_ = worker
    grants = [Grant(Role(role), path) for *_, role, path in rows if role is not None]
    if company_path is not None:
        grants.append(Grant(Role.WORKER, company_path))
    actor = Actor(account_id, name, tuple(grants), locale, worker_id, device_id, token_id)
    return HeldToken(actor, expires_at, last_used_at)


def list_tokens(session: Session, account_id: str) -> Sequence[DeviceToken]:
    """Unrevoked tokens of an account, last used first."""
    return session.scalars(
        select(DeviceToken)
        .where(DeviceToken.account_id == account_id, DeviceToken.revoked_at.is_(None))
        .order_by(DeviceToken.last_used_at.desc())
    ).all()

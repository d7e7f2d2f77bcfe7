"""Passes that stand, and what they are signed with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.extensions import blind_index
from app.gate.gateways.signing import sign_pass
from app.gate.models import GatePass, PassKey
from app.gate.rules.passes import Pass, seconds

# A worker on one shift.
ShiftOf = tuple[str, date, str]
passes, keys = GatePass.__table__.c, PassKey.__table__.c
park = Branch.__table__.alias("park")
SUB_LENGTH = 16  # hex digits: 64 bits

STANDING = (
    select(
        passes.worker_id,
        passes.shift_on,
        passes.shift,
        passes.jti,
        passes.opens_at,
        passes.expires_at,
        passes.issued_at,
        passes.kid,
        keys.private,
        Branch.__table__.c.code,
        park.c.code,
    )
    .select_from(GatePass.__table__)
    .join(PassKey.__table__, keys.kid == passes.kid)
    .join(Branch.__table__, Branch.__table__.c.id == passes.company_id)
    .join(park, park.c.parent_id.is_(None))
    .where(
        passes.worker_id.in_(bindparam("workers", expanding=True)),
        passes.shift_on.in_(bindparam("days", expanding=True)),
        passes.revoked_at.is_(None),
    )
)
STANDING_SHIFTS = select(passes.worker_id, passes.shift_on, passes.shift).where(
    passes.worker_id.in_(bindparam("workers", expanding=True)),
    passes.shift_on.in_(bindparam("days", expanding=True)),
    passes.revoked_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies passes: `x` of the Ed25519 key (RFC 8037)."""

    kid: str
    x: str


def sub_of(worker_id: str) -> str:
    """What a pass calls a worker: always the same, and nothing that leads back without the key."""
    return blind_index(f"pass:{worker_id}")[:SUB_LENGTH]


def find_passes(session: Session, asked: Collection[ShiftOf]) -> dict[ShiftOf, str]:
    """The standing passes of workers on shifts, as the text of their codes."""
    if not asked:
        return {}
    rows = session.connection().execute(STANDING, _workers_and_days(asked)).all()
    wanted = set(asked)
    return {
        (row[0], row[1], row[2]): _signed(row) for row in rows if (row[0], row[1], row[2]) in wanted
    }


def find_standing_shifts(session: Session, asked: Collection[ShiftOf]) -> set[ShiftOf]:
    """Which of these have a standing pass."""
    rows = session.connection().execute(STANDING_SHIFTS, _workers_and_days(asked)).all()
    return {(worker_id, on, shift) for worker_id, on, shift in rows}


def _workers_and_days(asked: Collection[ShiftOf]) -> dict[str, Any]:
    return {
        "workers": sorted({worker_id for worker_id, _, _ in asked}),
        "days": sorted({on for _, on, _ in asked}),
    }


def _signed(row: Any) -> str:
    worker_id, on, shift, jti, opens_at, expires_at, issued_at, kid, private, company, park = row
    said = Pass(
        park,
        jti,
        sub_of(worker_id),
        company,
        on.isoformat(),
        shift,
        seconds(opens_at),
        seconds(expires_at),
        seconds(issued_at),
    )
    return sign_pass(said, kid, private)


@dataclass(frozen=True, slots=True)
class KnownPass:
    """A pass that this park issued: whose it is, where they work, and when it was revoked."""

    worker_id: str
    company_id: int
    path: str
    revoked_at: datetime | None


def find_known_passes(session: Session, jtis: Collection[str]) -> dict[str, KnownPass]:
    """Passes that were issued here, by `jti`."""
    if not jtis:
        return {}
    rows = session.execute(
        select(
            GatePass.jti,
            GatePass.worker_id,
            GatePass.company_id,
            Branch.path,
            GatePass.revoked_at,
        )
        .join(Branch, Branch.id == GatePass.company_id)
        .where(GatePass.jti.in_(sorted(jtis)))
    ).all()
    return {
        jti: KnownPass(worker_id, company_id, path, revoked_at)
        for jti, worker_id, company_id, path, revoked_at in rows
    }


def list_all_keys(session: Session) -> dict[str, str]:
    """Every key that passes were ever signed with: public `x` by `kid`."""
    rows = session.execute(select(PassKey.kid, PassKey.public)).all()
    return {each.kid: each.public for each in rows}


def list_pass_keys(session: Session, now: datetime) -> Sequence[PublicKey]:
    """Keys under which a pass may still count, the one in use first."""
    rows = session.execute(
        select(PassKey.kid, PassKey.public)
        .where((PassKey.until_at.is_(None)) | (PassKey.until_at > now))
        .order_by(PassKey.made_at.desc())
    ).all()
    return [PublicKey(kid, public) for kid, public in rows]


def list_revoked(session: Session, since: datetime) -> Sequence[str]:
    """The `jti` of revoked passes that end after a moment, in order."""
    return session.scalars(
        select(GatePass.jti)
        .where(GatePass.revoked_at.is_not(None), GatePass.expires_at > since)
        .order_by(GatePass.jti)
    ).all()

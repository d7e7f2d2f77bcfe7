"""Passes issued and revoked: what follows an answer, a raised level, a clearance, a leaving."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.checkins.models import Duty, HealthState
from app.checkins.queries.standing import rules_by_company
from app.checkins.rules import DutyState, Level
from app.extensions import upsert
from app.gate.gateways.signing import new_pass_key
from app.gate.models import GatePass, PassKey
from app.gate.queries.passes import find_standing_shifts
from app.gate.rules.passes import AskedPass, RevokedBecause, validity
from app.kernel.clock import local_day
from app.settings import Settings
from app.workforce.rules.shifts import ShiftCode, shift_window

JTI_BYTES = 9
# A pass is for a shift at most two days ahead that lasts at most a day.
LONGEST_AHEAD = timedelta(days=4)
ISSUE = insert(GatePass.__table__)  # type: ignore[arg-type]
KEY_IN_USE = select(PassKey.__table__.c.kid).where(PassKey.__table__.c.in_use.is_(True))


def issue_passes(session: Session, asked: Sequence[AskedPass], *, now: datetime) -> None:
    """Issue a pass for each of these shifts that has none standing and is not over."""
    coming = {
        (each.worker_id, each.shift_on, str(each.shift)): each
        for each in asked
        if each.ends_at > now
    }
    if not coming:
        return
    standing = find_standing_shifts(session, coming)
    wanted = [each for key, each in coming.items() if key not in standing]
    if wanted:
        kid = key_in_use(session, now=now)
        session.connection().execute(ISSUE, [_row(each, kid, now) for each in wanted])


def _row(asked: AskedPass, kid: str, now: datetime) -> dict[str, Any]:
    opens, ends = validity(asked)
    return {
        "jti": secrets.token_urlsafe(JTI_BYTES),
        "worker_id": asked.worker_id,
        "company_id": asked.company_id,
        "shift_on": asked.shift_on,
        "shift": asked.shift,
        "kid": kid,
        "opens_at": opens,
        "expires_at": ends,
        "issued_at": now,
    }


def key_in_use(session: Session, *, now: datetime) -> str:
    """The `kid` of the key that passes are signed with; made on first use."""
    kid = session.connection().execute(KEY_IN_USE).scalar()
    if kid is not None:
        return str(kid)
    made, public, private = new_pass_key()
    session.execute(
        upsert(session, PassKey)
        .values(kid=made, public=public, private=private, in_use=True, made_at=now)
        .on_conflict_do_nothing()
    )
    return str(session.connection().execute(KEY_IN_USE).scalar_one())


def rotate_pass_key(session: Session, *, now: datetime) -> str:
    """Sign with a fresh key from now on; the old one verifies until its last pass has ended."""
    session.execute(
        update(PassKey)
        .where(PassKey.in_use.is_(True))
        .values(in_use=None, until_at=now + LONGEST_AHEAD)
    )
    return key_in_use(session, now=now)


def revoke_passes(
    session: Session, worker_ids: Iterable[str], because: RevokedBecause, *, now: datetime
) -> None:
    """The passes of these workers no longer count."""
    session.execute(
        update(GatePass)
        .where(GatePass.worker_id.in_(sorted(worker_ids)), GatePass.revoked_at.is_(None))
        .values(revoked_at=now, revoked_because=because)
    )


def settle_passes(
    session: Session, worker_ids: Collection[str], *, settings: Settings, now: datetime
) -> None:
    """Whoever stands at amber or red has no pass; who is green has one for each shift answered."""
    ill = set(
        session.scalars(
            select(HealthState.worker_id).where(HealthState.worker_id.in_(sorted(worker_ids)))
        )
    )
    revoke_passes(session, ill, RevokedBecause.LEVEL, now=now)
    answered = session.execute(
        select(Duty.worker_id, Duty.company_id, Duty.shift_on, Duty.shift).where(
            Duty.worker_id.in_(sorted(set(worker_ids) - ill)),
            Duty.shift_on >= local_day(now, settings.timezone) - timedelta(days=1),
            Duty.state == DutyState.ANSWERED,
            Duty.level == Level.GREEN,
        )
    ).all()
    hours = rules_by_company(session, {each.company_id for each in answered})
    asked = []
    for worker_id, company_id, on, shift in answered:
        shift_hours = hours[company_id].hours.at(ShiftCode(shift), on)
        window = shift_window(shift_hours, on, settings.timezone)
        asked.append(AskedPass(worker_id, company_id, on, shift, *window))
    issue_passes(session, asked, now=now)

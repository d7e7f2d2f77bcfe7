"""Findings: noting one, changing what is to be done, noting it mended, and its pictures."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.text import squeeze
from app.risk.models import RiskFinding, RiskPhoto
from app.risk.rules.findings import (
    FindingChanged,
    FindingDone,
    FindingOpen,
    PhotoKind,
    TooManyPhotos,
)
from app.web.photos import Photo

MOST_PHOTOS = 6


def note_finding(
    session: Session,
    branch_id: int,
    *,
    finding: str,
    action: str,
    owner: str,
    due_on: date,
    photos: Sequence[Photo] = (),
    assessment_id: str | None = None,
    component: str = "",
    actor: Actor,
    now: datetime,
) -> str:
    """Something is wrong at a place: what, what is to be done, by whom and until which day."""
    finding_id = new_id(now)
    session.add(
        RiskFinding(
            id=finding_id,
            branch_id=branch_id,
            assessment_id=assessment_id,
            component=squeeze(component)[:300],
            finding=squeeze(finding)[:500],
            action=squeeze(action)[:500],
            owner=squeeze(owner)[:120],
            due_on=due_on,
            version=1,
            found_at=now,
            found_by=actor.name,
            outcome="",
        )
    )
    session.flush()
    _add_photos(session, finding_id, PhotoKind.FOUND, photos, actor=actor, now=now)
    _record(session, "risk.finding_noted", finding_id, branch_id, actor=actor, now=now)
    return finding_id


def change_finding(
    session: Session,
    finding_id: str,
    seen: int,
    *,
    action: str,
    owner: str,
    due_on: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Another action, owner or day; what was before stays in the audit log."""
    row = session.get_one(RiskFinding, finding_id)
    before = {"action": row.action, "owner": row.owner, "due_on": row.due_on.isoformat()}
    _take_version(session, finding_id, seen)
    if row.done_at is not None:
        raise FindingDone
    row.action, row.owner = squeeze(action)[:500], squeeze(owner)[:120]
    row.due_on = due_on
    session.flush()
    _record(
        session, "risk.finding_changed", finding_id, row.branch_id, actor=actor, now=now, **before
    )


def settle_finding(
    session: Session,
    finding_id: str,
    seen: int,
    outcome: str,
    photos: Sequence[Photo] = (),
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """It is mended: what was done, with pictures of it."""
    row = session.get_one(RiskFinding, finding_id)
    if row.done_at is not None:
        raise FindingDone
    _take_version(session, finding_id, seen)
    row.outcome, row.done_at, row.done_by = squeeze(outcome)[:500], now, actor.name
    session.flush()
    _add_photos(session, finding_id, PhotoKind.MENDED, photos, actor=actor, now=now)
    _record(session, "risk.finding_settled", finding_id, row.branch_id, actor=actor, now=now)


def reopen_finding(
    session: Session, finding_id: str, seen: int, *, actor: Actor, now: datetime
) -> None:
    """It is not mended after all; what was said of it stays in the audit log."""
    row = session.get_one(RiskFinding, finding_id)
    if row.done_at is None:
        raise FindingOpen
    _take_version(session, finding_id, seen)
    before = {"outcome": row.outcome, "done_by": row.done_by, "done_at": row.done_at.isoformat()}
    row.outcome, row.done_at, row.done_by = "", None, None
    session.flush()
    _record(
        session, "risk.finding_reopened", finding_id, row.branch_id, actor=actor, now=now, **before
    )


def _take_version(session: Session, finding_id: str, seen: int) -> None:
    won = session.execute(
        update(RiskFinding)
        .where(RiskFinding.id == finding_id, RiskFinding.version == seen)
        .values(version=seen + 1)
        .returning(RiskFinding.id)
    ).first()
    if won is None:
        raise FindingChanged


def _add_photos(
    session: Session,
    finding_id: str,
    kind: PhotoKind,
    photos: Sequence[Photo],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    if not photos:
        return
    held = session.scalar(
        select(func.count()).select_from(RiskPhoto).where(RiskPhoto.finding_id == finding_id)
    )
    if (held or 0) + len(photos) > MOST_PHOTOS:
        raise TooManyPhotos(most=MOST_PHOTOS)
    session.add_all(
        RiskPhoto(
            id=new_id(now),
            finding_id=finding_id,
            kind=kind.value,
            width=photo.width,
            height=photo.height,
            content=photo.content,
            added_at=now,
            added_by=actor.name,
        )
        for photo in photos
    )
    session.flush()


def _record(
    session: Session,
    act: str,
    finding_id: str,
    branch_id: int,
    *,
    actor: Actor,
    now: datetime,
    **details: object,
) -> None:
    company_id = session.get_one(Branch, branch_id).company_id
    record_act(
        session,
        act,
        actor=actor,
        now=now,
        subject_id=finding_id,
        company_id=company_id,
        **details,
    )

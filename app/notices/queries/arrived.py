"""Notices of the province at this park: whose they are, and what the province is told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.notices.models import Notice, ProvinceNotice
from app.notices.queries.progress import count_progress
from app.notices.rules.arriving import ToldFigures, is_over, is_time_to_tell


@dataclass(frozen=True, slots=True)
class ArrivedNotice:
    """That a notice is the province's; company codes that nobody here has, and its end if any."""

    alert_id: str
    unknown: tuple[str, ...]
    cancelled_for: str


def find_arrived(session: Session, root_id: str) -> ArrivedNotice | None:
    """What is kept of a notice by the first version of it here; None for one of this park."""
    row = session.scalars(select(ProvinceNotice).where(ProvinceNotice.root_id == root_id)).first()
    if row is None:
        return None
    return ArrivedNotice(row.alert_id, tuple(row.unknown), row.cancelled_for)


def list_untold(session: Session, now: datetime) -> list[str]:
    """Notices of the province whose figures may have to be told now."""
    rows = session.execute(
        select(ProvinceNotice, Notice)
        .join(Notice, Notice.id == ProvinceNotice.notice_id)
        .where(ProvinceNotice.closed_at.is_(None))
    ).all()
    return [held.alert_id for held, notice in rows if _may_tell(session, held, notice, now)]


def _may_tell(session: Session, held: ProvinceNotice, notice: Notice, now: datetime) -> bool:
    last = held.told or {}
    if is_over(notice.expires_at, now):
        return True
    other = (held.version, notice.state) != (last.get("version"), last.get("state"))
    began_at = notice.begun_at or notice.written_at
    if not is_time_to_tell(held.told_at, began_at, now, other_state=other):
        return False
    return figures_of(session, notice, held.version).as_kept() != last


def figures_of(session: Session, notice: Notice, version: int) -> ToldFigures:
    """The figures of a notice as they stand; nobody, when it was never sent."""
    if notice.message_id is None:
        return ToldFigures(version, notice.state, 0, 0, 0, 0)
    progress = count_progress(session, notice)
    return ToldFigures(
        version, notice.state, progress.audience, progress.left, progress.reached, progress.read
    )

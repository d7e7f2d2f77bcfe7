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


def list_untold(session: Session, now: datetime) -> list[tuple[str, ToldFigures]]:
    """Notices of the province whose figures may have to be told now, and how these stand."""
    rows = session.execute(
        select(ProvinceNotice, Notice)
        .join(Notice, Notice.id == ProvinceNotice.notice_id)
        .where(ProvinceNotice.closed_at.is_(None))
    ).all()
    return [
        (held.alert_id, figures_of(session, notice, held.version))
        for held, notice in rows
        if is_looked_at(held, notice, now)
    ]


def is_looked_at(held: ProvinceNotice, notice: Notice, now: datetime) -> bool:
    """Whether the figures of a notice are counted now: ever more seldom, and once at its end."""
    last = held.told or {}
    other = (held.version, notice.state) != (last.get("version"), last.get("state"))
    began_at = notice.begun_at or notice.written_at
    return is_over(notice.expires_at, now) or is_time_to_tell(
        held.looked_at, began_at, now, other_state=other
    )


def figures_of(session: Session, notice: Notice, version: int) -> ToldFigures:
    """The figures of a notice as they stand; nobody, when it was never sent."""
    if notice.message_id is None:
        return ToldFigures(version, notice.state, 0, 0, 0, 0)
    progress = count_progress(session, notice)
    return ToldFigures(
        version, notice.state, progress.audience, progress.left, progress.reached, progress.read
    )

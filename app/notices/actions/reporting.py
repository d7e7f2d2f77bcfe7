"""The province is told how far its notices came here: counts, only when they changed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.events import publish
from app.notices.models import Notice, ProvinceNotice
from app.notices.queries.arrived import figures_of
from app.notices.rules.arriving import FiguresTold, is_over, is_time_to_tell


def tell_figures(session: Session, alert_id: str, *, now: datetime) -> bool:
    """Tell the figures of one notice if it is time and they are others; after its end no more."""
    held = session.scalars(
        select(ProvinceNotice).where(ProvinceNotice.alert_id == alert_id).with_for_update()
    ).one()
    if held.notice_id is None or held.closed_at is not None:
        return False
    notice = session.get_one(Notice, held.notice_id)
    figures, last = figures_of(session, notice, held.version), held.told or {}
    over = is_over(notice.expires_at, now)
    changed = figures.as_kept() != last
    other = (figures.version, figures.state) != (last.get("version"), last.get("state"))
    began_at = notice.begun_at or notice.written_at
    telling = changed and (over or is_time_to_tell(held.told_at, began_at, now, other_state=other))
    if telling:
        held.told, held.told_at = figures.as_kept(), now
        body = {"alert": alert_id, **figures.as_kept(), "as_of": now.isoformat(timespec="seconds")}
        if held.unknown:
            body["unknown"] = list(held.unknown)
        publish(session, FiguresTold(body), now=now)
    if over:
        held.closed_at = now
    return telling

"""The province is told how far its notices came here: counts, only when they changed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.events import publish
from app.notices.models import Notice, ProvinceNotice
from app.notices.queries.arrived import is_looked_at
from app.notices.rules.arriving import FiguresTold, ToldFigures, is_over


def tell_figures(session: Session, alert_id: str, figures: ToldFigures, *, now: datetime) -> bool:
    """Tell figures that were counted just now if they are others; after the end no more.

    They are counted outside, for nobody's answer waits for that; a newer version or another state
    since then is counted anew in the next round.
    """
    held = session.scalars(
        select(ProvinceNotice).where(ProvinceNotice.alert_id == alert_id).with_for_update()
    ).one()
    if held.notice_id is None or held.closed_at is not None:
        return False
    notice = session.get_one(Notice, held.notice_id)
    is_current = (held.version, notice.state) == (figures.version, figures.state)
    if not is_current or not is_looked_at(held, notice, now):
        return False
    changed = figures.as_kept() != held.told
    held.looked_at = now
    if changed:
        held.told, held.told_at = figures.as_kept(), now
        body = {"alert": alert_id, **figures.as_kept(), "as_of": now.isoformat(timespec="seconds")}
        if held.unknown:
            body["unknown"] = list(held.unknown)
        publish(session, FiguresTold(body), now=now)
    if is_over(notice.expires_at, now):
        held.closed_at = now
    return changed

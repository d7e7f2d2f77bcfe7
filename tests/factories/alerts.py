"""Notices of a province as tests need them."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.alerts.actions.drafting import AlertDraft, write_alert
from app.alerts.rules.audience import make_audience
from app.kernel.actors import Actor, Grant, Role
from app.notices.rules.wording import Severity, make_wording

TITLE = "Tạm dừng xe tuyến liên khu từ 12:00"
TEXT = "Từ 12:00 hôm nay, xe tuyến liên khu tạm dừng. Hỏi thêm: 1900 9095."
THU = Actor(
    "018f0000-0000-7000-8000-00000000aa01", "Phạm Thị Thu", (Grant(Role.PROVINCE_STAFF, "/1/"),)
)
PHUC = Actor(
    "018f0000-0000-7000-8000-00000000aa02", "Nguyễn Văn Phúc", (Grant(Role.PROVINCE_STAFF, "/1/"),)
)


def alert_draft(
    now: datetime,
    *,
    parks: tuple[str, ...] = (),
    companies: tuple[str, ...] = (),
    shifts: tuple[str, ...] = (),
    on: date | None = None,
    text: str = TEXT,
    hours: float = 8,
) -> AlertDraft:
    """What somebody wrote; to all parks where none is named."""
    return AlertDraft(
        make_wording(TITLE, text, "Buses between parks stop at 12:00", "Ask 1900 9095."),
        make_audience(whole=not parks, parks=parks, companies=companies, shifts=shifts, on=on),
        Severity.SEVERE,
        now + timedelta(hours=hours),
    )


def written_alert(session: Session, now: datetime) -> str:
    """A draft to all parks."""
    return write_alert(session, alert_draft(now), actor=THU, now=now)

"""A breach that was written down."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.retention.actions.breaches import note_breach
from app.retention.rules.breaches import Told
from tests.factories.people import STORY


def make_breach(session: Session, now: datetime) -> str:
    """A laptop is gone; nobody has been told yet."""
    told = Told(now, "Mất máy tính của Tổ an toàn", "Chuyền 3", 40, "Đã thu hồi phiên", None, None)
    return note_breach(session, told, actor=STORY, now=now)

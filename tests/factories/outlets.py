"""Notices that were sent, and what of them reached nobody, for stories of screens and paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.delivery.actions.ledger import (
    NewDelivery,
    NewMessage,
    add_deliveries,
    open_message,
    show_message,
)
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.messages import MessageKind
from app.kernel.ids import new_id
from app.notices.models import Notice, NoticeTarget

TITLES = {"vi": "Tạm dừng ca sáng xưởng B2", "en": "Morning shift in B2 is off"}
TEXTS = {
    "vi": "Ở yên tại chỗ, chờ Tổ an toàn hướng dẫn. Đường dây nóng {hotline}.",
    "en": "Stay where you are and wait for the safety team. Hotline {hotline}.",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice that was sent: its id, and that of its message."""

    id: str
    message_id: str


def send_notice(
    session: Session,
    branch_id: int,
    now: datetime,
    *,
    people: Iterable[str] = (),
    on_paper: Iterable[str] = (),
    company_id: int | None = None,
    holds: timedelta = timedelta(hours=6),
    titles: Mapping[str, str] = TITLES,
    texts: Mapping[str, str] = TEXTS,
    **fields: object,
) -> Sent:
    """A notice of a branch that went out now: to `people` in the app, to `on_paper` by a person."""
    notice_id, expires_at = new_id(now), now + holds
    message_id = open_message(
        session,
        NewMessage(
            MessageKind.NOTICE,
            f"n:{notice_id}:1",
            texts,
            titles,
            company_id,
            "Điện tử Sao Bắc",
            now,
            expires_at,
            Lane.URGENT,
        ),
        now=now,
    )
    for channel, some in ((ChannelName.IN_APP, people), (ChannelName.PAPER, on_paper)):
        add_deliveries(
            session,
            message_id,
            [NewDelivery(each, "vi", values={"line": "Chuyền 3"}) for each in some],
            channel=channel,
            lane=Lane.URGENT,
            not_before=now,
            expires_at=expires_at,
            now=now,
        )
    show_message(session, message_id, now=now)
    values = {
        "id": notice_id,
        "root_id": notice_id,
        "state": "sent",
        "branch_id": branch_id,
        "titles": dict(titles),
        "texts": dict(texts),
        "seal": "",
        "written_at": now,
        "writer_name": "Nguyễn Thị Hạnh",
        "sender": "Điện tử Sao Bắc",
        "expires_at": expires_at,
        "begun_at": now,
        "planned_at": now,
        "message_id": message_id,
    }
    session.add(Notice(**values | fields))
    session.flush()
    kind = "park" if company_id is None else "company"
    session.add(
        NoticeTarget(
            notice_id=notice_id, n=0, kind=kind, company_id=company_id, branch_id=branch_id
        )
    )
    return Sent(notice_id, message_id)

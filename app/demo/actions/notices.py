"""An urgent notice of the past days, as a line got and read it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.delivery.models import Delivery
from app.delivery.rules import Status
from app.demo.actions.sites import Site
from app.demo.rules import DemoOrder, stream
from app.notices.actions.drafting import Draft, write_notice
from app.notices.actions.releasing import ask_to_send
from app.notices.actions.sending import begin_due, finish_sent, plan_chunk
from app.notices.models import Notice
from app.notices.rules.audience import Target, TargetKind
from app.notices.rules.wording import Severity, make_wording
from app.settings import Settings

DAYS_BEFORE, AT = 2, time(9, 10)
SHARE_READ, SHARE_FETCHED = 0.78, 0.93
SLOWEST_MINUTES = 40
WORDS = (
    "Khử khuẩn chuyền từ 09:30 đến 10:15",
    "Chuyền {line} tạm nghỉ để khử khuẩn. Mang theo đồ cá nhân, ra lối cửa phụ, giữ khoảng cách. "
    "Cần hỏi thì gọi {hotline}.",
    "The line is disinfected from 09:30 to 10:15",
    "{line} pauses for disinfection. Take your things, leave by the side door, keep your distance. "
    "Questions: call {hotline}.",
)


def add_past_notice(
    session: Session, site: Site, order: DemoOrder, *, settings: Settings
) -> str | None:
    """A notice to the first line of a company that was sent, fetched and mostly read.

    None where the demo does not reach back so far, or the line has nobody.
    """
    at = datetime.combine(order.until - timedelta(days=DAYS_BEFORE), AT, tzinfo=order.zone)
    if order.days <= DAYS_BEFORE or not site.units:
        return None
    line_id = min(branch_id for branch_id, _ in site.units.values())
    draft = Draft(
        make_wording(*WORDS),
        (Target(TargetKind.LINE, line_id),),
        Severity.MODERATE,
        at + timedelta(hours=8),
    )
    officer = site.officer
    notice_id = write_notice(session, site.id, draft, actor=officer, now=at)
    ask_to_send(session, notice_id, seen=1, settings=settings, actor=officer, now=at)
    sends_at = session.get_one(Notice, notice_id).sends_at or at
    if not begin_due(session, notice_id, settings=settings, now=sends_at):
        return None
    while not plan_chunk(session, notice_id, settings=settings, now=sends_at).done:
        pass
    message_id = session.get_one(Notice, notice_id).message_id
    people = session.scalars(
        select(Delivery.id).where(Delivery.message_id == message_id).order_by(Delivery.person_id)
    ).all()
    _receive(session, people, sends_at, order)
    finish_sent(session, notice_id, now=sends_at + timedelta(seconds=30))
    return notice_id


def _receive(
    session: Session, deliveries: Sequence[str], sent_at: datetime, order: DemoOrder
) -> None:
    chance = stream(order.seed, "notice")
    rows = []
    for delivery_id in deliveries:
        share, minutes = chance.random(), chance.expovariate(1 / 7)
        fetched_at = sent_at + timedelta(minutes=min(minutes, SLOWEST_MINUTES))
        if share < SHARE_FETCHED:
            read = share < SHARE_READ
            rows.append(
                {
                    "of": delivery_id,
                    "status": (Status.READ if read else Status.DELIVERED).value,
                    "delivered_at": fetched_at,
                    "read_at": fetched_at + timedelta(seconds=40) if read else None,
                }
            )
    if rows:
        table = Delivery.__table__
        session.connection().execute(
            update(table).where(table.c.id == bindparam("of")),  # type: ignore[arg-type]
            rows,
        )

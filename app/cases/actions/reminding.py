"""Asking a worker in follow-up to answer, in the own inbox, on days when no shift asks."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.queries.consent import find_agreed
from app.cases.actions.ending import message_key
from app.cases.queries.asking import Unasked, follow_key, list_unasked
from app.cases.queries.rule_data import get_ask_text, get_follow_up_rules
from app.delivery.actions.ledger import (
    NewDelivery,
    NewMessage,
    add_deliveries,
    open_message,
    show_message,
)
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.messages import MessageKind
from app.kernel.clock import local_day
from app.settings import Settings


def ask_in_inbox(
    session: Session, *, settings: Settings, notice: str, most: int, now: datetime
) -> int:
    """Write to those whom today's question waits for, once a day, within the hours of asking.

    Only to who agreed to this version of the notice. Returns how many were written to.
    """
    rules = get_follow_up_rules()
    if not rules.ask_from <= now.astimezone(settings.timezone).time() < rules.ask_until:
        return 0
    today = local_day(now, settings.timezone)
    unasked = list_unasked(session, today, message_key("{case}", today.isoformat()))
    agreed = find_agreed(session, [each.worker_id for each in unasked], notice)
    wanted = [each for each in unasked if each.worker_id in agreed][:most]
    for each in wanted:
        _ask(session, each, today, settings, now)
    return len(wanted)


def _ask(session: Session, who: Unasked, today: date, settings: Settings, now: datetime) -> None:
    asked = get_ask_text()
    tomorrow = today + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), tzinfo=settings.timezone).astimezone(UTC)
    message = NewMessage(
        kind=MessageKind.REMINDER,
        source_key=message_key(who.case_id, today.isoformat()),
        texts=asked.texts,
        titles=asked.titles,
        company_id=who.company_id,
        sender="",
        not_before=now,
        expires_at=midnight,
    )
    message_id = open_message(session, message, now=now)
    locale = session.get_one(Account, who.worker_id).locale
    person = NewDelivery(who.worker_id, locale, answer_key=follow_key(today))
    add_deliveries(
        session,
        message_id,
        [person],
        channel=ChannelName.IN_APP,
        lane=Lane.NORMAL,
        not_before=now,
        expires_at=midnight,
        now=now,
    )
    show_message(session, message_id, now=now)

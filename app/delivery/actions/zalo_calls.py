"""What Zalo told has its effect: receipts, and what is known of people's Zalo ids."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.delivery.actions.contacts import UNLOADED, keep_address, set_address_state
from app.delivery.actions.reports import apply_report
from app.delivery.models import ContactPoint, ProviderEvent, ProviderGrant
from app.delivery.rules import ChannelName, Report, ReportKind, Status
from app.delivery.rules.grants import ZALO
from app.delivery.rules.heard import HeardKind, MessageHeard, clean
from app.delivery.rules.numbers import with_84
from app.delivery.rules.roads import USABLE, AddressKind, AddressState
from app.delivery.rules.zalo_calls import (
    ARRIVED,
    FOLLOWS,
    SEEN,
    SHARED,
    TEMPLATE_CHANGED,
    UNFOLLOWS,
    ZaloCall,
)
from app.extensions import blind_index, upsert
from app.kernel.actors import program
from app.kernel.events import publish

log = logging.getLogger(__name__)
BY_ID = (ChannelName.ZALO_CS, ChannelName.ZALO_TPL_UID, ChannelName.ZALO_TPL_PHONE)
UNFOLLOWED = "unfollowed"


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A call as it came, with the key by which the same news is known again."""

    key: str
    told: str
    at: datetime


def keep_zalo_calls(session: Session, calls: Sequence[SignedCall]) -> list[None]:
    """Keep calls as they came, those of many callers at once; told again one is the same."""
    session.execute(
        upsert(session, ProviderEvent).on_conflict_do_nothing(
            index_elements=["channel", "provider_event_id"]
        ),
        [
            {
                "channel": ZALO,
                "provider_event_id": each.key,
                "received_at": each.at,
                "raw": each.told,
            }
            for each in calls
        ],
    )
    return [None] * len(calls)


@dataclass(frozen=True, slots=True)
class Replies:
    """Over which road what a person wrote is answered, and where a check-in is made."""

    by: ChannelName = ChannelName.IN_APP
    page: str = ""


def replies_over(road: ChannelName, link: str) -> Replies:
    """Answers go over a road, and name the check-in page of the site of a link."""
    site = urlsplit(link)
    return Replies(road, f"{site.scheme}://{site.netloc}/check-in" if site.netloc else "")


def by_itself(session: Session, event: object, follow: Callable[[], str]) -> str:
    """What became of one event; one that cannot be followed holds up none of those after it."""
    try:
        with session.begin_nested():
            return follow()
    except Exception as problem:
        if isinstance(problem, DBAPIError) and not isinstance(problem, DataError):
            raise
        log.exception("event %s of Zalo could not be followed", event)
        return "failed"


def apply_zalo_call(
    session: Session, call: ZaloCall, *, now: datetime, replies: Replies | None = None
) -> str:
    """Let an event have its effect; `unknown` for a message that may not be written down yet.

    What a person says is published, when somebody listens.
    """
    at = min(call.at, now)
    match call.event:
        case event if event == ARRIVED:
            return _receipt(session, call, Status.DELIVERED, at, now)
        case event if event == SEEN:
            return _receipt(session, call, Status.READ, at, now)
        case event if event == UNFOLLOWS:
            return _learn(session, call.uid, AddressState.INVALID, UNFOLLOWED, at)
        case event if event == FOLLOWS:
            _touch(session, call.uid, at)
            return _learn(session, call.uid, AddressState.OK, None, at)
        case event if event == TEMPLATE_CHANGED:
            row = session.get(ProviderGrant, ZALO)
            if row is not None:
                row.templates_at = None
            return "applied"
    if not call.is_from_user:
        return "nothing"
    linked = call.event == SHARED and _link(session, call, now)
    found = _touch(session, call.uid, at)
    _learn(session, call.uid, AddressState.OK, None, at)
    kind = HeardKind.LINKED if linked else call.sends
    if found and kind is not None and replies is not None:
        _tell(session, call, kind, replies, at, now)
    return "applied" if found else "nobody"


def _tell(
    session: Session,
    call: ZaloCall,
    kind: HeardKind,
    replies: Replies,
    at: datetime,
    now: datetime,
) -> None:
    """Publish what was said by the one person who has this Zalo id; of two, nobody knows whose."""
    holders = session.execute(
        select(ContactPoint.id, ContactPoint.person_id, ContactPoint.state)
        .where(ContactPoint.channel == AddressKind.ZALO, ContactPoint.gone_at.is_(None))
        .where(ContactPoint.address_hash == blind_index(call.uid))
        .limit(2)
    ).all()
    if len(holders) != 1:
        return
    point_id, person_id, state = holders[0]
    by = replies.by if state in USABLE else ChannelName.IN_APP
    heard = MessageHeard(
        person_id,
        kind,
        clean(call.text),
        at,
        call.key,
        by,
        None if by is ChannelName.IN_APP else point_id,
        replies.page,
    )
    publish(session, heard, now=now)


def _receipt(session: Session, call: ZaloCall, status: Status, at: datetime, now: datetime) -> str:
    outcomes = [
        _report(session, call, number, status, at, now) for number in call.message_ids or ("",)
    ]
    for word in ("applied", "ignored"):
        if word in outcomes:
            return word
    return "unknown"


def _report(
    session: Session, call: ZaloCall, number: str, status: Status, at: datetime, now: datetime
) -> str:
    ours = call.tracking_id or None
    report = Report(ReportKind.STATUS, "", at, status, ours, number or None, code=str(status))
    channels = [ChannelName.ZALO_TPL_PHONE] if ours else BY_ID
    outcomes = [apply_report(session, name, report, now=now) for name in channels]
    return next((each for each in outcomes if each != "unknown"), "unknown")


def _learn(session: Session, uid: str, state: AddressState, code: str | None, at: datetime) -> str:
    """What following says of a Zalo id; that somebody wants nothing stands above it.

    What was true before the state that is known came about is old news, however late it is told.
    """
    if not uid:
        return "nothing"
    hashed = blind_index(uid)
    rows = session.execute(
        select(ContactPoint.state, ContactPoint.state_at).where(
            ContactPoint.channel == AddressKind.ZALO, ContactPoint.address_hash == hashed
        )
    ).all()
    if not rows:
        return "nobody"
    known = {row.state for row in rows}
    newer = any(row.state_at > at for row in rows if row.state != AddressState.UNKNOWN)
    if AddressState.OPTED_OUT in known or newer:
        return "ignored"
    if known == {state} and state is AddressState.INVALID:
        return "ignored"
    set_address_state(session, AddressKind.ZALO, hashed, state, code=code, now=at)
    return "applied"


def _touch(session: Session, uid: str, at: datetime) -> bool:
    """Somebody wrote or tapped just then, or later than was known; whether anybody has this id."""
    if not uid:
        return False
    of_uid = (
        ContactPoint.channel == AddressKind.ZALO,
        ContactPoint.address_hash == blind_index(uid),
    )
    last = ContactPoint.last_inbound_at
    session.execute(
        update(ContactPoint)
        .where(*of_uid, last.is_(None) | (last < at))
        .values(last_inbound_at=at),
        execution_options=UNLOADED,
    )
    held = select(ContactPoint.id).where(*of_uid, ContactPoint.gone_at.is_(None)).limit(1)
    return session.scalars(held).first() is not None


def _link(session: Session, call: ZaloCall, now: datetime) -> bool:
    """A person shared the number of their account: the one worker who has it is reached there.

    Nobody's link is taken from them by that: a number may be typed, or belong to somebody else by
    now. Where either side is linked already, an officer finds it in the audit log.
    """
    number = with_84(call.phone)
    people = session.scalars(
        select(ContactPoint.person_id)
        .where(ContactPoint.channel == AddressKind.PHONE, ContactPoint.gone_at.is_(None))
        .where(ContactPoint.address_hash.in_([blind_index(each) for each in _forms(number)]))
        .limit(2)
    ).all()
    if not call.uid or not number or len(set(people)) != 1:
        return False
    hashed, person_id = blind_index(call.uid), people[0]
    linked = session.execute(
        select(ContactPoint.person_id, ContactPoint.address_hash)
        .where(ContactPoint.channel == AddressKind.ZALO, ContactPoint.gone_at.is_(None))
        .where((ContactPoint.address_hash == hashed) | (ContactPoint.person_id == person_id))
    ).all()
    if any((row.person_id, row.address_hash) == (person_id, hashed) for row in linked):
        return False
    act = "delivery.zalo_link_refused" if linked else "delivery.zalo_linked"
    record_act(session, act, actor=program(ZALO), now=now, subject_id=person_id)
    if not linked:
        keep_address(session, person_id, AddressKind.ZALO, call.uid, now=now)
    return not linked


def _forms(number: str) -> list[str]:
    """A number in every form in which lists may have brought it."""
    return [number, f"+{number}", "0" + number.removeprefix("84")]

"""The inbox of a person, what is due to be tidied, and how far messages came."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, column, func, or_, select, table, text
from sqlalchemy.orm import Session, aliased

from app.delivery.models import (
    Attempt,
    ChannelState,
    ContactPoint,
    Delivery,
    Message,
    ProviderEvent,
    ProviderGrant,
    PushSubscription,
)
from app.delivery.rules import ChannelName, ChannelStep, Lane, Status
from app.delivery.rules.grants import Grant
from app.delivery.rules.messages import MessageKind, fill, in_language
from app.delivery.rules.pausing import BY_PERSON
from app.delivery.rules.roads import BELL, USABLE, AddressKind, AddressState
from app.extensions import Moment

MOST_SHOWN = 100
MOST_PRESSING = 5
SENT_OUTCOME = "sent"
ASKED_TIMES = 11
# Devices belong to the accounts, which stand above; who carries one decides the road to them.
DEVICE = table(
    "device_token",
    column("account_id"),
    column("device_id"),
    column("expires_at", Moment()),
    column("revoked_at", Moment()),
)


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A message as its receiver reads it; `is_new` until a phone has fetched it.

    `cancelled`: its sender took it back. `corrects`: the message it takes the place of.
    """

    id: str
    kind: str
    title: str
    text: str
    sent_at: datetime
    read_at: datetime | None
    sender: str
    is_new: bool
    urgent: bool
    expires_at: datetime
    cancelled: bool
    corrects: str | None


@dataclass(frozen=True, slots=True)
class Pressing:
    """An urgent message that still holds and was not read."""

    id: str
    title: str
    expires_at: datetime


def list_inbox(
    session: Session, person_id: str, language: str, now: datetime
) -> Sequence[InboxItem]:
    """A person's newest messages, first the unread urgent ones that still hold."""
    pressing = _pressing(now)
    rows = session.execute(
        select(Message, Delivery)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(_shown_to(person_id, now))
        .order_by(case((pressing, 0), else_=1), Delivery.sent_at.desc(), Delivery.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    return [
        InboxItem(
            message.id,
            message.kind,
            fill(in_language(message.titles, language), delivery.values),
            fill(in_language(message.texts, language), delivery.values),
            delivery.sent_at or delivery.created_at,
            delivery.read_at,
            message.sender,
            delivery.status == Status.SENT,
            delivery.lane == Lane.URGENT,
            message.expires_at,
            message.withdrawn_at is not None,
            message.corrects_id,
        )
        for message, delivery in rows
    ]


def list_pressing(
    session: Session, person_id: str, language: str, now: datetime
) -> Sequence[Pressing]:
    """A person's unread urgent messages that still hold, newest first."""
    rows = session.execute(
        select(Message, Delivery.values)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(_shown_to(person_id, now), _pressing(now))
        .order_by(Delivery.sent_at.desc(), Delivery.id.desc())
        .limit(MOST_PRESSING)
    ).all()
    return [
        Pressing(
            message.id,
            fill(in_language(message.titles or message.texts, language), values),
            message.expires_at,
        )
        for message, values in rows
    ]


def _pressing(now: datetime) -> ColumnElement[bool]:
    return and_(
        Delivery.lane == Lane.URGENT,
        Delivery.status != Status.READ,
        Message.expires_at > now,
        Message.withdrawn_at.is_(None),
        ~_corrected(),
    )


def _corrected() -> ColumnElement[bool]:
    """Whether the same person has the message that takes the place of this one."""
    newer, had = aliased(Message), aliased(Delivery)
    return (
        select(newer.id)
        .join(had, had.message_id == newer.id)
        .where(had.person_id == Delivery.person_id, had.channel == ChannelName.IN_APP)
        .where(had.sent_at.is_not(None), newer.corrects_id == Message.id)
        .correlate(Message, Delivery)
        .exists()
    )


def count_unread(session: Session, person_id: str, now: datetime) -> int:
    """How many messages in a person's inbox they have not read."""
    chosen = (
        select(func.count())
        .select_from(Delivery)
        .join(Message, Message.id == Delivery.message_id)
        .where(_shown_to(person_id, now), Delivery.status != Status.READ)
    )
    return session.scalar(chosen) or 0


def _shown_to(person_id: str, now: datetime) -> ColumnElement[bool]:
    """What is there to read; a reminder whose time is over is noise unless it was read."""
    holds = Message.expires_at > now
    arrived = and_(
        Delivery.status == Status.DELIVERED, or_(holds, Message.kind != MessageKind.REMINDER)
    )
    return and_(
        Delivery.person_id == person_id,
        Delivery.channel == ChannelName.IN_APP,
        Message.planned_at.is_not(None),
        or_(
            and_(Delivery.status == Status.READ, Delivery.sent_at.is_not(None)),
            and_(Delivery.status == Status.SENT, holds, Message.withdrawn_at.is_(None)),
            arrived,
        ),
    )


def list_ended_messages(session: Session, now: datetime, *, limit: int = 50) -> Sequence[str]:
    """Messages that no longer hold and are still to be closed, oldest first."""
    return session.scalars(
        select(Message.id)
        .where(Message.closed_at.is_(None), Message.expires_at <= now)
        .order_by(Message.expires_at)
        .limit(limit)
    ).all()


def is_open(session: Session, channel: ChannelName, lane: Lane, now: datetime) -> bool:
    """Whether a channel takes messages of this lane now."""
    state = session.get(ChannelState, channel)
    if state is None or not state.paused:
        return True
    if state.resume_at is not None and state.resume_at <= now:
        return True
    reason = state.pause_reason or ""
    return lane is Lane.URGENT and reason.startswith(ChannelStep.HOLD_ORDINARY)


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider told and nobody has acted on as yet, as it came."""

    id: int
    channel: ChannelName
    received_at: datetime
    raw: str


def list_told(
    session: Session, channels: Sequence[ChannelName], *, after: int, limit: int
) -> Sequence[Told]:
    """What providers of these channels told and nobody has acted on, oldest first."""
    rows = session.scalars(
        select(ProviderEvent)
        .where(ProviderEvent.handled_at.is_(None), ProviderEvent.channel.in_(channels))
        .where(ProviderEvent.id > after)
        .order_by(ProviderEvent.id)
        .limit(limit)
    )
    return [Told(row.id, ChannelName(row.channel), row.received_at, row.raw) for row in rows]


@dataclass(frozen=True, slots=True)
class TroubledChannel:
    """A channel that a person must look at: paused for a reason, or ill when last looked at."""

    name: ChannelName
    reason: str | None
    problem: str
    at: datetime | None


def list_troubled_channels(
    session: Session, channels: Collection[ChannelName]
) -> Sequence[TroubledChannel]:
    """Channels that stay paused until a person acts, unless one paused them, or that are ill."""
    rows = session.scalars(
        select(ChannelState)
        .where(ChannelState.channel.in_(channels))
        .where(or_(ChannelState.paused, ChannelState.problem != ""))
        .order_by(ChannelState.channel)
    )
    found = []
    for row in rows:
        reason = row.pause_reason or ""
        needs_person = row.resume_at is None or reason.startswith(ChannelStep.PAUSE)
        stuck = row.paused and needs_person and reason != BY_PERSON
        if stuck or (row.problem and not row.paused):
            at = row.paused_at if stuck else row.checked_at
            found.append(
                TroubledChannel(
                    ChannelName(row.channel), reason if stuck else None, row.problem, at
                )
            )
    return found


def list_low_balances(
    session: Session, limits: Mapping[ChannelName, int]
) -> Mapping[ChannelName, int]:
    """What is left, in VND, on the accounts of channels that have less than their limit."""
    rows = session.execute(
        select(ChannelState.channel, ChannelState.balance)
        .where(ChannelState.channel.in_(limits), ChannelState.balance.is_not(None))
        .order_by(ChannelState.channel)
    )
    left = {ChannelName(channel): balance or 0 for channel, balance in rows}
    return {name: balance for name, balance in left.items() if balance < limits[name]}


def list_stopped(session: Session, message_ids: Sequence[str]) -> Sequence[str]:
    """Which of these messages were stopped."""
    chosen = select(Message.id).where(Message.id.in_(message_ids), Message.stopped_at.is_not(None))
    return session.scalars(chosen).all()


def list_stopped_outside(session: Session, channel: ChannelName, now: datetime) -> frozenset[str]:
    """What a provider took within two days of messages that were stopped or taken back since."""
    chosen = (
        select(Delivery.id)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.channel == channel, Delivery.status == Status.SENT)
        .where(Delivery.sent_at > now - timedelta(days=2))
        .where(or_(Message.stopped_at.is_not(None), Message.withdrawn_at.is_not(None)))
    )
    return frozenset(session.scalars(chosen))


def count_attempts(session: Session, channels: Collection[ChannelName], now: datetime) -> int:
    """How many tries these channels were given in the last minute.

    What a clock that was set back since says of times to come counts for a minute at most.
    """
    minute = timedelta(minutes=1)
    chosen = (
        select(func.count())
        .select_from(Attempt)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(Delivery.channel.in_(channels))
        .where(Attempt.started_at > now - minute, Attempt.started_at <= now + minute)
    )
    return session.scalar(chosen) or 0


def count_waiting(session: Session) -> int:
    """How many deliveries of visible messages still wait to be sent."""
    chosen = (
        select(func.count())
        .select_from(Delivery)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.status == Status.QUEUED, Message.planned_at.is_not(None))
    )
    return session.scalar(chosen) or 0


def count_by_status(
    session: Session, message_ids: Sequence[str]
) -> Mapping[str, Mapping[Status, int]]:
    """How many deliveries of each message stand at each status; bells for the inbox aside."""
    found: dict[str, dict[Status, int]] = {message_id: {} for message_id in message_ids}
    rows = session.execute(
        select(Delivery.message_id, Delivery.status, func.count())
        .where(Delivery.message_id.in_(message_ids), Delivery.channel != BELL)
        .group_by(Delivery.message_id, Delivery.status)
    ).all()
    for message_id, status, count in rows:
        found[message_id][Status(status)] = count
    return found


def list_with_device(session: Session, person_ids: Collection[str], now: datetime) -> Set[str]:
    """Which of these people carry a device that is signed in and may fetch their inbox."""
    return set(
        session.scalars(
            select(DEVICE.c.account_id)
            .where(DEVICE.c.account_id.in_(person_ids))
            .where(DEVICE.c.revoked_at.is_(None), DEVICE.c.expires_at > now)
        ).all()
    )


def find_addresses(
    session: Session, person_ids: Collection[str]
) -> Mapping[str, Mapping[AddressKind, str]]:
    """The addresses at which these people can be written to: ids by person and kind."""
    found: dict[str, dict[AddressKind, str]] = {}
    rows = session.execute(
        select(ContactPoint.person_id, ContactPoint.channel, ContactPoint.id)
        .where(ContactPoint.person_id.in_(person_ids), ContactPoint.gone_at.is_(None))
        .where(ContactPoint.state.in_(USABLE))
        .where(or_(ContactPoint.channel != AddressKind.PUSH, rings_still()))
    )
    for person_id, kind, point_id in rows:
        found.setdefault(person_id, {})[AddressKind(kind)] = point_id
    return found


def rings_still() -> ColumnElement[bool]:
    """Whether the phone of a contact point is still one that its person is signed in on."""
    return (
        select(PushSubscription.id)
        .join(
            DEVICE,
            and_(
                DEVICE.c.account_id == PushSubscription.account_id,
                DEVICE.c.device_id == PushSubscription.device_id,
            ),
        )
        .where(PushSubscription.contact_point_id == ContactPoint.id)
        .where(DEVICE.c.revoked_at.is_(None))
        .correlate(ContactPoint)
        .exists()
    )


def is_push_on(session: Session, account_id: str, device_id: str) -> bool:
    """Whether a phone rings for the account that is signed in on it."""
    mine = (
        select(PushSubscription.id)
        .join(ContactPoint, ContactPoint.id == PushSubscription.contact_point_id)
        .where(PushSubscription.account_id == account_id)
        .where(PushSubscription.device_id == device_id)
        .where(ContactPoint.gone_at.is_(None), ContactPoint.state.in_(USABLE))
    )
    return session.scalar(select(mine.exists())) or False


def count_phones(session: Session) -> int:
    """How many phones ring for the inbox of somebody."""
    chosen = (
        select(func.count())
        .select_from(ContactPoint)
        .where(ContactPoint.channel == AddressKind.PUSH, ContactPoint.gone_at.is_(None))
        .where(ContactPoint.state.in_(USABLE), rings_still())
    )
    return session.scalar(chosen) or 0


def list_closed(session: Session, lane: Lane, now: datetime) -> set[ChannelName]:
    """The channels that take nothing of this lane now."""
    paused = session.scalars(select(ChannelState.channel).where(ChannelState.paused)).all()
    names = [ChannelName(name) for name in paused]
    return {name for name in names if not is_open(session, name, lane, now)}


def find_unclear(
    session: Session, channel: ChannelName, now: datetime, *, limit: int
) -> Mapping[str, str]:
    """Deliveries of a channel that are unclear and to be asked about now.

    By the name that the provider knows them under: its own, or ours that it was given.
    """
    rows = session.execute(
        select(Delivery.id, Delivery.external_id)
        .where(Delivery.look_at <= now, Delivery.channel == channel)
        .where(Delivery.status == Status.UNCLEAR)
        .order_by(Delivery.look_at)
        .limit(limit)
    )
    return {external_id or delivery_id: delivery_id for delivery_id, external_id in rows}


def find_sent_to_ask(
    session: Session, channel: ChannelName, now: datetime, *, limit: int
) -> Mapping[str, str]:
    """Deliveries that a provider took and is asked about in this minute, by its name for them.

    Asked a minute after it took them, then after 2, 4, 8 and so on, up to a day.
    """
    since = [now - timedelta(minutes=2**step) for step in range(ASKED_TIMES)]
    in_turn = [
        and_(Delivery.sent_at > at - timedelta(minutes=1), Delivery.sent_at <= at) for at in since
    ]
    rows = session.execute(
        select(Delivery.external_id, Delivery.id)
        .where(Delivery.channel == channel, Delivery.external_id.is_not(None))
        .where(Delivery.status == Status.SENT, or_(*in_turn))
        .order_by(Delivery.sent_at)
        .limit(limit)
    )
    return {str(external_id): delivery_id for external_id, delivery_id in rows}


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """How a channel does: whether it rests and why, and its tries since two moments."""

    paused: bool = False
    reason: str = ""
    paused_at: datetime | None = None
    resume_at: datetime | None = None
    quota_left: int | None = None
    balance: int | None = None
    checked_at: datetime | None = None
    problem: str = ""
    cost: int | None = None
    waiting: int = 0
    sent: tuple[int, int] = (0, 0)
    failed: tuple[int, int] = (0, 0)
    last_minute: int = 0


def find_channel_facts(
    session: Session,
    channel: ChannelName,
    *,
    today: datetime,
    hour: datetime,
    month: datetime,
    now: datetime,
) -> ChannelFacts:
    """How a channel does: figures since the day began and of the last hour; cost of the month."""
    state = session.get(ChannelState, channel) or ChannelState(channel=channel, paused=False)
    rests = state.paused and (state.resume_at is None or state.resume_at > now)
    in_hour, of_today = Attempt.started_at >= hour, Attempt.started_at >= today
    sent = Attempt.outcome == SENT_OUTCOME
    tries = session.execute(
        select(sent, of_today, in_hour, func.count())
        .select_from(Attempt)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(Delivery.channel == channel, Attempt.outcome.is_not(None))
        .where(Attempt.started_at >= min(today, hour))
        .group_by(sent, of_today, in_hour)
    ).all()
    waiting = (
        select(func.count())
        .select_from(Delivery)
        .where(Delivery.status == Status.QUEUED, Delivery.channel == channel)
        .where(Delivery.expires_at > now)
    )

    cost = select(func.sum(Delivery.cost)).where(
        Delivery.channel == channel, text("delivery.cost IS NOT NULL"), Delivery.sent_at >= month
    )

    def split(*, went: bool) -> tuple[int, int]:
        rows = [row for row in tries if bool(row[0]) is went]
        return sum(row[3] for row in rows if row[1]), sum(row[3] for row in rows if row[2])

    return ChannelFacts(
        rests,
        (state.pause_reason or "") if rests else "",
        state.paused_at if rests else None,
        state.resume_at if rests else None,
        state.quota_left,
        state.balance,
        state.checked_at,
        state.problem or "",
        session.scalar(cost),
        session.scalar(waiting) or 0,
        split(went=True),
        split(went=False),
        count_attempts(session, [channel], now),
    )


@dataclass(frozen=True, slots=True)
class AddressShown:
    """An address of a person with what is known of it, since when and why."""

    id: str
    kind: AddressKind
    address: str
    state: AddressState
    code: str
    at: datetime

    @property
    def is_used(self) -> bool:
        """Whether messages are sent to it."""
        return self.state in USABLE


def list_addresses(session: Session, person_id: str) -> Sequence[AddressShown]:
    """Where a person is written to, and what is known of each address; phones that ring aside."""
    rows = session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id, ContactPoint.gone_at.is_(None))
        .where(ContactPoint.channel != AddressKind.PUSH)
        .order_by(ContactPoint.channel.desc(), ContactPoint.id)
    )
    return [
        AddressShown(
            row.id,
            AddressKind(row.channel),
            row.address,
            AddressState(row.state),
            row.state_code or "",
            row.state_at,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A grant with its access token; what renews it is read by renewing alone."""

    grant: Grant
    access_token: str = field(repr=False)
    rotated_at: datetime | None


def find_tokens(session: Session, provider: str) -> Tokens | None:
    """The grant of a provider; None when none was ever given."""
    row = session.get(ProviderGrant, provider)
    if row is None or not row.version:
        return None
    return Tokens(row.grant, row.access_token or "", row.rotated_at)


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """What the administrator sees of a grant: never a token."""

    grant: Grant
    given_at: datetime | None
    rotated_at: datetime | None
    problem_at: datetime | None
    templates: Sequence[Mapping[str, str]]
    templates_at: datetime | None
    signatures: Mapping[str, int]
    refused_at: datetime | None


def find_grant_facts(session: Session, provider: str) -> GrantFacts | None:
    """How a grant stands; None when nothing was ever heard or given."""
    row = session.get(ProviderGrant, provider)
    if row is None:
        return None
    return GrantFacts(
        row.grant,
        row.given_at,
        row.rotated_at,
        row.problem_at,
        row.templates,
        row.templates_at,
        row.signatures,
        row.refused_at,
    )


def list_calls(
    session: Session, provider: str, *, after: int, limit: int
) -> Sequence[tuple[int, datetime, str]]:
    """What a provider of several channels told and nobody has acted on: id, when, as it came."""
    rows = session.execute(
        select(ProviderEvent.id, ProviderEvent.received_at, ProviderEvent.raw)
        .where(ProviderEvent.handled_at.is_(None), ProviderEvent.channel == provider)
        .where(ProviderEvent.id > after)
        .order_by(ProviderEvent.id)
        .limit(limit)
    )
    return [(row.id, row.received_at, row.raw) for row in rows]

"""The ledger: a message, one delivery per person and channel, and how it was received."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Table,
    Update,
    and_,
    bindparam,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from app.delivery.models import WAITING_ROWS, Delivery, Message
from app.delivery.rules import ChannelName, Lane, Status, may_move
from app.delivery.rules.messages import MessageKind, before
from app.extensions import upsert
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound

WAITING = before(Status.SKIPPED)
IN_INBOX = (Status.SENT, Status.DELIVERED)


def _answered(read: Sequence[Status]) -> Update:
    """An answer came: what waits is skipped, what lies in the inbox at these statuses is read.

    What left over another road stays what is known of it.
    """
    # built once, on the table: it runs with every check-in
    table = cast(Table, Delivery.__table__)
    at = bindparam("at", type_=table.c.read_at.type)
    # statuses are named one by one: a statement that is run for many at once takes no list

    def is_one_of(statuses: Sequence[Status]) -> ColumnElement[bool]:
        return or_(false(), *[table.c.status == str(each) for each in statuses])

    waiting = is_one_of(WAITING)
    shown = and_(is_one_of(read), table.c.channel == str(ChannelName.IN_APP))
    skipped = (waiting, str(Status.SKIPPED))
    settled = [skipped, (shown, str(Status.READ))] if read else [skipped]
    return (
        update(table)
        .where(table.c.person_id == bindparam("of_person"))
        .where(table.c.answer_key == bindparam("of_shift"))
        .values(
            status=case(*settled, else_=table.c.status),
            answer_key=case(*[(chosen, None) for chosen, _ in settled], else_=table.c.answer_key),
            answered_at=func.coalesce(table.c.answered_at, at),
            look_at=None,
            **({"read_at": case((shown, at), else_=table.c.read_at)} if read else {}),
        )
    )


ANSWERED_FOR, ANSWERED_BY_PERSON = _answered(()), _answered(IN_INBOX)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What is to be said; texts and titles by language, what differs by person in braces."""

    kind: MessageKind
    source_key: str
    texts: Mapping[str, str]
    titles: Mapping[str, str]
    company_id: int | None
    sender: str
    not_before: datetime
    expires_at: datetime
    lane: Lane = Lane.NORMAL
    in_parallel: bool = False


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One person a message is for; `answer_key` names the shift whose answer makes it needless."""

    person_id: str
    locale: str
    once_key: str | None = None
    answer_key: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leg:
    """One person and the channel they are written to over, at which address, from when on."""

    person: NewDelivery
    channel: ChannelName
    not_before: datetime
    contact_point_id: str | None = None
    look_at: datetime | None = None


def open_message(session: Session, message: NewMessage, *, now: datetime) -> str:
    """Write a message down, unseen as yet; the one that has this source key when there is one."""
    known = session.scalar(select(Message.id).where(Message.source_key == message.source_key))
    if known is not None:
        return known
    message_id = new_id(now)
    session.execute(
        insert(Message).values(
            id=message_id,
            kind=message.kind,
            lane=message.lane,
            source_key=message.source_key,
            company_id=message.company_id,
            sender=message.sender[:120],
            texts=dict(message.texts),
            titles=dict(message.titles),
            created_at=now,
            not_before=message.not_before,
            expires_at=message.expires_at,
            in_parallel=message.in_parallel,
        )
    )
    return message_id


def add_deliveries(
    session: Session,
    message_id: str,
    people: Sequence[NewDelivery],
    *,
    channel: ChannelName,
    lane: Lane,
    not_before: datetime,
    expires_at: datetime,
    now: datetime,
) -> set[str]:
    """Queue a message for these people over a channel; who has it already gets no second one.

    Returns the people it was really added for.
    """
    legs = [Leg(person, channel, not_before) for person in people]
    added = add_legs(session, message_id, legs, lane=lane, expires_at=expires_at, now=now)
    return {person_id for person_id, _ in added}


def add_legs(
    session: Session,
    message_id: str,
    legs: Sequence[Leg],
    *,
    lane: Lane,
    expires_at: datetime,
    now: datetime,
    shown: bool = False,
) -> set[tuple[str, ChannelName]]:
    """Queue a message to each person over the channel chosen for them; nobody's road twice.

    `shown`: the message is seen from this write on, so the inbox has it by this write.
    Returns the persons and channels that were really added.
    """
    if not legs:
        return set()
    columns = _columns(legs, now, shown=shown) | {
        "message_id": [message_id] * len(legs),
        "lane": [lane.value] * len(legs),
        "created_at": [now] * len(legs),
        "expires_at": [expires_at] * len(legs),
    }
    # On the table, what is the same in all rows written into the statement, and nothing read back:
    # hundreds of thousands of rows pass here at once.
    table, connection = cast(Table, Delivery.__table__), session.connection()
    same = {name for name, values in columns.items() if name != "id" and _is_same(values)}
    told: dict[str, Any] = {
        name: _written_out(values[0], table.c[name].type, connection.dialect)
        if name in same
        else bindparam(name, type_=table.c[name].type)
        for name, values in columns.items()
    }
    names = [name for name in columns if name not in same]
    rows = [
        dict(zip(names, row, strict=True)) for row in zip(*map(columns.get, names), strict=True)
    ]
    statement = upsert(session, table).values(told).on_conflict_do_nothing()
    once = {"compiled_cache": None}
    if connection.execute(statement, rows, execution_options=once).rowcount == len(rows):
        return {(leg.person.person_id, leg.channel) for leg in legs}
    added = connection.execute(
        select(table.c.person_id, table.c.channel).where(table.c.id.in_(columns["id"]))
    )
    return {(person_id, ChannelName(channel)) for person_id, channel in added}


def _columns(legs: Sequence[Leg], now: datetime, *, shown: bool) -> dict[str, list[Any]]:
    """What is written of each, column by column."""
    there = [shown and leg.channel is ChannelName.IN_APP for leg in legs]
    sent, queued = Status.SENT.value, Status.QUEUED.value
    return {
        "id": [new_id(now) for _ in legs],
        "person_id": [leg.person.person_id for leg in legs],
        "channel": [leg.channel.value for leg in legs],
        "once_key": [leg.person.once_key for leg in legs],
        "answer_key": [leg.person.answer_key for leg in legs],
        "contact_point_id": [leg.contact_point_id for leg in legs],
        "locale": [leg.person.locale for leg in legs],
        "values": [dict(leg.person.values) for leg in legs],
        "look_at": [leg.look_at for leg in legs],
        "status": [sent if each else queued for each in there],
        "attempt_count": [int(each) for each in there],
        "sent_at": [now if each else None for each in there],
        "next_attempt_at": [
            None if each else leg.not_before for each, leg in zip(there, legs, strict=True)
        ],
    }


def _is_same(values: Sequence[Any]) -> bool:
    """Whether a column holds one thing; no dialect writes out JSON that is not empty."""
    return values.count(values[0]) == len(values) and not (values[0] and type(values[0]) is dict)


def _written_out(value: object, kind: TypeEngine[Any], dialect: Dialect) -> ColumnElement[Any]:
    if value == {}:
        return literal_column("'{}'", kind)
    told = literal(value, kind).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    return literal_column(str(told), kind)


def show_message(session: Session, message_id: str, *, now: datetime) -> None:
    """Everybody a message is for has been written down: from now on it may be sent and seen."""
    session.execute(
        update(Message)
        .where(Message.id == message_id, Message.planned_at.is_(None))
        .values(planned_at=now)
    )


def stop_message(session: Session, message_id: str, *, now: datetime) -> None:
    """From this commit on nothing more of a message leaves; what has left has left."""
    session.execute(
        update(Message)
        .where(Message.id == message_id, Message.stopped_at.is_(None))
        .values(stopped_at=now)
        .execution_options(synchronize_session=False)
    )


def take_off(session: Session, message_id: str, *, now: datetime) -> None:
    """From this commit on a message holds no longer: nothing leaves, no phone is given it anew.

    Whoever's phone has fetched it keeps it.
    """
    stop_message(session, message_id, now=now)
    session.execute(
        update(Message)
        .where(Message.id == message_id, Message.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


def cancel_rest(session: Session, message_id: str, *, limit: int) -> int:
    """A chunk of what still waits of a message is cancelled; returns how many, 0 when done."""
    of_message = select(Delivery.id).where(Delivery.message_id == message_id, text(WAITING_ROWS))
    ids = session.scalars(of_message.limit(limit).with_for_update()).all()
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids))
        .where(Delivery.status.in_(before(Status.CANCELLED)))
        .values(status=Status.CANCELLED, answer_key=None, look_at=None)
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def settle_answers(
    session: Session, answered: Sequence[tuple[str, str]], *, by_person: bool, now: datetime
) -> None:
    """Answers of persons (to an answer key) arrived: their reminders that wait are skipped.

    Those in the inbox are read, but only when the person answered, not when somebody else did.
    """
    if not answered:
        return
    session.connection().execute(
        ANSWERED_BY_PERSON if by_person else ANSWERED_FOR,
        [
            {"of_person": person_id, "of_shift": answer_key, "at": now}
            for person_id, answer_key in sorted(answered)
        ],
    )


def cancel_waiting(session: Session, person_ids: Sequence[str], *, now: datetime) -> None:
    """Nothing that has not left yet is sent to these people any more.

    What is under way may arrive; if it fails, there is no other try and no other road.
    """
    of_people = Delivery.person_id.in_(person_ids)
    session.execute(
        update(Delivery)
        .where(of_people, Delivery.expires_at > now)
        .values(expires_at=now, look_at=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Delivery)
        .where(of_people, Delivery.status.in_(before(Status.CANCELLED)))
        .values(status=Status.CANCELLED, answer_key=None, look_at=None)
        .execution_options(synchronize_session=False)
    )


def cancel_messages(session: Session, source_prefix: str, *, now: datetime) -> None:
    """Of the messages whose source key begins so nothing leaves any more, and none holds on."""
    of_source = select(Message.id).where(Message.source_key.startswith(source_prefix))
    session.execute(
        update(Message)
        .where(Message.source_key.startswith(source_prefix), Message.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Delivery)
        .where(Delivery.message_id.in_(of_source))
        .where(Delivery.status.in_(before(Status.CANCELLED)))
        .values(status=Status.CANCELLED, answer_key=None)
        .execution_options(synchronize_session=False)
    )


def take_back(session: Session, message_id: str, written_at: datetime) -> tuple[int, int]:
    """What was written for a message at a moment and still waits is as if it had never been.

    Returns how many get none now, and how many have had it. Whoever gets none may get it later.
    """
    of_then = (Delivery.message_id == message_id, Delivery.created_at == written_at)
    taken = session.scalars(
        delete(Delivery)
        .where(*of_then, Delivery.status.in_(before(Status.CANCELLED)))
        .where(Delivery.attempt_count == 0)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    gone = session.scalar(select(func.count()).where(*of_then, Delivery.sent_at.is_not(None)))
    return len(taken), gone or 0


def mark_delivered(
    session: Session, person_id: str, message_ids: Sequence[str], *, now: datetime
) -> None:
    """The person's phone fetched these messages."""
    session.execute(
        update(Delivery)
        .where(Delivery.person_id == person_id, Delivery.message_id.in_(message_ids))
        .where(Delivery.channel == ChannelName.IN_APP, Delivery.status == Status.SENT)
        .values(status=Status.DELIVERED, delivered_at=now, look_at=None)
        .execution_options(synchronize_session=False)
    )


def mark_read(
    session: Session, person_id: str, message_id: str, *, read_at: datetime, now: datetime
) -> datetime | None:
    """The person read a message in their inbox, at the moment their phone says if that can be.

    What left over another road stays what is known of it. Returns when it was read first; None
    when it never was shown to them.
    """
    held = session.execute(
        select(Delivery.id, Delivery.channel, Delivery.status, Delivery.sent_at, Delivery.read_at)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.person_id == person_id, Delivery.message_id == message_id)
        .where(Message.planned_at.is_not(None))
        .with_for_update(of=Delivery)
    ).all()
    if not held:
        raise NotFound
    # Only the inbox: read on another road, the copy in the inbox is still to be read.
    inbox = [row for row in held if row.channel == ChannelName.IN_APP]
    known: datetime | None = min(
        (row.read_at for row in inbox if row.read_at is not None), default=None
    )
    if known is not None:
        return known
    shown = [row for row in inbox if row.sent_at and may_move(Status(row.status), Status.READ)]
    if not shown:
        return None
    earliest = min(row.sent_at for row in shown)
    at = read_at if earliest <= read_at <= now else now
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_([row.id for row in shown]))
        .values(status=Status.READ, read_at=at, look_at=None)
        .execution_options(synchronize_session=False)
    )
    return at

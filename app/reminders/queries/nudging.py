"""Whom a reminder by hand would reach, who got one, and how often somebody was reminded."""

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml
from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from app.accounts.models import Account, Branch, DeviceToken
from app.audit.models import AuditEntry
from app.checkins.models import Duty
from app.checkins.rules import DutyState
from app.delivery.models import Delivery, Message
from app.delivery.rules import Status
from app.delivery.rules.roads import BELL
from app.kernel.actors import Actor
from app.reminders.queries.texts import DATA
from app.reminders.rules.nudging import Reach, Slot, nudge_key
from app.reminders.rules.planning import answer_key
from app.workforce.models import Worker
from app.workforce.rules.shifts import ShiftCode

NUDGED = "reminders.nudged"
SILENT = (DutyState.EXPECTED, DutyState.NOT_ASKED)


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who has not answered for a shift."""

    worker_id: str
    locale: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """How often somebody was reminded of a shift, and when last."""

    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody who has not answered can be reached: by the program on a phone, or not.

    `waits`: a reminder for them is still to be sent.
    """

    has_app: bool
    reminded: Reminded | None
    waits: bool


@functools.cache
def nudge_words() -> Mapping[str, Mapping[str, str]]:
    """Title and text of a reminder by hand, by language."""
    words: dict[str, dict[str, str]] = yaml.safe_load(
        (DATA / "nudge.yaml").read_text(encoding="utf-8")
    )
    return words


def find_nudges(session: Session, company_id: int, slots: Collection[Slot]) -> dict[Slot, str]:
    """The message of the reminders by hand of each of these shifts; empty where there is none."""
    slot_by_key = {nudge_key(company_id, on, shift): (on, shift) for on, shift in slots}
    rows = session.execute(
        select(Message.source_key, Message.id).where(Message.source_key.in_(slot_by_key))
    ).all()
    known = {slot_by_key[str(key)]: message_id for key, message_id in rows}
    return {slot: known.get(slot, "") for slot in slots}


def find_last_nudge(session: Session, nudges: Mapping[Slot, str]) -> datetime | None:
    """When somebody last reminded by hand for one of these shifts."""
    return session.scalar(
        select(func.max(Delivery.created_at)).where(Delivery.message_id.in_(nudges.values()))
    )


def find_own_nudge(session: Session, message_id: str, at: datetime, actor: Actor) -> int | None:
    """The company of what this person reminded by hand at a moment; None for anybody else's."""
    return session.scalar(
        select(AuditEntry.company_id).where(
            AuditEntry.subject_id == message_id,
            AuditEntry.at == at,
            AuditEntry.act == NUDGED,
            AuditEntry.actor_id == actor.account_id,
        )
    )


def count_reach(
    session: Session,
    paths: Sequence[str],
    nudges: Mapping[Slot, str],
    *,
    now: datetime,
) -> Reach:
    """Whom a reminder by hand would reach now in these units, for these shifts together."""
    if not nudges:
        return Reach(0, 0, 0, 0)
    of_slots = [_silent_by_way(paths, slot, known, now) for slot, known in nudges.items()]
    found = union_all(*of_slots).subquery()
    rows = session.execute(
        select(found.c.way, func.count(), func.count(found.c.id.distinct())).group_by(found.c.way)
    ).all()
    duties = {way: count for way, count, _ in rows}
    people = {way: count for way, _, count in rows}
    return Reach(
        sum(duties.values()), people.get("app", 0), duties.get("told", 0), duties.get("none", 0)
    )


def _silent_by_way(
    paths: Sequence[str], slot: Slot, message_id: str, now: datetime
) -> Select[*tuple[Any, ...]]:
    """Each who has not answered for a shift, with the way there is to them."""
    way = case((_was_told(message_id), "told"), (_has_app(now), "app"), else_="none")
    return _silent(paths, slot).with_only_columns(Worker.id, way.label("way"))


def list_silent(
    session: Session,
    paths: Sequence[str],
    slot: Slot,
    message_id: str,
    *,
    after: str | None,
    limit: int,
    now: datetime,
) -> Sequence[Silent]:
    """The next people by id whom a message would reach; their duties stand still meanwhile."""
    chosen = _silent(paths, slot).where(_has_app(now), ~_was_told(message_id))
    if after is not None:
        chosen = chosen.where(Worker.id > after)
    chosen = chosen.order_by(Worker.id).limit(limit).with_for_update(read=True, of=Duty)
    return [Silent(worker_id, locale) for worker_id, locale in session.execute(chosen)]


def _silent(paths: Sequence[str], slot: Slot) -> Select[*tuple[Any, ...]]:
    on, shift = slot
    units = select(Branch.id).where(or_(*[Branch.path.startswith(path) for path in paths]))
    return (
        select(Worker.id, Account.locale)
        .join(Account, Account.id == Worker.id)
        .join(Duty, Duty.worker_id == Worker.id)
        .where(Duty.branch_id.in_(units), Duty.shift_on == on, Duty.shift == shift)
        .where(Duty.state.in_(SILENT), Account.active)
        .where(or_(Worker.left_on.is_(None), Worker.left_on >= on))
    )


def _has_app(now: datetime) -> ColumnElement[bool]:
    return (
        select(DeviceToken.id)
        .where(DeviceToken.account_id == Worker.id, DeviceToken.revoked_at.is_(None))
        .where(DeviceToken.expires_at > now)
        .correlate(Worker)
        .exists()
    )


def _was_told(message_id: str) -> ColumnElement[bool]:
    if not message_id:
        return false()
    return (
        select(Delivery.id)
        .where(Delivery.message_id == message_id, Delivery.person_id == Worker.id)
        .correlate(Worker)
        .exists()
    )


def unreachable(nudges: Mapping[Slot, str], now: datetime) -> ColumnElement[bool]:
    """Duties of whom no message reaches: no phone with the program, and none reminded so far."""
    return and_(~told(nudges), ~_has_app(now))


def told(nudges: Mapping[Slot, str]) -> ColumnElement[bool]:
    """Duties of those who were reminded by hand already."""
    return or_(
        false(),
        *[
            and_(Duty.shift_on == on, Duty.shift == shift, _was_told(message_id))
            for (on, shift), message_id in nudges.items()
            if message_id
        ],
    )


def contacts(
    session: Session, people: Collection[tuple[str, date, str]], *, now: datetime
) -> dict[tuple[str, date, str], Contact]:
    """How these people (id, start date, shift) can be reached, and how often they were reminded."""
    if not people:
        return {}
    ids = sorted({worker_id for worker_id, *_ in people})
    with_app = set(session.scalars(select(Worker.id).where(Worker.id.in_(ids), _has_app(now))))
    of_each = [
        and_(
            Delivery.person_id == worker_id,
            Delivery.answer_key == answer_key(on, ShiftCode(shift)),
        )
        for worker_id, on, shift in people
    ]
    rows = session.execute(
        select(
            Delivery.person_id,
            Delivery.answer_key,
            func.count(Delivery.sent_at),
            func.max(Delivery.sent_at),
            func.count(case((Delivery.status == Status.QUEUED, 1))),
        )
        .where(or_(*of_each), Delivery.channel != BELL)
        .group_by(Delivery.person_id, Delivery.answer_key)
    ).all()
    reminded = {(who, key): Reminded(times, at) for who, key, times, at, _ in rows if at}
    waiting = {(who, key) for who, key, *_, queued in rows if queued}
    found = {}
    for worker_id, on, shift in people:
        of_shift = worker_id, answer_key(on, shift)
        found[worker_id, on, shift] = Contact(
            worker_id in with_app, reminded.get(of_shift), of_shift in waiting
        )
    return found

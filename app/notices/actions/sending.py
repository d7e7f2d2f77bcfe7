"""A notice goes out: begun by the clock, written down in chunks, ended, stopped at any moment.

What a chunk wrote may be sent at once. Whoever runs a chunk, however often and however many at
once: the row of the notice is held meanwhile, and says from which person on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.delivery.actions.ledger import (
    NewDelivery,
    NewMessage,
    cancel_rest,
    open_message,
    show_message,
    take_off,
)
from app.delivery.actions.roads import queue_by_road
from app.delivery.actions.taking_back import put_in_place_of, withdraw_message
from app.delivery.models import Delivery
from app.delivery.registry import roads_of
from app.delivery.rules import Lane, Status
from app.delivery.rules.messages import MessageKind, fill
from app.kernel.actors import Actor, program
from app.kernel.clock import local_day
from app.notices.actions.releasing import count_now, is_covered
from app.notices.actions.steps import company_of, do_step, hold_notice, take_up
from app.notices.models import Notice
from app.notices.queries.audience import Receiver, audience_of, list_receivers
from app.notices.rules.states import NoticeAct, NoticeState
from app.notices.rules.wording import (
    PERSONAL,
    MessageType,
    Wording,
    goes_in_parallel,
    used_in,
)
from app.reminders.queries.hotlines import hotline
from app.settings import Settings

PROGRAM = program("An Ca")
CHUNK = 500
NOWHERE = "none"
_UNDER_WAY = (Status.CREATED, Status.QUEUED, Status.SENDING)


def begin_due(session: Session, notice_id: str, *, settings: Settings, now: datetime) -> bool:
    """The countdown has run out: the notice is sent from now on.

    Not when more people are in it than were approved of, or nobody: then it is a draft again.
    """
    notice = hold_notice(session, notice_id)
    if notice.state != NoticeState.COUNTDOWN or notice.sends_at is None or notice.sends_at > now:
        return False
    people = count_now(session, notice, now)
    if not people or not is_covered(notice, people, settings):
        do_step(session, notice, NoticeAct.STOP, actor=PROGRAM, now=now, people=people)
        return False
    start_sending(session, notice, people, now=now)
    do_step(session, notice, NoticeAct.BEGIN, actor=PROGRAM, now=now, people=people)
    return True


def start_sending(session: Session, notice: Notice, people: int, *, now: datetime) -> None:
    """Open the message of a notice; the version it replaces is given to nobody any more."""
    zone = session.info["settings"].timezone
    number = {"hotline": hotline(session, local_day(now, zone))}
    notice.audience, notice.begun_at = people, now
    notice.message_id = open_message(
        session,
        NewMessage(
            MessageKind.NOTICE,
            f"n:{notice.root_id}:{notice.version}",
            {language: fill(text, number) for language, text in notice.texts.items()},
            {language: fill(title, number) for language, title in notice.titles.items()},
            company_of(session, notice),
            notice.sender,
            now,
            notice.expires_at,
            Lane.URGENT,
            goes_in_parallel(notice.severity, notice.urgency),
        ),
        now=now,
    )
    replaced = session.get(Notice, notice.corrects_id) if notice.corrects_id else None
    if replaced is not None and replaced.message_id is not None:
        take_off(session, replaced.message_id, now=now)
        replaced.swept_at = None
        _mark_in_inboxes(session, notice, replaced.message_id, now)


def _mark_in_inboxes(session: Session, notice: Notice, old_id: str, now: datetime) -> None:
    """Whoever has the old message reads there that it was cancelled, or which one counts."""
    if notice.kind == MessageType.CANCEL:
        withdraw_message(session, old_id, now=now)
    else:
        put_in_place_of(session, str(notice.message_id), old_id)


@dataclass(frozen=True, slots=True)
class Planned:
    """What one chunk came to; people written down."""

    done: bool
    people: int = 0


def plan_chunk(
    session: Session, notice_id: str, *, settings: Settings, now: datetime, most: int = CHUNK
) -> Planned:
    """Write the next people of a notice down, from where the last chunk ended."""
    notice = hold_notice(session, notice_id)
    if notice.state != NoticeState.SENDING or notice.planned_at is not None:
        return Planned(done=True)
    audience = audience_of(session, notice)
    on = local_day(now, settings.timezone)
    people = list_receivers(session, audience, on, after=notice.cursor, limit=most)
    message_id = str(notice.message_id)
    if people:
        counted = queue_by_road(
            session,
            message_id,
            _deliveries(notice, people),
            lane=Lane.URGENT,
            not_before=now,
            expires_at=notice.expires_at,
            roads=roads_of(settings),
            now=now,
            shown=True,
        )
        notice.cursor = people[-1].person_id
        notice.planned += len(people)
        told = {str(road) if road else NOWHERE: count for road, count in counted.items()}
        notice.roads = dict(Counter(notice.roads) + Counter(told))
        show_message(session, message_id, now=now)
    if len(people) < most:
        notice.planned_at, notice.audience = now, notice.planned
        return Planned(True, len(people))
    return Planned(False, len(people))


def _deliveries(notice: Notice, people: Sequence[Receiver]) -> list[NewDelivery]:
    used = used_in(Wording(notice.titles, notice.texts)) & PERSONAL
    return [
        NewDelivery(
            person.person_id,
            person.locale,
            values={
                name: value
                for name, value in (("company", person.company), ("line", person.line))
                if name in used
            },
        )
        for person in people
    ]


def finish_sent(session: Session, notice_id: str, *, now: datetime) -> bool:
    """Everybody was written down and nothing waits any more: the notice is sent."""
    notice = hold_notice(session, notice_id)
    if notice.state != NoticeState.SENDING or notice.planned_at is None:
        return False
    waits = exists().where(
        Delivery.message_id == notice.message_id, Delivery.status.in_(_UNDER_WAY)
    )
    if session.scalar(select(waits)):
        return False
    notice.ended_at = now
    do_step(session, notice, NoticeAct.FINISH, actor=PROGRAM, now=now, people=notice.planned)
    return True


def stop_notice(session: Session, notice_id: str, *, actor: Actor, now: datetime) -> NoticeState:
    """From this commit on nothing more of a notice leaves, and a countdown is a draft again.

    Whoever presses a second time changes nothing. Returns the state.
    """
    notice = hold_notice(session, notice_id)
    if notice.state == NoticeState.STOPPED:
        return NoticeState.STOPPED
    notice = take_up(session, notice_id, NoticeAct.STOP)
    if notice.message_id is not None:
        end_sending(session, notice, actor, now)
    notice.sends_at = None
    do_step(session, notice, NoticeAct.STOP, actor=actor, now=now, planned=notice.planned)
    return NoticeState(notice.state)


def end_sending(session: Session, notice: Notice, actor: Actor, now: datetime) -> None:
    """Nothing more of the notice leaves; what waits is cancelled by the job, in chunks."""
    if notice.message_id is not None:
        take_off(session, notice.message_id, now=now)
    notice.ended_at, notice.ended_by = notice.ended_at or now, actor.name[:120]


def expire_notice(session: Session, notice_id: str, *, now: datetime) -> bool:
    """A notice whose time is over is sent to nobody any more."""
    notice = hold_notice(session, notice_id)
    open_states = {NoticeState.WAITING, NoticeState.COUNTDOWN, NoticeState.SENDING}
    if notice.state not in open_states or notice.expires_at > now:
        return False
    end_sending(session, notice, PROGRAM, now)
    do_step(session, notice, NoticeAct.EXPIRE, actor=PROGRAM, now=now)
    return True


def sweep_rest(session: Session, notice_id: str, *, limit: int, now: datetime) -> bool:
    """A chunk of what still waited when a notice ended is cancelled; true when none is left."""
    notice = hold_notice(session, notice_id)
    if notice.message_id is not None and cancel_rest(session, notice.message_id, limit=limit):
        return False
    notice.swept_at = now
    return True

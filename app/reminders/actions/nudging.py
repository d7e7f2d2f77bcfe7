"""Reminding by hand all who have not answered, and taking it back while it waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.queries.branches import get_branch
from app.audit.actions import record_act
from app.delivery.actions.ledger import (
    NewDelivery,
    NewMessage,
    add_deliveries,
    open_message,
    show_message,
    take_back,
)
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.messages import MessageKind, fill
from app.kernel.actors import Actor
from app.kernel.refusals import NotFound
from app.reminders.queries.nudging import (
    NUDGED,
    find_nudges,
    find_own_nudge,
    list_silent,
    nudge_words,
)
from app.reminders.queries.texts import shared_values
from app.reminders.rules import Anchor, Occurrence, Schedule, once_key
from app.reminders.rules.nudging import NUDGE, WAITS, ShiftIsOver, Slot, nudge_key
from app.reminders.rules.planning import SENT_WITHIN, answer_key, holds_until
from app.settings import Settings
from app.workforce.queries.schedules import get_hours
from app.workforce.rules.shifts import shift_window

CHUNK = 250


@dataclass(frozen=True, slots=True)
class Nudge:
    """Who is to be reminded: people of these units of a company (paths) for one shift."""

    company_id: int
    paths: tuple[str, ...]
    slot: Slot


@dataclass(frozen=True, slots=True)
class Nudged:
    """What one chunk came to; `cursor` None when everybody was written down."""

    cursor: str | None
    people: frozenset[str]
    message_id: str


def nudge_chunk(
    session: Session,
    nudge: Nudge,
    *,
    after: str | None,
    settings: Settings,
    actor: Actor,
    now: datetime,
    most: int = CHUNK,
) -> Nudged:
    """Write the next people of a nudge down, to be sent in a little while.

    Who got one for this shift already, from whomever, gets no second.
    """
    on, shift = nudge.slot
    known = find_nudges(session, nudge.company_id, [nudge.slot])[nudge.slot]
    people = list_silent(session, nudge.paths, nudge.slot, known, after=after, limit=most, now=now)
    message_id = _open(session, nudge, settings, now) if people else known
    added = add_deliveries(
        session,
        message_id,
        [
            NewDelivery(
                person.worker_id,
                person.locale,
                once_key(person.worker_id, NUDGE, on, shift),
                answer_key(on, shift),
            )
            for person in people
        ],
        channel=ChannelName.IN_APP,
        lane=Lane.NORMAL,
        not_before=now + WAITS,
        expires_at=now + WAITS + SENT_WITHIN,
        now=now,
    )
    if people and after is None:
        record_act(
            session,
            NUDGED,
            actor=actor,
            now=now,
            subject_id=message_id,
            company_id=nudge.company_id,
            shift_on=on.isoformat(),
            shift=str(shift),
        )
    if people:
        show_message(session, message_id, now=now)
    done = len(people) < most
    return Nudged(None if done else people[-1].worker_id, frozenset(added), message_id)


def _open(session: Session, nudge: Nudge, settings: Settings, now: datetime) -> str:
    on, shift = nudge.slot
    window = shift_window(get_hours(session, nudge.company_id).at(shift, on), on, settings.timezone)
    if window.ends_at <= now:
        raise ShiftIsOver
    words = nudge_words()
    values = shared_values(
        session,
        nudge.company_id,
        Schedule("", NUDGE, NUDGE, Anchor.SHIFT_START),
        Occurrence("", on, shift, window.starts_at),
        settings.timezone,
    )
    return open_message(
        session,
        NewMessage(
            MessageKind.REMINDER,
            nudge_key(nudge.company_id, on, shift),
            {language: fill(text, values[language]) for language, text in words["text"].items()},
            words["title"],
            nudge.company_id,
            get_branch(session, nudge.company_id).name,
            now + WAITS,
            holds_until(now, window, settings.timezone),
        ),
        now=now,
    )


def take_nudge_back(
    session: Session, message_ids: Sequence[str], at: datetime, *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Whoever reminded at a moment takes it back: how many get nothing now, how many had got it."""
    kept = sent = 0
    for message_id in message_ids:
        company_id = find_own_nudge(session, message_id, at, actor)
        if company_id is None:
            raise NotFound
        taken, gone = take_back(session, message_id, at)
        kept, sent = kept + taken, sent + gone
        record_act(
            session,
            "reminders.nudge_taken_back",
            actor=actor,
            now=now,
            subject_id=message_id,
            company_id=company_id,
            people=taken,
        )
    return kept, sent

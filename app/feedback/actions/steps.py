"""How anything is done with feedback: judged by the table, written down, able to be undone."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.audit.actions import record_act
from app.delivery.actions.ledger import (
    NewDelivery,
    NewMessage,
    add_deliveries,
    open_message,
    show_message,
)
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.messages import MessageKind
from app.feedback.models import Feedback, FeedbackEntry
from app.feedback.queries.notes import answer_words
from app.feedback.rules.notes import LONGEST_TEXT, FeedbackPassedUp
from app.feedback.rules.refusals import FeedbackMoved, WordsNeeded
from app.feedback.rules.states import FeedbackAct, FeedbackState, next_state
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.kernel.events import publish
from app.kernel.refusals import NotFound
from app.kernel.text import nfc
from app.settings import Settings
from app.workforce.models import Worker

KEPT_BACK = ("state", "level", "owner_id", "owner_name", "same_as")
DAYS_KEPT_BACK = ("answered_on", "closed_on")
HOLDS = timedelta(days=30)


def hold(session: Session, feedback_id: str, seen: int | None) -> Feedback:
    """The feedback, nobody else's until the commit; refused when it is not as it was seen."""
    row = session.get(Feedback, feedback_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if seen is not None and row.version != seen:
        raise FeedbackMoved
    return row


def needed_words(words: str) -> str:
    """What was written, composed; refused when it is nothing or too much."""
    said = nfc(words).strip()
    if not 0 < len(said) <= LONGEST_TEXT:
        raise WordsNeeded
    return said


def do_step(
    session: Session,
    row: Feedback,
    act: FeedbackAct,
    *,
    actor: Actor,
    now: datetime,
    words: str = "",
) -> int:
    """Let the table judge, write it down; the number of the entry. Changes follow it."""
    state = next_state(FeedbackState(row.state), act)
    number = 1 + (
        session.scalar(select(func.max(FeedbackEntry.n)).where(FeedbackEntry.feedback_id == row.id))
        or 0
    )
    session.add(
        FeedbackEntry(
            feedback_id=row.id,
            n=number,
            act=act,
            at=now,
            account_id=actor.account_id,
            name=actor.name,
            level=row.level,
            words=words,
            before=_before(row),
            undone=False,
        )
    )
    row.state, row.version = state, row.version + 1
    record_act(
        session,
        f"feedback.{act}",
        actor=actor,
        now=now,
        subject_id=row.id,
        company_id=row.company_id,
    )
    return number


def today_of(session: Session, now: datetime) -> date:
    """The park's day."""
    settings: Settings = session.info["settings"]
    return local_day(now, settings.timezone)


def answer_one(
    session: Session, row: Feedback, words: str, *, sender: str, actor: Actor, now: datetime
) -> int:
    """Write the answer down where its writer finds it, inbox or code; the entry's number."""
    number = do_step(session, row, FeedbackAct.ANSWER, actor=actor, now=now, words=words)
    row.answered_on = row.answered_on or today_of(session, now)
    session.flush()
    if row.worker_id is not None:
        _tell_writer(session, row, number, words, sender, now)
    tell_province(session, row, now, answer=words)
    return number


def tell_province(session: Session, row: Feedback, now: datetime, **more: Any) -> None:
    """What the province has of this feedback follows what becomes of it here."""
    if row.sent_seq is None:
        return
    body = {"feedback": row.id, "state": str(row.state), **more}
    publish(session, FeedbackPassedUp(row.id, body), now=now)


def _tell_writer(
    session: Session, row: Feedback, number: int, words: str, sender: str, now: datetime
) -> None:
    worker = session.get_one(Worker, row.worker_id)
    person_id = worker.merged_into_id or worker.id
    title = answer_words()["title"]
    message_id = open_message(
        session,
        NewMessage(
            MessageKind.ANSWER,
            f"feedback:{row.id}:{number}",
            {"vi": words, "en": words},
            title,
            row.company_id,
            sender,
            now,
            now + HOLDS,
        ),
        now=now,
    )
    locale = session.get_one(Account, person_id).locale
    add_deliveries(
        session,
        message_id,
        [NewDelivery(person_id, locale)],
        channel=ChannelName.IN_APP,
        lane=Lane.NORMAL,
        not_before=now,
        expires_at=now + HOLDS,
        now=now,
    )
    show_message(session, message_id, now=now)


def _before(row: Feedback) -> dict[str, Any]:
    days = {name: getattr(row, name) for name in DAYS_KEPT_BACK}
    return {name: getattr(row, name) for name in KEPT_BACK} | {
        name: on.isoformat() if on else None for name, on in days.items()
    }


def put_back(row: Feedback, before: dict[str, Any]) -> None:
    """Make feedback as it was before an entry."""
    for name in KEPT_BACK:
        setattr(row, name, before[name])
    for name in DAYS_KEPT_BACK:
        setattr(row, name, date.fromisoformat(before[name]) if before[name] else None)
    row.version += 1

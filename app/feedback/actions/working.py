"""What those with whom feedback lies do with it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.audit.actions import record_act
from app.feedback.actions.steps import (
    answer_one,
    do_step,
    hold,
    needed_words,
    put_back,
    tell_province,
    today_of,
)
from app.feedback.models import Feedback, FeedbackEntry
from app.feedback.queries.notes import list_handlers
from app.feedback.rules.notes import FeedbackPassedUp, Level, Source, level_above
from app.feedback.rules.reach import reach_of
from app.feedback.rules.refusals import NoFurther, NoOwner, NotHeldHere, NothingToUndo, NotTheSame
from app.feedback.rules.states import UNDOABLE, WAITING, FeedbackAct
from app.kernel.actors import Actor
from app.kernel.events import publish


def note_looked(session: Session, feedback_id: str, *, now: datetime) -> None:
    """Somebody with whom it lies has opened it for the first time; the day is kept."""
    session.execute(
        update(Feedback)
        .where(Feedback.id == feedback_id, Feedback.looked_on.is_(None))
        .values(looked_on=today_of(session, now))
    )


def take_up(session: Session, feedback_id: str, *, seen: int, actor: Actor, now: datetime) -> None:
    """Whoever takes it up sees to it."""
    row = _held(session, feedback_id, seen, actor)
    do_step(session, row, FeedbackAct.TAKE_UP, actor=actor, now=now)
    row.owner_id, row.owner_name = actor.account_id, actor.name
    _tell_of_task(session, row, now)


def assign_to(
    session: Session, feedback_id: str, owner_id: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Give it to somebody with whom it may lie."""
    row = _held(session, feedback_id, seen, actor)
    path = session.get_one(Branch, row.branch_id).path
    found = [each for each in list_handlers(session, path, Level(row.level)) if each.id == owner_id]
    if not found:
        raise NoOwner
    do_step(session, row, FeedbackAct.ASSIGN, actor=actor, now=now, words=found[0].name)
    row.owner_id, row.owner_name = found[0].id, found[0].name
    _tell_of_task(session, row, now)


def pass_on(
    session: Session, feedback_id: str, reason: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Hand it to whoever is above, with the reason; to the province it goes through the log."""
    row = _held(session, feedback_id, seen, actor)
    above = level_above(Level(row.level))
    if above is None or (above is Level.PROVINCE and row.source == Source.PROVINCE):
        raise NoFurther
    words = needed_words(reason)
    do_step(session, row, FeedbackAct.HAND_ON, actor=actor, now=now, words=words)
    row.level, row.owner_id, row.owner_name = above, None, ""
    session.flush()
    if above is Level.PROVINCE:
        publish(session, FeedbackPassedUp(row.id, _body(session, row, words)), now=now)
    else:
        _tell_of_task(session, row, now)


def note_sent(session: Session, feedback_id: str, seq: int) -> None:
    """It went into the log up under this number."""
    session.execute(
        update(Feedback)
        .where(Feedback.id == feedback_id, Feedback.sent_seq.is_(None))
        .values(sent_seq=seq)
    )


def answer(
    session: Session, feedback_id: str, words: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Answer it, and everything that was put together with it and still waits."""
    row = _held(session, feedback_id, seen, actor)
    said = needed_words(words)
    for each in (row, *_alike(session, row.id)):
        answer_one(session, each, said, sender=actor.name, actor=actor, now=now)


def join_same(
    session: Session, feedback_id: str, head_id: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """It tells the same thing as another: one answer is for both."""
    row = _held(session, feedback_id, seen, actor)
    head = _held(session, head_id, None, actor) if head_id != feedback_id else row
    if head is row or head.same_as is not None or row.same_as is not None:
        raise NotTheSame
    if head.state not in WAITING or _alike(session, row.id):
        raise NotTheSame
    do_step(session, row, FeedbackAct.JOIN, actor=actor, now=now)
    row.same_as = head.id


def part(session: Session, feedback_id: str, *, seen: int, actor: Actor, now: datetime) -> None:
    """It is something of its own after all."""
    row = _held(session, feedback_id, seen, actor)
    if row.same_as is None:
        raise NotTheSame
    do_step(session, row, FeedbackAct.PART, actor=actor, now=now)
    row.same_as = None


def close(
    session: Session, feedback_id: str, reason: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """It is over, with the reason."""
    row = _held(session, feedback_id, seen, actor)
    do_step(session, row, FeedbackAct.CLOSE, actor=actor, now=now, words=needed_words(reason))
    row.closed_on = today_of(session, now)
    session.flush()
    tell_province(session, row, now)


def reopen(
    session: Session, feedback_id: str, reason: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """It is not over after all."""
    row = _held(session, feedback_id, seen, actor)
    do_step(session, row, FeedbackAct.REOPEN, actor=actor, now=now, words=needed_words(reason))
    row.closed_on = None
    row.owner_id, row.owner_name = actor.account_id, actor.name
    session.flush()
    tell_province(session, row, now)


def undo_last(
    session: Session, feedback_id: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Take back the last thing one did oneself, while nobody outside has been told of it."""
    row = hold(session, feedback_id, seen)
    entry = session.scalars(
        select(FeedbackEntry)
        .where(FeedbackEntry.feedback_id == feedback_id)
        .order_by(FeedbackEntry.n.desc())
        .limit(1)
    ).first()
    if (
        entry is None
        or entry.undone
        or entry.act not in UNDOABLE
        or entry.account_id != actor.account_id
        or row.sent_seq is not None
    ):
        raise NothingToUndo
    put_back(row, entry.before)
    entry.undone = True
    record_act(
        session,
        "feedback.undone",
        actor=actor,
        now=now,
        subject_id=row.id,
        company_id=row.company_id,
        taken_back=entry.act,
    )


def _held(session: Session, feedback_id: str, seen: int | None, actor: Actor) -> Feedback:
    row = hold(session, feedback_id, seen)
    path = session.get_one(Branch, row.branch_id).path
    if not reach_of(actor).holds(path, Level(row.level)):
        raise NotHeldHere
    return row


def _tell_of_task(session: Session, row: Feedback, now: datetime) -> None:
    """The province sees each step of what it gave itself."""
    if row.source == Source.PROVINCE:
        session.flush()
        tell_province(session, row, now)


def _alike(session: Session, head_id: str) -> list[Feedback]:
    return list(
        session.scalars(
            select(Feedback)
            .where(Feedback.same_as == head_id, Feedback.state.in_(WAITING))
            .order_by(Feedback.id)
            .with_for_update()
        ).all()
    )


def _body(session: Session, row: Feedback, reason: str) -> dict[str, Any]:
    """What the province reads: no name and no badge; the company, where the note has one."""
    company = session.get(Branch, row.company_id) if row.company_id else None
    return {
        "feedback": row.id,
        "state": str(row.state),
        "category": row.category,
        "text": row.text,
        "reason": reason,
        "created_on": row.created_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "anonymous": row.source == Source.ANONYMOUS,
        "source": row.source,
        "company": {"code": company.code, "name": company.name} if company else None,
    }

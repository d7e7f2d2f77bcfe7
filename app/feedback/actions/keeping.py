"""Keeping what comes: named notes, anonymous ones, calls of the hotline."""

import uuid
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.queries.branches import find_company, find_park
from app.audit.actions import record_act
from app.extensions import upsert
from app.feedback.models import Feedback, FeedbackPhoto
from app.feedback.queries.notes import count_people, has_team, reply_index
from app.feedback.rules.notes import (
    Category,
    Level,
    Source,
    answer_due_on,
    first_level,
)
from app.feedback.rules.refusals import NotKept
from app.feedback.rules.states import FeedbackState
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.kernel.refusals import NotFound
from app.settings import Settings
from app.web.photos import Photo
from app.workforce.models import Worker


def keep_note(
    session: Session,
    category: Category,
    said: str,
    photo: Photo | None,
    *,
    settings: Settings,
    actor: Actor,
    now: datetime,
    source: Source = Source.APP,
) -> tuple[str, date]:
    """Keep what a worker writes under the own name: its id and the day an answer is due."""
    worker = session.get(Worker, actor.worker_id) if actor.worker_id else None
    if worker is None:
        raise NotFound
    path = session.get_one(Branch, worker.branch_id).path
    level = first_level(category, named=True, has_company=True, has_team=has_team(session, path))
    feedback_id, today = str(uuid.uuid4()), local_day(now, settings.timezone)
    due_on = answer_due_on(today, settings.feedback_days)
    session.add(
        Feedback(
            id=feedback_id,
            source=source,
            branch_id=worker.branch_id,
            company_id=worker.company_id,
            worker_id=worker.id,
            category=category,
            text=said,
            noted_by="",
            created_on=today,
            received_at=now,
            state=FeedbackState.NEW,
            level=level,
            owner_name="",
            due_on=due_on,
            version=1,
        )
    )
    session.flush()
    _keep_photo(session, feedback_id, photo)
    return feedback_id, due_on


def keep_anonymous(
    session: Session,
    key: str,
    category: Category,
    said: str,
    photo: Photo | None,
    *,
    reply_hash: str,
    company_code: str,
    settings: Settings,
    today: date,
) -> None:
    """Keep a note of nobody, once per key. It is given the day and no moment.

    A company so small that it would name the writer is left out: the park's managers read it.
    """
    company = find_company(session, company_code) if company_code else None
    if company is not None and count_people(session, company.id) < settings.small_cell:
        company = None
    branch = company or find_park(session)
    if branch is None:
        raise NotKept
    session.execute(
        upsert(session, Feedback)
        .values(
            id=key,
            source=Source.ANONYMOUS,
            branch_id=branch.id,
            company_id=company.id if company else None,
            category=category,
            text=said,
            noted_by="",
            created_on=today,
            reply_index=reply_index(reply_hash),
            state=FeedbackState.NEW,
            level=first_level(
                category, named=False, has_company=company is not None, has_team=False
            ),
            owner_name="",
            due_on=answer_due_on(today, settings.feedback_days),
            version=1,
        )
        .on_conflict_do_nothing()
    )
    if session.scalar(select(Feedback.id).where(Feedback.id == key)) is None:
        raise NotKept
    _keep_photo(session, key, photo)


def note_call(
    session: Session,
    branch_id: int,
    category: Category,
    said: str,
    *,
    caller: str,
    owner: tuple[str, str] | None,
    level: Level,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> str:
    """Somebody phoned: who wrote it down, what was said, and who sees to it."""
    feedback_id, today = str(uuid.uuid4()), local_day(now, settings.timezone)
    company_id = session.get_one(Branch, branch_id).company_id
    session.add(
        Feedback(
            id=feedback_id,
            source=Source.HOTLINE,
            branch_id=branch_id,
            company_id=company_id,
            category=category,
            text=said,
            caller=caller or None,
            noted_by=actor.name,
            created_on=today,
            received_at=now,
            state=FeedbackState.TAKEN_UP if owner else FeedbackState.NEW,
            level=level,
            owner_id=owner[0] if owner else None,
            owner_name=owner[1] if owner else "",
            due_on=answer_due_on(today, settings.feedback_days),
            looked_on=today,
            version=1,
        )
    )
    session.flush()
    record_act(
        session,
        "feedback.call_noted",
        actor=actor,
        now=now,
        subject_id=feedback_id,
        company_id=company_id,
    )
    return feedback_id


def stir_notes(session: Session) -> None:
    """Take from the rows what PostgreSQL notes of itself about when each was written.

    One transaction becomes the writer of them all, and they lie in the order of their random
    ids. SQLite notes nothing, and keeps them in that order anyway.
    """
    if session.connection().dialect.name != "postgresql":
        return
    # Whoever reads them just now is not made to wait for long; the next night is soon enough.
    session.execute(text("SET LOCAL lock_timeout = '5s'"))
    for table, key in (("feedback", "pk_feedback"), ("feedback_photo", "pk_feedback_photo")):
        column = "version" if table == "feedback" else "width"
        session.execute(text(f"UPDATE {table} SET {column} = {column}"))  # noqa: S608 - our names
        session.execute(text(f"CLUSTER {table} USING {key}"))


def _keep_photo(session: Session, feedback_id: str, photo: Photo | None) -> None:
    if photo is None:
        return
    session.execute(
        upsert(session, FeedbackPhoto)
        .values(
            feedback_id=feedback_id,
            width=photo.width,
            height=photo.height,
            content=photo.content,
        )
        .on_conflict_do_nothing()
    )

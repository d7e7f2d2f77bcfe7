"""What somebody writes back and is no answer to a check-in: a note under their name."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.checkins.rules.said import says_well
from app.delivery.actions.replying import Reply, reply_to
from app.delivery.rules.heard import HeardKind, MessageHeard
from app.delivery.rules.messages import fill
from app.feedback.actions.keeping import keep_note
from app.feedback.models import Feedback
from app.feedback.queries.notes import reply_words
from app.feedback.rules.notes import Category, Source
from app.feedback.rules.said import MOST_A_DAY, text_of
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.kernel.text import squeeze
from app.settings import Settings
from app.workforce.models import Worker


def keep_said(session: Session, heard: MessageHeard, *, now: datetime) -> None:
    """Keep what somebody wrote as their note, a few a day; the first one is answered."""
    said = text_of(heard.kind, heard.said)
    is_answer = heard.kind is HeardKind.TEXT and says_well(heard.said)
    if heard.kind is HeardKind.LINKED or is_answer or not said:
        return
    worker, account = (session.get(row, heard.person_id) for row in (Worker, Account))
    if not isinstance(worker, Worker) or not isinstance(account, Account) or not account.active:
        return
    settings: Settings = session.info["settings"]
    today = local_day(now, settings.timezone)
    if _kept_on(session, worker.id, today) >= MOST_A_DAY:
        _reply(session, heard, "full", account.locale, today, now)
        return
    keep_note(
        session,
        Category.OTHER,
        said,
        None,
        settings=settings,
        actor=Actor(worker.id, worker.name, worker_id=worker.id),
        now=now,
        source=Source.ZALO,
    )
    _reply(session, heard, "kept", account.locale, today, now)


def _kept_on(session: Session, worker_id: str, on: date) -> int:
    of_day = select(func.count()).select_from(Feedback).where(Feedback.worker_id == worker_id)
    of_day = of_day.where(Feedback.created_on == on, Feedback.source == Source.ZALO)
    return session.scalar(of_day) or 0


def _reply(
    session: Session, heard: MessageHeard, topic: str, locale: str, on: date, now: datetime
) -> None:
    words = reply_words()
    texts = {
        language: squeeze(fill(text, {"page": heard.page}))
        for language, text in words[topic].items()
    }
    reply = Reply(f"note_{topic}", on, texts, words["title"])
    reply_to(session, heard, reply, locale=locale, now=now)

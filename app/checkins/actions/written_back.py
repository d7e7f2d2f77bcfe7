"""A check-in by a word written back: the shift that is due next, recorded as one tap would."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.queries.consent import find_agreed
from app.checkins.actions.answers import record_check_in
from app.checkins.queries.answers import list_answered_shifts
from app.checkins.queries.replies import reply_texts, reply_titles
from app.checkins.rules import Level
from app.checkins.rules.requests import FURTHEST_AHEAD, CheckInRequest, Source
from app.checkins.rules.said import says_well
from app.checkins.rules.timeliness import LONGEST_AWAY
from app.delivery.actions.replying import Reply, reply_to
from app.delivery.rules.heard import HeardKind, MessageHeard
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.settings import Settings
from app.web.notice import NOTICE_VERSION
from app.workforce.models import Worker
from app.workforce.queries.schedules import facts_by_worker
from app.workforce.rules.shifts import DutyShift, ShiftCode, next_shift

NO_SIGNS: Mapping[str, Any] = {"symptoms": [], "temperature_c": None, "exposures": {}}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Told:
    """What became of a word: the topic of the answer, and the shift it is about."""

    topic: str
    on: date
    shift: str = ""


def hear_word(session: Session, heard: MessageHeard, *, now: datetime) -> None:
    """Who writes back that they are well has checked in; who links is told how."""
    is_linked = heard.kind is HeardKind.LINKED
    if not is_linked and not (heard.kind is HeardKind.TEXT and says_well(heard.said)):
        return
    worker = session.get(Worker, heard.person_id)
    account = session.get(Account, heard.person_id)
    if worker is None or account is None or not account.active:
        return
    settings: Settings = session.info["settings"]
    today = local_day(now, settings.timezone)
    told = _Told("linked", today) if is_linked else _record(session, worker, heard, settings, now)
    texts = reply_texts(
        told.topic, shift=told.shift, on=told.on if told.shift else None, page=heard.page
    )
    topic = f"{told.topic}:{told.shift}" if told.shift else told.topic
    reply = Reply(topic, told.on, texts, reply_titles())
    reply_to(session, heard, reply, locale=account.locale, now=now)


def _record(
    session: Session, worker: Worker, heard: MessageHeard, settings: Settings, now: datetime
) -> _Told:
    """Record "well" for the shift that is due; who has answered it stays as they answered.

    The moment is that of the provider's own clock, under the rules for any clock: one that cannot
    be is that of the receipt.
    """
    today = local_day(now, settings.timezone)
    if worker.id not in find_agreed(session, [worker.id], NOTICE_VERSION):
        return _Told("consent", today)
    at = heard.at if now - LONGEST_AWAY <= heard.at <= now else now
    since = local_day(at, settings.timezone) - ONE_DAY
    answered = {
        (on, ShiftCode(shift)) for on, shift in list_answered_shifts(session, worker.id, since)
    }
    due = _due(session, worker, at, answered, settings)
    if due is None:
        return _Told("no_shift", today)
    if (due.on, due.shift) in answered:
        return _Told("already", due.on, due.shift)
    request = CheckInRequest(
        worker.id,
        due.on,
        due.shift,
        dict(NO_SIGNS),
        at,
        0,
        source=Source.ZALO,
    )
    actor = Actor(worker.id, worker.name, worker_id=worker.id)
    done = record_check_in(session, request, settings=settings, actor=actor, now=now)
    return _Told("well" if done.level is Level.GREEN else "standing", due.on, due.shift)


def _due(
    session: Session,
    worker: Worker,
    at: datetime,
    answered: set[tuple[date, ShiftCode]],
    settings: Settings,
) -> DutyShift | None:
    """The shift that an answer given at a moment is for, if it may be answered yet."""
    day = local_day(at, settings.timezone)
    facts = facts_by_worker(
        session, worker.company_id, [worker.id], day - ONE_DAY, day + FURTHEST_AHEAD
    )[worker.id]
    return next_shift(at, facts, settings.timezone, answered, horizon_days=FURTHEST_AHEAD.days)

"""Notices by the clock: begin, write down, end, and cancel what is left of those that ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.extensions import db
from app.notices.actions.sending import (
    begin_due,
    expire_notice,
    finish_sent,
    plan_chunk,
    sweep_rest,
)
from app.notices.queries.records import (
    list_due_ids,
    list_ended_ids,
    list_sending_ids,
    list_unswept_ids,
)
from app.web.transaction import transact

SWEPT_AT_ONCE = 1000


@dataclass(slots=True)
class Round:
    """What one round did: notices, and people written down."""

    begun: int = 0
    planned: int = 0
    finished: int = 0
    expired: int = 0
    swept: int = 0


def run_due_notices() -> None:
    """The job."""
    run_notices(current_app.extensions["clock"].now)


def run_notices(at: Callable[[], datetime]) -> Round:
    """Do what is due by a clock; each step is a transaction of its own and may be run again."""
    done, settings = Round(), current_app.config["SETTINGS"]
    for notice_id in list_ended_ids(db.session(), at()):
        done.expired += transact(_expiring(notice_id, at()))
    for notice_id in list_due_ids(db.session(), at()):

        def begin(session: Session, notice_id: str = notice_id) -> bool:
            return begin_due(session, notice_id, settings=settings, now=at())

        done.begun += transact(begin)
    for notice_id in list_sending_ids(db.session()):
        done.planned += _write_down(notice_id, at)
        done.finished += transact(_finishing(notice_id, at()))
    for notice_id in list_unswept_ids(db.session()):
        _sweep(notice_id, at())
        done.swept += 1
    return done


def _expiring(notice_id: str, now: datetime) -> Callable[[Session], bool]:
    return lambda session: expire_notice(session, notice_id, now=now)


def _finishing(notice_id: str, now: datetime) -> Callable[[Session], bool]:
    return lambda session: finish_sent(session, notice_id, now=now)


def _write_down(notice_id: str, at: Callable[[], datetime]) -> int:
    """Every chunk of a notice that is left; other works come in between."""
    settings, people, done = current_app.config["SETTINGS"], 0, False
    while not done:

        def work(session: Session) -> tuple[bool, int]:
            chunk = plan_chunk(session, notice_id, settings=settings, now=at())
            return chunk.done, chunk.people

        done, written = transact(work)
        people += written
    return people


def _sweep(notice_id: str, now: datetime) -> None:
    def work(session: Session) -> bool:
        return sweep_rest(session, notice_id, limit=SWEPT_AT_ONCE, now=now)

    while not transact(work):
        pass

"""Notices by the clock: begin, write down, end, and cancel what is left of those that ended."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.extensions import db
from app.notices.actions.reporting import tell_figures
from app.notices.actions.sending import (
    begin_due,
    expire_notice,
    finish_sent,
    plan_chunk,
    sweep_rest,
)
from app.notices.queries.arrived import list_untold
from app.notices.queries.records import (
    list_due_ids,
    list_ended_ids,
    list_sending_ids,
    list_unswept_ids,
)
from app.web.transaction import transact

log = logging.getLogger(__name__)
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
    """Do what is due by a clock; each step is a transaction of its own and may be run again.

    One notice that fails is told in the log and holds up no other.
    """
    done, settings = Round(), current_app.config["SETTINGS"]

    def expire(notice_id: str) -> None:
        done.expired += transact(lambda session: expire_notice(session, notice_id, now=at()))

    def begin(notice_id: str) -> None:
        done.begun += transact(
            lambda session: begin_due(session, notice_id, settings=settings, now=at())
        )

    def send(notice_id: str) -> None:
        done.planned += _write_down(notice_id, at)
        done.finished += transact(lambda session: finish_sent(session, notice_id, now=at()))

    def sweep(notice_id: str) -> None:
        _sweep(notice_id, at())
        done.swept += 1

    _each(list_ended_ids(db.session(), at()), expire)
    _each(list_due_ids(db.session(), at()), begin)
    _each(list_sending_ids(db.session()), send)
    _each(list_unswept_ids(db.session()), sweep)
    return done


def tell_province() -> None:
    """The job: what the province does not know yet of its notices here."""
    tell_untold(current_app.extensions["clock"].now)


def tell_untold(at: Callable[[], datetime]) -> int:
    """Tell the figures that changed; how many notices were told of."""
    told, untold = 0, dict(list_untold(db.session(), at()))

    def tell(alert_id: str) -> None:
        nonlocal told
        figures = untold[alert_id]
        told += transact(lambda session: tell_figures(session, alert_id, figures, now=at()))

    _each(list(untold), tell)
    return told


def _each(notice_ids: Sequence[str], do: Callable[[str], None]) -> None:
    for notice_id in notice_ids:
        try:
            do(notice_id)
        except Exception:
            log.exception("notice %s is left for the next round", notice_id)


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

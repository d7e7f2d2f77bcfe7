"""Notices of the province by the clock: end, begin, write into logs, withdraw from logs."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.alerts.actions.going import (
    Written,
    begin_due,
    expire_alert,
    write_cancel_chunk,
    write_chunk,
)
from app.alerts.queries.records import (
    list_due_ids,
    list_ended_ids,
    list_going_ids,
    list_unwithdrawn_ids,
)
from app.extensions import db
from app.web.transaction import transact

log = logging.getLogger(__name__)
Chunk = Callable[..., Written]


@dataclass(slots=True)
class AlertRound:
    """What one round did: notices, and entries written into logs of parks."""

    begun: int = 0
    written: int = 0
    withdrawn: int = 0
    expired: int = 0


def run_due_alerts() -> None:
    """The job."""
    run_alerts(current_app.extensions["clock"].now)


def run_alerts(at: Callable[[], datetime]) -> AlertRound:
    """Do what is due by a clock; each step is a transaction of its own and may be run again."""
    done = AlertRound()

    def expire(alert_id: str) -> None:
        done.expired += transact(lambda session: expire_alert(session, alert_id, now=at()))

    def begin(alert_id: str) -> None:
        done.begun += transact(lambda session: begin_due(session, alert_id, now=at()))

    def write(alert_id: str) -> None:
        done.written += _in_chunks(write_chunk, alert_id, at)

    def withdraw(alert_id: str) -> None:
        done.withdrawn += _in_chunks(write_cancel_chunk, alert_id, at)

    _each(list_ended_ids(db.session(), at()), expire)
    _each(list_due_ids(db.session(), at()), begin)
    _each(list_going_ids(db.session()), write)
    _each(list_unwithdrawn_ids(db.session()), withdraw)
    return done


def _each(alert_ids: Sequence[str], do: Callable[[str], None]) -> None:
    for alert_id in alert_ids:
        try:
            do(alert_id)
        except Exception:
            log.exception("alert %s is left for the next round", alert_id)


def _in_chunks(chunk: Chunk, alert_id: str, at: Callable[[], datetime]) -> int:
    parks, done = 0, False
    while not done:

        def work(session: Session) -> Written:
            return chunk(session, alert_id, now=at())

        written = transact(work)
        parks, done = parks + written.parks, written.done
    return parks

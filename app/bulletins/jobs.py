"""What the clock does at a province: what was published goes into the logs of the parks."""

import logging
from datetime import datetime
from itertools import groupby

from flask import current_app
from sqlalchemy.orm import Session

from app.bulletins.actions.sending import send_down
from app.bulletins.queries.desk import Waiting, list_waiting
from app.extensions import db
from app.kernel.refusals import Refusal
from app.web.transaction import transact

log = logging.getLogger(__name__)
AT_ONCE = 5
MOST = 2000  # entries of one run; the rest in the next


def send_waiting() -> None:
    """Write what waits into logs, a few parks in a transaction; what is left goes next time.

    What cannot be written waits by itself, and holds nothing else up.
    """
    now = current_app.extensions["clock"].now()
    waiting = list_waiting(db.session(), now, limit=MOST)
    for thing, rows in groupby(waiting, key=lambda each: (each.thing_id, each.version)):
        try:
            _send(list(rows), now)
        except Refusal:
            log.exception("%s in version %s could not be written into the logs", *thing)


def _send(waiting: list[Waiting], now: datetime) -> None:
    for begin in range(0, len(waiting), AT_ONCE):

        def work(session: Session, some: list[Waiting] = waiting[begin : begin + AT_ONCE]) -> int:
            return send_down(session, some, now=now)

        transact(work)

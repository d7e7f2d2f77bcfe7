"""A round of sending: what came too late, what is unclear, the house, and what goes outside."""

import math
from collections.abc import Callable
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.delivery.actions.looking import look_after
from app.delivery.actions.putting_off import put_off_ordinary
from app.delivery.grants import make_ready
from app.delivery.jobs.asking import ask_unclear
from app.delivery.jobs.in_house import hand_over
from app.delivery.jobs.outside import send_outside
from app.delivery.jobs.sendings import CHUNK, Sendings
from app.delivery.jobs.tidying import tidy_up
from app.delivery.registry import Channels, leaving_the_house, roads_of
from app.web.transaction import transact

LOOKED_AT = 40
# How long one round sends: until the job comes round again, so that a server can end.
ROUND_SECONDS = 9.0


def send_due_deliveries() -> None:
    """The job: tidy up what came too late, then send what is due."""
    send_queued(current_app.extensions["clock"].now, seconds=ROUND_SECONDS)


def send_queued(
    at: Callable[[], datetime],
    *,
    channels: Channels | None = None,
    limit: int | None = None,
    seconds: float = math.inf,
) -> Sendings:
    """Send what is due by a clock over this node's channels, at most `limit` deliveries.

    After so many seconds nothing more is begun.
    """
    if channels is None:
        channels = current_app.extensions["channels"]
    done = Sendings(left=limit)
    tidy_up(at(), done)
    make_ready(channels, at)
    look_round(at(), channels)
    hand_over(at(), done)
    send_outside(leaving_the_house(channels), at, done, seconds)
    return done


def look_round(now: datetime, channels: Channels) -> None:
    """Ask what became of what is unclear, give up what is silent, take the next roads."""
    roads = roads_of(current_app.config["SETTINGS"])

    def put_off(session: Session) -> int:
        return put_off_ordinary(session, limit=CHUNK, channels=channels, roads=roads, now=now)

    def look(session: Session) -> int:
        return look_after(session, limit=LOOKED_AT, channels=channels, roads=roads, now=now)

    while transact(put_off) == CHUNK:
        pass
    ask_unclear(now, channels)
    while transact(look) == LOOKED_AT:
        pass

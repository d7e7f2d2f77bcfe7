"""Hearing what providers tell by themselves: each call has its effect once."""

import json
import logging
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.delivery.actions.reports import apply_reports, forget_old_events
from app.delivery.hearing import hear_zalo
from app.delivery.jobs.sendings import CHUNK
from app.delivery.queries.told import Told, list_told
from app.delivery.registry import Channels
from app.delivery.rules import Channel, Report
from app.extensions import db
from app.web.transaction import transact

log = logging.getLogger(__name__)
HEARD_AT_ONCE = 100


def hear_reports() -> None:
    """The job: let what providers told have its effect, and forget what they told long ago."""
    now, channels = current_app.extensions["clock"].now(), current_app.extensions["channels"]
    hear_told(now, channels)
    hear_zalo(channels, current_app.extensions["clock"].now)

    def forget(session: Session) -> int:
        return forget_old_events(session, limit=CHUNK, now=now)

    while transact(forget) == CHUNK:
        pass


def hear_told(now: datetime, channels: Channels) -> None:
    """Let what providers told have its effect, once each."""
    place = 0
    while told := list_told(db.session(), list(channels), after=place, limit=HEARD_AT_ONCE):
        place = told[-1].id
        heard = [(each, _read_call(channels[each.channel], each.raw)) for each in told]

        def work(session: Session, heard: list[tuple[Told, list[Report] | None]] = heard) -> None:
            for each, reports in heard:
                at = each.received_at
                apply_reports(session, each.channel, each.id, reports, received_at=at, now=now)

        transact(work)


def _read_call(channel: Channel, raw: str) -> list[Report] | None:
    """What a call says; None for one that cannot be read, whatever is wrong with it."""
    call = json.loads(raw)
    headers = {"Content-Type": call["content_type"]}
    try:
        return list(channel.parse(headers, call["body"].encode(), call["args"]))
    except Exception:
        log.warning("a call to %s cannot be read", channel.name, exc_info=True)
        return None

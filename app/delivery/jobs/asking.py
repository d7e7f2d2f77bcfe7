"""Asking providers what became of what they took, or gave no answer to."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from app.delivery.actions.reports import apply_report
from app.delivery.grants import make_ready
from app.delivery.queries.outside import find_sent_to_ask, find_unclear, list_stopped_outside
from app.delivery.registry import Channels, leaving_the_house
from app.delivery.rules import Channel, ChannelError, ChannelName, Report
from app.extensions import db
from app.web.transaction import transact

log = logging.getLogger(__name__)
ASKED_AT_ONCE = 5
# Of what a channel may be called in a minute, a tenth goes to questions.
ASKED_SHARE = 10
ASKING_SECONDS, ASKED_TOGETHER = 30.0, 20


def ask_sent() -> None:
    """The job, once a minute: ask what became of what a provider took and does not tell about."""
    now, channels = current_app.extensions["clock"].now(), current_app.extensions["channels"]
    make_ready(channels, current_app.extensions["clock"].now)
    outside = leaving_the_house(channels).values()
    # First for all: while a provider answers slowly a modem must not send what was stopped.
    for channel in outside:
        if hasattr(channel, "drop_late"):
            _drop_late(channel, now)
    ends = time.monotonic() + ASKING_SECONDS
    for channel in outside:
        if getattr(channel, "can_be_asked", False) and time.monotonic() < ends:
            most = max(1, channel.max_per_minute // ASKED_SHARE)
            sent = list(find_sent_to_ask(db.session(), channel.name, now, limit=most).items())
            while sent and time.monotonic() < ends:
                _ask(channel, dict(sent[:ASKED_TOGETHER]), now)
                del sent[:ASKED_TOGETHER]


def _drop_late(channel: Any, now: datetime) -> None:
    """What waits with a provider and holds no more, or was stopped, is taken back and given up."""
    stopped = list_stopped_outside(db.session(), channel.name, now)
    try:
        reports = list(channel.drop_late(stopped))
    except ChannelError as problem:
        log.warning("%s did not give back what is late: %s", channel.name, problem)
        return
    if reports:
        _hear(channel.name, {}, reports, now)


def ask_unclear(now: datetime, channels: Channels) -> None:
    """Ask the providers that can be asked what became of messages they gave no answer to."""
    for channel in leaving_the_house(channels).values():
        waiting = find_unclear(db.session(), channel.name, now, limit=ASKED_AT_ONCE)
        _ask(channel, waiting, now)


def _ask(channel: Channel, waiting: Mapping[str, str], now: datetime) -> None:
    if not waiting:
        return
    reports: list[Report] = []
    try:
        reports.extend(channel.poll(waiting))
    except Exception:
        log.warning("%s did not say what became of its messages", channel.name, exc_info=True)

    if reports:
        _hear(channel.name, waiting, reports, now)


def _hear(
    channel: ChannelName, waiting: Mapping[str, str], reports: Sequence[Report], now: datetime
) -> None:
    def work(session: Session) -> None:
        for report in reports:
            ours = waiting.get(report.external_id or "", report.delivery_id)
            apply_report(session, channel, replace(report, delivery_id=ours), now=now)

    transact(work)

"""Sending over all channels that leave the house at once; one thread keeps the books."""

import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from queue import Empty, SimpleQueue

from app.delivery.gateways import News, Outcome
from app.delivery.jobs.in_house import hand_over
from app.delivery.jobs.lines import Line
from app.delivery.jobs.sendings import Sendings
from app.delivery.registry import Channels
from app.delivery.rules import Channel, ChannelName

LOOK_SECONDS, IN_HOUSE_SECONDS = 0.25, 2.0


def send_outside(
    channels: Channels, at: Callable[[], datetime], done: Sendings, seconds: float
) -> None:
    """Send over every channel at once, until nothing is due or the round has lasted so long.

    This thread alone keeps the books: what the hands put down is written down in batches.
    """
    news: News = SimpleQueue()
    lines = {
        name: Line(channel, at, done, news, account=_account_of(channel, channels))
        for name, channel in channels.items()
    }
    ends = in_house_at = time.monotonic()
    ends += seconds
    try:
        while lines:
            going = [name for name, line in lines.items() if line.go_on(ends)]
            waits = any(line.crew.in_hand for line in lines.values())
            for name, outcomes in _gather(news, wait=LOOK_SECONDS if waits else 0).items():
                lines[name].settle(outcomes)
            if not going:
                return
            if time.monotonic() - in_house_at > IN_HOUSE_SECONDS:
                hand_over(at(), done)
                in_house_at = time.monotonic()
    finally:
        for line in lines.values():
            line.crew.end()


def _gather(news: News, *, wait: float) -> dict[ChannelName, list[Outcome]]:
    """Everything that was put down so far, by channel."""
    found: dict[ChannelName, list[Outcome]] = defaultdict(list)
    with suppress(Empty):
        told = news.get(timeout=wait) if wait else news.get_nowait()
        while True:
            if isinstance(told, BaseException):
                raise told
            for outcome in told:
                found[outcome.claimed.channel].append(outcome)
            told = news.get_nowait()
    return found


def _account_of(channel: Channel, channels: Channels) -> list[ChannelName]:
    """The channels whose calls count for one limit, as they share a pace: itself at least."""
    pace = getattr(channel, "pace", None)
    shared = [n for n, each in channels.items() if pace and getattr(each, "pace", None) is pace]
    return shared or [channel.name]

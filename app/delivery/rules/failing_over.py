"""Failing over: whether somebody is written to over one more road, and over which."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.delivery.rules.channels import ChannelName
from app.delivery.rules.retries import TRIES_BEFORE_NEXT, URGENT_PATIENCE
from app.delivery.rules.roads import BELL
from app.delivery.rules.statuses import ARRIVED, FAILED, NEVER_SENT, Lane, Status

# What holds a whole channel up, and not for a moment: urgent messages do not wait for it.
HELD_UP = frozenset({"QuotaUsedUp", "OutsideHours", "ConfigProblem", "AuthExpired"})


@dataclass(frozen=True, slots=True)
class Walked:
    """One road that a message took to somebody.

    `since`: when it was first tried, or due when it never was. `accepted`: somebody took it.
    `ends_there`: its channel never tells more than that. `is_open`: its channel sends now.
    """

    channel: ChannelName
    status: Status
    since: datetime
    tries: int = 0
    error: str = ""
    accepted: bool = False
    ends_there: bool = False
    is_open: bool = True


class Hope(StrEnum):
    """What may still be expected of a road."""

    REACHED = "reached"
    MAY_ARRIVE = "may_arrive"
    GIVEN_UP = "given_up"
    OVER = "over"


def hope_of(walked: Walked, lane: Lane, now: datetime) -> Hope:
    """What may still be expected of a road; an urgent message loses patience after 3 minutes.

    Given up for what is not urgent is only what certainly did not arrive: after an unclear
    answer, or silence after it was accepted, nobody writes a second time unasked.
    """
    if walked.status in ARRIVED:
        return Hope.REACHED
    if walked.status is Status.SENT and walked.ends_there:
        return Hope.REACHED
    if walked.status in NEVER_SENT:
        return Hope.OVER
    if lane is Lane.URGENT:
        return Hope.GIVEN_UP if _lost_patience(walked, now) else Hope.MAY_ARRIVE
    certain = walked.status is Status.PERMANENT_FAILURE or (
        walked.status is Status.TEMPORARY_FAILURE and not walked.accepted
    )
    return Hope.GIVEN_UP if certain else Hope.MAY_ARRIVE


def _lost_patience(walked: Walked, now: datetime) -> bool:
    if walked.status in FAILED or walked.status is Status.UNCLEAR:
        return True
    waited = now - walked.since >= URGENT_PATIENCE
    if walked.status is Status.QUEUED:
        if walked.error in HELD_UP or walked.tries >= TRIES_BEFORE_NEXT:
            return True
        # What was never tried is in line, unless its channel sends nothing at all.
        return waited and (walked.tries > 0 or not walked.is_open)
    return waited


def next_road(
    lane: Lane, walked: Sequence[Walked], outside: Sequence[ChannelName], now: datetime
) -> ChannelName | None:
    """The next road to somebody, given all that were walked and those open out of the house.

    None while one of them may still arrive, or did. What is urgent ends with the team lead: who
    can be reached no other way is told by a person. What is not ends in the inbox.
    """
    if lane is Lane.BULK or not walked:
        return None
    hopes = {hope_of(each, lane, now) for each in walked}
    if hopes & {Hope.REACHED, Hope.MAY_ARRIVE} or Hope.GIVEN_UP not in hopes:
        return None
    return following_road(lane, {each.channel for each in walked}, outside)


def following_road(
    lane: Lane, taken: Collection[ChannelName], outside: Sequence[ChannelName]
) -> ChannelName | None:
    """The road after those taken, should they lead nowhere; None when there is no further one.

    A bell is no road: it rings with the inbox or not at all.
    """
    for channel in outside:
        if channel not in taken and channel is not BELL:
            return channel
    last = ChannelName.PAPER if lane is Lane.URGENT else ChannelName.IN_APP
    return None if last in taken else last

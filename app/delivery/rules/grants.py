"""Grants of providers: when a token is renewed, and what keeps a renewal from being begun."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.refusals import Refusal

ZALO = "zalo"
# A renewal that nobody finished in this time was cut off.
RENEWAL_TAKES = timedelta(seconds=45)
AGAIN_AFTER = timedelta(minutes=1)
LONGEST_TOKEN = 4000


class NoToken(Refusal):
    """What was pasted is no token."""

    code = "delivery.no_token"


def may_be_token(text: str) -> bool:
    """Whether a text can stand in a header as it is; an empty one stands for none."""
    return len(text) <= LONGEST_TOKEN and all("!" <= sign <= "~" for sign in text)


class Renewal(StrEnum):
    """What somebody who wants a newer token does."""

    BEGIN = "begin"
    TAKE = "take"
    WAIT = "wait"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as it stands; `version` counts its renewals."""

    version: int
    has_refresh_token: bool
    access_expires_at: datetime | None = None
    renewing_until: datetime | None = None
    next_renewal_at: datetime | None = None
    problem: str = ""


def what_to_do(grant: Grant, used: int, now: datetime) -> Renewal:
    """Whether to renew, to take what somebody else has renewed meanwhile, to wait, or to give up.

    `used`: the version that was refused or is nearly over. A refresh token is good for one trade,
    so there is never a second one under way.
    """
    if grant.version > used:
        return Renewal.TAKE
    if grant.problem or not grant.has_refresh_token:
        return Renewal.LOST
    if grant.renewing_until is not None and grant.renewing_until > now:
        return Renewal.WAIT
    if grant.next_renewal_at is not None and grant.next_renewal_at > now:
        return Renewal.WAIT
    return Renewal.BEGIN


def is_due(grant: Grant, now: datetime, *, before: timedelta) -> bool:
    """Whether the access token ends so soon that it is renewed before it does."""
    return grant.access_expires_at is not None and grant.access_expires_at - now <= before

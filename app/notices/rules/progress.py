"""How far a notice came, counted in people: every figure is part of the audience."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.delivery.rules import FAILED, Status


class Reached(StrEnum):
    """How far a notice came to one person, best road first."""

    READ = "read"
    DELIVERED = "delivered"
    SENT = "sent"
    WAITING = "waiting"
    FAILED = "failed"
    STOPPED = "stopped"


_OF = {
    Status.READ: Reached.READ,
    Status.DELIVERED: Reached.DELIVERED,
    Status.SENT: Reached.SENT,
    Status.CANCELLED: Reached.STOPPED,
}
# What counts of a person's roads, the first one found. A letter in an inbox that no phone has
# opened says less than a road that is still tried or has failed.
IN_INBOX = "in_inbox"
ORDER = (
    Reached.READ,
    Reached.DELIVERED,
    Reached.SENT,
    Reached.WAITING,
    Reached.FAILED,
    IN_INBOX,
    Reached.STOPPED,
)


def reached_by(status: Status) -> Reached:
    """What a delivery's status is to the person."""
    if status in FAILED or status in {Status.EXPIRED, Status.SKIPPED}:
        return Reached.FAILED
    return _OF.get(status, Reached.WAITING)


def place_of(status: Status, *, in_inbox: bool, ended: bool) -> str:
    """The place in the order of one road; what waits or lies unopened when all has ended is none.

    `in_inbox` is the road that ends in the program's own inbox.
    """
    unopened = in_inbox and status in {Status.SENT, Status.TEMPORARY_FAILURE}
    waits = status in {Status.CREATED, Status.QUEUED}
    if ended and (unopened or waits):
        return Reached.STOPPED
    if unopened:
        return IN_INBOX
    return reached_by(status)


def at_place(place: int) -> Reached:
    """What a place in the order is to the person."""
    found = ORDER[place]
    return Reached.SENT if found == IN_INBOX else Reached(found)


@dataclass(frozen=True, slots=True)
class Progress:
    """People of a notice by how far it came; they add up to `audience`."""

    audience: int
    read: int = 0
    delivered: int = 0
    sent: int = 0
    waiting: int = 0
    failed: int = 0
    stopped: int = 0

    @property
    def left(self) -> int:
        """To how many it has gone out, over any road."""
        return self.read + self.delivered + self.sent

    @property
    def reached(self) -> int:
        """Who has it for certain: a phone fetched it, or it was read."""
        return self.read + self.delivered


def progress_of(audience: int, counts: dict[Reached, int], *, ended: bool) -> Progress:
    """The figures of a notice; who is not written down waits, or gets none once it has ended."""
    written = sum(counts.values())
    rest = max(0, audience - written)
    place = Reached.STOPPED if ended else Reached.WAITING
    full = {each: counts.get(each, 0) for each in Reached}
    full[place] += rest
    return Progress(max(audience, written), **{str(each): count for each, count in full.items()})


def seconds_left(sends_at: datetime, now: datetime) -> int:
    """How many whole seconds a countdown still runs; 0 when it is over."""
    span = (sends_at - now).total_seconds()
    return max(0, int(span) + (span > int(span)))

"""What whoever keeps a node is told of unasked: once each, together, and when it is over."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

AGAIN = timedelta(hours=24)
# What comes and goes is not told each time.
REST_OF_ONE = timedelta(hours=1)
MOST_AN_HOUR = 6


class TroubleKind(StrEnum):
    """The events that an alert is sent for."""

    CHANNEL_PAUSED = "channel_paused"
    CHANNEL_ILL = "channel_ill"
    BALANCE_LOW = "balance_low"
    BACKUP_FAILED = "backup_failed"
    COPY_FAILED = "copy_failed"
    DISK_LOW = "disk_low"
    SYNC_SILENT = "sync_silent"
    NODE = "node"


# What the page of the node says that nobody should have to open to hear.
TOLD_OF_NODE = frozenset(
    {
        "database.damaged",
        "node.keys_changed",
        "node.log_damaged",
        "node.clock_behind",
        "node.clock_behind_phones",
        "node.clock_ahead_of_phones",
        "node.clock_unlike_province",
        "node.certificate_ended",
        "node.certificate_ending_local",
        "node.certificate_ending_public",
    }
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong now; `subject` tells it from others of its kind."""

    kind: TroubleKind
    subject: str = ""
    told: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)

    @property
    def key(self) -> str:
        """The same trouble has the same key as long as it lasts."""
        return f"{self.kind}:{self.subject}"[:80]


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept of a trouble: when it was last told, and when it was over."""

    told_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What one alert says: what is wrong, and the keys of what is no more."""

    wrong: tuple[Trouble, ...] = ()
    over: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.wrong or self.over)


def find_news(
    found: Collection[Trouble], held: Mapping[str, Held], sent_last_hour: int, now: datetime
) -> News:
    """What to tell now; everything at once, a few alerts an hour, one trouble once a day."""
    if sent_last_hour >= MOST_AN_HOUR:
        return News()
    keys = {each.key for each in found}
    wrong = tuple(each for each in found if _is_news(held.get(each.key), now))
    over = tuple(
        key for key, known in sorted(held.items()) if known.ended_at is None and key not in keys
    )
    return News(wrong, over)


def _is_news(known: Held | None, now: datetime) -> bool:
    if known is None:
        return True
    rest = AGAIN if known.ended_at is None else REST_OF_ONE
    return now - known.told_at >= rest

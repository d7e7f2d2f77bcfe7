"""The worker's own inbox in this program: a message is sent by being there to fetch."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.delivery.rules import (
    Accepted,
    BadRecipient,
    ChannelName,
    Health,
    Outbound,
    OutsideHours,
    Report,
)


class InApp:
    """Fetching the inbox is the receipt; nothing leaves the house, so nothing can be unclear."""

    name = ChannelName.IN_APP
    needs_internet = False
    has_receipts = True
    max_per_minute = 1_000_000
    silence_after = timedelta(days=1)

    def health(self) -> Health:
        """It can send whenever the database can."""
        return Health(ok=True)

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> BadRecipient | OutsideHours | None:
        """Everybody has an inbox, whether or not they ever open it."""
        return None

    def send(self, out: Outbound) -> Accepted:
        """The text is there already."""
        return Accepted()

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """No provider calls."""
        return ()

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """No provider to ask."""
        return ()

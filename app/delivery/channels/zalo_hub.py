"""Zalo by way of the province: messages of a park without an account of its own go up the log."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.delivery.channels.ready import no_phone
from app.delivery.channels.zalo_group import HubRoad
from app.delivery.rules import (
    Accepted,
    BadRecipient,
    ChannelName,
    ConfigProblem,
    Health,
    Outbound,
    OutsideHours,
    Permanent,
    Report,
)
from app.delivery.rules.zalo import BY_PROVINCE, CUSTOMER_SERVICE_WINDOW, may_be_written_to


class ZaloHub:
    """One door of the province's account; nothing is called from here."""

    needs_internet = True
    has_receipts = True
    max_per_minute = 4000
    silence_after = timedelta(hours=24)

    def __init__(self, name: ChannelName, road: HubRoad) -> None:
        self.name = name
        self.road = road

    def health(self) -> Health:
        """Whether the province can send, only the province knows."""
        return Health(ok=True)

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> Permanent | OutsideHours | None:
        """What is known here to come to nothing is not sent on its way."""
        if out.test_mode:
            return Permanent(BY_PROVINCE)
        if self.name is ChannelName.ZALO_TPL_PHONE:
            return no_phone(out.address)
        if not out.address.isdecimal():
            return BadRecipient("no_address")
        if self.name is ChannelName.ZALO_TPL_UID:
            return None
        known = may_be_written_to(out.last_inbound_at, now, within=self.road.window)
        return None if known else Permanent(CUSTOMER_SERVICE_WINDOW)

    def send(self, out: Outbound) -> Accepted:
        """Nothing leaves here by itself."""
        raise ConfigProblem(BY_PROVINCE)

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """Zalo calls the province."""
        return ()

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """The province tells of its own accord."""
        return ()

"""Alerts to whoever keeps the node, by Apprise: one list of addresses, no person of the park."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.delivery.channels.given import Given, refuse_unknown
from app.delivery.rules import (
    Accepted,
    BadRecipient,
    ChannelName,
    ConfigProblem,
    Health,
    Lane,
    Outbound,
    OutsideHours,
    Report,
    Temporary,
)

PREFIX = "ANCA_ALERT_"
KNOWN = frozenset({"URLS", "SYNC_HOURS"})
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """Where alerts go (each address is a secret), and how long silence of the province may last."""

    urls: tuple[str, ...] = field(repr=False)
    sync_silence: timedelta = timedelta(hours=24)
    lanes: tuple[Lane, ...] = ()


def read_alerts(values: Mapping[str, str]) -> AlertGroup | None:
    """The group of settings of alerts; None when none of it is given."""
    given = Given(PREFIX, values)
    if not given:
        return None
    refuse_unknown(given, KNOWN)
    urls = tuple(given.needed("URLS", "alerts need at least one address of Apprise").split())
    if any("://" not in url for url in urls):
        raise given.unsafe("URLS", "each address begins like mailtos:// or json://")
    hours = given.whole("SYNC_HOURS", 24, most=24 * 30)
    return AlertGroup(urls, timedelta(hours=hours))


class StaffAlert:
    """One alert to every address of the list; no road to workers."""

    name = ChannelName.STAFF_ALERT
    needs_internet = True
    has_receipts = False
    takes_address = False
    max_per_minute = 6
    silence_after = timedelta(hours=1)

    def __init__(self, group: AlertGroup, now: Callable[[], datetime]) -> None:
        self.group = group
        self.now = now

    def health(self) -> Health:
        """Whether Apprise understands every address."""
        try:
            for number in range(len(self.group.urls)):
                self._box(number)
        except ConfigProblem as problem:
            return Health(ok=False, why=f"{problem.code} {problem.detail}".strip())
        return Health(ok=True)

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> BadRecipient | OutsideHours | None:
        """The addresses stand in the settings."""
        return None

    def send(self, out: Outbound) -> Accepted:
        """Tell every address; taken when one of them took it."""
        boxes = [self._box(number) for number in range(len(self.group.urls))]
        took = [bool(box.notify(title=out.title, body=out.text)) for box in boxes]
        if not any(took):
            raise Temporary("not_taken")
        for number, taken in enumerate(took, 1):
            if not taken:
                log.warning("address %s of ANCA_ALERT_URLS took no alert", number)
        return Accepted((f"{sum(took)}/{len(took)}",), final=True)

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """Nobody calls."""
        return ()

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """Nobody can be asked."""
        return ()

    def _box(self, number: int) -> Any:
        """Apprise with one address; it is new each time, for it is made for one thread alone."""
        try:
            import apprise
        except ImportError:
            raise ConfigProblem("no_library") from None
        box = apprise.Apprise()
        if not box.add(self.group.urls[number]):
            # The address itself is a secret: only its place is told.
            raise ConfigProblem("url", f"{number + 1}")
        return box

"""Roads: the channels to a person, in which order, and when each may begin."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Self
from zoneinfo import ZoneInfo

from app.delivery.rules.channels import ChannelName
from app.delivery.rules.statuses import Lane


class AddressKind(StrEnum):
    """What an address is; all channels of one kind share it."""

    PHONE = "phone"
    EMAIL = "email"
    PUSH = "push"
    ZALO = "zalo"


KIND_OF: Mapping[ChannelName, AddressKind] = MappingProxyType(
    {
        ChannelName.SMS_HTTP: AddressKind.PHONE,
        ChannelName.SMS_ESMS: AddressKind.PHONE,
        ChannelName.SMS_SPEEDSMS: AddressKind.PHONE,
        ChannelName.SMS_SMPP: AddressKind.PHONE,
        ChannelName.SMS_GSM: AddressKind.PHONE,
        ChannelName.ZALO_CS: AddressKind.ZALO,
        ChannelName.ZALO_TPL_UID: AddressKind.ZALO,
        ChannelName.ZALO_TPL_PHONE: AddressKind.PHONE,
        ChannelName.EMAIL: AddressKind.EMAIL,
        ChannelName.WEB_PUSH: AddressKind.PUSH,
    }
)
# It says only that something is in the inbox.
BELL = ChannelName.WEB_PUSH
_HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)")
# What makes no sound in the night.
SILENT = frozenset({ChannelName.IN_APP, ChannelName.EMAIL, ChannelName.PAPER})
# So many people at once are not all written to in one moment, but spread over these minutes.
MANY = 50
SPREAD, SPREAD_AFTER_BAN = timedelta(minutes=5), timedelta(minutes=10)


class AddressState(StrEnum):
    """What is known of an address: whether anything arrives, or its owner wants nothing."""

    UNKNOWN = "unknown"
    OK = "ok"
    INVALID = "invalid"
    OPTED_OUT = "opted_out"


USABLE = frozenset({AddressState.UNKNOWN, AddressState.OK})


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when to when, by the local clock, nothing rings that is not urgent."""

    starts: time = time(21)
    ends: time = time(4, 30)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The hours that a text like 21:00-04:30 names; None for `off`, ValueError for others."""
        if text.strip() == "off":
            return None
        found = _HOURS.fullmatch(text.replace(" ", ""))
        if found is None or found[1] == found[2]:
            raise ValueError(f"not from one hour to another: {text}")
        return cls(time.fromisoformat(found[1]), time.fromisoformat(found[2]))

    def holds(self, at: time) -> bool:
        """Whether a time of day lies in these hours, which may go over midnight."""
        if self.starts <= self.ends:
            return self.starts <= at < self.ends
        return at >= self.starts or at < self.ends


@dataclass(frozen=True, slots=True)
class Roads:
    """Which channels that leave the house are switched on for which lane, in order.

    `quiet`: hours in which what is not urgent waits, by the clock of `zone`; None for none.
    """

    outside: Mapping[Lane, tuple[ChannelName, ...]] = field(default_factory=dict)
    quiet: QuietHours | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Ho_Chi_Minh"))

    def of(self, lane: Lane) -> tuple[ChannelName, ...]:
        """The channels that leave the house for this lane, the first one first."""
        return tuple(self.outside.get(lane, ()))

    def quiet_until(self, at: datetime) -> datetime | None:
        """When the quiet hours end that a moment lies in; None outside of them."""
        local = at.astimezone(self.zone)
        if self.quiet is None or not self.quiet.holds(local.time()):
            return None
        day = local.date() + timedelta(days=local.time() >= self.quiet.ends)
        return datetime.combine(day, self.quiet.ends, tzinfo=self.zone).astimezone(at.tzinfo)


def rings(channel: ChannelName, lane: Lane) -> bool:
    """Whether quiet hours keep a channel back: what is urgent always goes."""
    return lane is not Lane.URGENT and channel not in SILENT


def open_roads(lane: Lane, roads: Roads, kinds: Collection[AddressKind]) -> tuple[ChannelName, ...]:
    """The roads out of the house to somebody who has usable addresses of these kinds."""
    return tuple(name for name in roads.of(lane) if KIND_OF.get(name) in kinds)


def first_roads(
    lane: Lane, outside: Sequence[ChannelName], *, has_device: bool
) -> tuple[ChannelName, ...]:
    """The roads a message to somebody starts on, given those that are open out of the house.

    Urgent: the inbox, and at once the first road outside for who carries no device. Otherwise one
    road: the inbox for who carries a device or has no other road. Whose phone rings for the inbox,
    it rings at once: that is a bell, and no road of its own.
    """
    bell = (BELL,) if BELL in outside else ()
    others = [road for road in outside if road is not BELL]
    if lane is Lane.URGENT:
        return (ChannelName.IN_APP, *bell, *([] if has_device else others[:1]))
    return (ChannelName.IN_APP, *bell) if has_device or not others else (others[0],)


def begins_at(
    channel: ChannelName,
    lane: Lane,
    roads: Roads,
    key: str,
    *,
    not_before: datetime,
    expires_at: datetime,
    many: bool = False,
) -> datetime | None:
    """When a delivery may begin on a channel, never before asked; None when that is too late.

    What rings waits for the end of the quiet hours. Many at once, and all that waited for a ban
    to end, are spread by their `key` so that no minute's limit is met at once.
    """
    if not rings(channel, lane):
        return not_before
    free_at = roads.quiet_until(not_before)
    if free_at is None:
        if not many:
            return not_before
        room = (expires_at - not_before) / 4
        return not_before + spread(key, min(SPREAD, max(room, timedelta())))
    at = free_at + spread(key, SPREAD_AFTER_BAN)
    return at if at < expires_at else None


def spread(key: str, over: timedelta) -> timedelta:
    """A share of a span that depends on the key alone, evenly over all keys."""
    part = int.from_bytes(sha256(key.encode()).digest()[:6])
    return over * (part / 2**48)

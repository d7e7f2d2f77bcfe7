"""Roads: the channels to a person, in which order, and when the next one is taken."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.delivery.rules.channels import ChannelName
from app.delivery.rules.statuses import Lane


class AddressKind(StrEnum):
    """What an address is; all channels of one kind share it."""

    PHONE = "phone"
    EMAIL = "email"


KIND_OF: Mapping[ChannelName, AddressKind] = MappingProxyType(
    {
        ChannelName.SMS_HTTP: AddressKind.PHONE,
        ChannelName.SMS_ESMS: AddressKind.PHONE,
        ChannelName.SMS_SPEEDSMS: AddressKind.PHONE,
        ChannelName.SMS_SMPP: AddressKind.PHONE,
        ChannelName.SMS_GSM: AddressKind.PHONE,
        ChannelName.ZALO_TPL_PHONE: AddressKind.PHONE,
        ChannelName.EMAIL: AddressKind.EMAIL,
    }
)
# What makes no sound in the night.
SILENT = frozenset({ChannelName.IN_APP, ChannelName.EMAIL, ChannelName.PAPER})


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


def open_roads(lane: Lane, roads: Roads, kinds: Collection[AddressKind]) -> tuple[ChannelName, ...]:
    """The roads out of the house to somebody who has usable addresses of these kinds."""
    return tuple(name for name in roads.of(lane) if KIND_OF.get(name) in kinds)


def first_roads(
    lane: Lane, outside: Sequence[ChannelName], *, has_device: bool
) -> tuple[ChannelName, ...]:
    """The roads a message to somebody starts on, given those that are open out of the house.

    Urgent: the inbox, and at once the first road outside for who carries no device. Otherwise one
    road: the inbox for who carries a device or has no other road.
    """
    if lane is Lane.URGENT:
        return (ChannelName.IN_APP, *([] if has_device else outside[:1]))
    return (ChannelName.IN_APP,) if has_device or not outside else (outside[0],)

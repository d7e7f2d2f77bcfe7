"""The one table of channels; nothing else names a channel's file."""

from collections.abc import Mapping
from types import MappingProxyType

from app.delivery.channels.in_app import InApp
from app.delivery.rules import Channel, ChannelName
from app.delivery.rules.roads import Roads
from app.settings import Settings

Channels = Mapping[ChannelName, Channel]
CHANNELS: Channels = MappingProxyType({ChannelName.IN_APP: InApp()})
# Handed over by the write that says so: no call that could fail, no lease that could run out.
IN_HOUSE = frozenset({ChannelName.IN_APP, ChannelName.PAPER})


def leaving_the_house(channels: Channels) -> Channels:
    """The channels whose messages go through somebody else's hands."""
    return {name: channel for name, channel in channels.items() if name not in IN_HOUSE}


def roads_of(settings: Settings) -> Roads:
    """The channels that leave the house, by lane and in order, as this node is set up."""
    return Roads(zone=settings.timezone)

"""Events: what happened, published upwards; `app.reactions` says what follows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


class Event:
    """Something that happened; subclasses are frozen dataclasses in a feature's rules."""

    __slots__ = ()


class CarriesReactions(Protocol):
    """A database session whose `info` holds the table of reactions."""

    @property
    def info(self) -> dict[Any, Any]:
        """Free values that travel with the session."""


Reaction = Callable[..., None]
Reactions = Mapping[type[Event], Sequence[Reaction]]


def publish(session: CarriesReactions, event: Event, *, now: datetime) -> None:
    """Do at once, in the same transaction, all that follows from an event."""
    reactions: Reactions = session.info.get("reactions", {})
    for reaction in reactions.get(type(event), ()):
        reaction(session, event, now=now)

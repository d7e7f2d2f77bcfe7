"""What every parser of a command is told, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.kernel.actors import Actor
from app.outbox.actions import Deed, JoinedDeed
from app.outbox.rules import CommandEnvelope
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who hands in a command, when, and on which node."""

    settings: Settings
    now: datetime
    actor: Actor


Parser = Callable[[CommandEnvelope, Circumstances], Deed | JoinedDeed]

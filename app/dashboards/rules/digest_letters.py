"""The digest by e-mail: how often it is tried, and what becomes of a letter."""

import re
from datetime import timedelta
from enum import StrEnum

from app.delivery.rules import ChannelError, ConfigProblem, Temporary, Unclear
from app.kernel.refusals import Refusal
from app.kernel.text import squeeze

MOST_TRIES = 5
TRIED_AGAIN_AFTER = timedelta(minutes=30)
LONGEST_ADDRESS = 200
_ADDRESS = re.compile(r"[^@\s<>(),;:\"\[\]]{1,64}@[^@\s<>(),;:\"\[\]]{1,130}\.[^@\s.]{2,}")


class LetterState(StrEnum):
    """How far a letter came."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCLEAR = "unclear"


class NotAnAddress(Refusal):
    """What was typed is no e-mail address."""

    code = "digests.not_an_address"


def read_address(text: str) -> str | None:
    """The e-mail address that was typed; None for none."""
    address = squeeze(text)
    if not address:
        return None
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise NotAnAddress
    return address


def after_failure(error: ChannelError, tries: int) -> LetterState:
    """Whether a letter is tried again: after a passing fault, never when it may have left."""
    if isinstance(error, Unclear):
        return LetterState.UNCLEAR
    passing = isinstance(error, (Temporary, ConfigProblem))
    return LetterState.WAITING if passing and tries < MOST_TRIES else LetterState.FAILED

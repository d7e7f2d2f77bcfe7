"""Why a channel rests, in one word and the code that a provider gave; how often it is tried out."""

from dataclasses import dataclass

from app.delivery.rules.retries import ChannelStep
from app.kernel.refusals import Refusal

# Not one of the steps that failures ask for: only a person ends it.
BY_PERSON = "by_person"
MOST_TRIES_AN_HOUR = 10


class TooManyTries(Refusal):
    """So many test messages were sent within an hour already."""

    code = "delivery.too_many_tries"
    status = 429


@dataclass(frozen=True, slots=True)
class Rest:
    """Why a channel rests: a step or a person, and the provider's code if it gave one."""

    why: str
    code: str = ""


def read_reason(reason: str) -> Rest:
    """A reason as it is kept, taken apart; what is not known is taken for a fault of the set-up."""
    why, _, code = reason.partition(" ")
    known = why == BY_PERSON or why in set(ChannelStep)
    return Rest(why, code) if known else Rest(ChannelStep.PAUSE, reason)

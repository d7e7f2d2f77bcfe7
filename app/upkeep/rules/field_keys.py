"""Refusals of renewing the keys of encrypted fields, and what a renewal tells."""

from dataclasses import dataclass

from app.kernel.refusals import Refusal


class KeysBeingRenewed(Refusal):
    """Another renewal of the keys is at work."""

    code = "keys.being_renewed"
    status = 409


class RingFull(Refusal):
    """The next number still names a key in use: the renewal before has not come to its end."""

    code = "keys.ring_full"
    status = 409


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a renewal did: the key in use, values closed anew, keys destroyed, values left."""

    key: int
    begun_before: bool
    closed_anew: int
    destroyed: tuple[int, ...]
    left: int

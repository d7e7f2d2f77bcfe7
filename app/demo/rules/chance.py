"""Chance that can be had again: draws and ids out of the seed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


def stream(seed: int, *purpose: object) -> Random:
    """Draws that depend on the seed and on what they are for, and on no other draws."""
    name = "/".join(str(part) for part in (seed, *purpose))
    return Random(name)  # noqa: S311 - a believable park, not a secret


def demo_id(chance: Random, at: datetime, place: int = 0) -> str:
    """A UUIDv7 of a moment plus `place` milliseconds, its random part drawn from the seed."""
    milliseconds = int(at.timestamp() * 1000) + place
    return id_at(chance, milliseconds)


def id_at(chance: Random, milliseconds: int) -> str:
    """A UUIDv7 of a moment in milliseconds since 1970, its random part drawn from the seed."""
    noise = chance.getrandbits(74)
    value = milliseconds << 80 | 7 << 76 | (noise >> 62) << 64 | 2 << 62 | noise & ((1 << 62) - 1)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Weighted(Generic[Thing]):
    """Things drawn as often as their weights say."""

    __slots__ = ("things", "weights")

    def __init__(self, weights: Mapping[Thing, float]) -> None:
        self.things: Sequence[Thing] = tuple(weights)
        self.weights: Sequence[float] = tuple(accumulate(weights.values()))

    def draw(self, chance: Random) -> Thing:
        """One of the things."""
        return chance.choices(self.things, cum_weights=self.weights)[0]


def weighted(weights: Mapping[Thing, float]) -> Weighted[Thing]:
    """Things to be drawn as often as their weights say."""
    return Weighted(weights)

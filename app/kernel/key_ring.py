"""The keys that encrypted fields were ever closed with: the newest closes, any of them opens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

# A closed value carries its key's number in one byte.
LARGEST_NUMBER = 255


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by number, and the number of the newest."""

    newest: int
    keys: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.newest not in self.keys or not all(0 < n <= LARGEST_NUMBER for n in self.keys):
            raise ValueError("a key ring needs its newest key, and numbers from 1 to 255")

    @property
    def older(self) -> tuple[int, ...]:
        """Numbers of the keys that only open."""
        return tuple(sorted(set(self.keys) - {self.newest}))

    @property
    def is_full(self) -> bool:
        """Whether the next number still names a key that values may be closed with."""
        return self._next() in self.keys

    def with_new(self, key: bytes) -> Self:
        """The ring with one key more, which closes from now on."""
        if self.is_full:
            raise ValueError("every number is taken")
        return type(self)(self._next(), {**self.keys, self._next(): key})

    def newest_only(self) -> Self:
        """The ring without the keys that only open."""
        return type(self)(self.newest, {self.newest: self.keys[self.newest]})

    def fits(self, other: Self) -> bool:
        """Whether no number stands for two different keys in the two rings."""
        return all(self.keys[each] == other.keys[each] for each in set(self.keys) & set(other.keys))

    def joined(self, other: Self) -> Self:
        """The keys of both; ours closes."""
        if not self.fits(other):
            raise ValueError("one number, two keys")
        return type(self)(self.newest, {**other.keys, **self.keys})

    def _next(self) -> int:
        return self.newest % LARGEST_NUMBER + 1

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """The ring out of a file of keys; one from before there were rings holds key 1."""
        newest = int(values.get("field_key_number", 1))
        older = {
            int(n): bytes.fromhex(key) for n, key in values.get("older_field_keys", {}).items()
        }
        return cls(newest, {**older, newest: bytes.fromhex(values["field_key"])})

    def as_values(self) -> dict[str, Any]:
        """The ring as the file of keys holds it."""
        return {
            "field_key": self.keys[self.newest].hex(),
            "field_key_number": self.newest,
            "older_field_keys": {str(each): self.keys[each].hex() for each in self.older},
        }


def joined_values(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any] | None:
    """Our file of keys with the field keys of theirs beside; None unless it is of the same node."""
    names = ("session_key", "pepper", "index_key")
    if any(ours.get(name) != theirs.get(name) for name in names):
        return None
    own, other = KeyRing.read(ours), KeyRing.read(theirs)
    return {**ours, **own.joined(other).as_values()} if own.fits(other) else None

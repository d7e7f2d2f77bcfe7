"""Which keys count in one log: the one in use, those before it up to a number, those to come."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from app.sync.gateways.reading import read_entry
from app.sync.gateways.signing import Verifier, kid_of, read_box_key, read_sign_key, verifier_of
from app.sync.rules import KEYS, BadKey, BadSignature, Entry, MalformedEntry, RevokedKey, UnknownKey

Jwk = dict[str, Any]
Opened = tuple[list[tuple[Entry, str]], BadSignature | RevokedKey | MalformedEntry | None]


@dataclass(slots=True)
class Keyring:
    """The keys of one node; each counts up to a number, the one in use without end."""

    node: str
    for_node: str | None = None
    reached: int = 0
    _verifiers: dict[str, Verifier] = field(default_factory=dict)
    _until: dict[str, int] = field(default_factory=dict)

    def add(self, key: Mapping[str, Any], until: int | None = None) -> None:
        """A key that counts, perhaps only up to a number."""
        verifier = verifier_of(key)
        self._verifiers[verifier.kid] = verifier
        if until is not None:
            self._until[verifier.kid] = until

    def open(self, compact: str, text: bytes | None = None) -> Entry:
        """What this node wrote and signed; an entry that tells new keys makes them count.

        With `text` the entry was put together from that payload.
        """
        kid = kid_of(compact)
        verifier = self._verifiers.get(kid)
        if verifier is None:
            raise UnknownKey
        signed = verifier.text(compact, text)
        try:
            entry = read_entry(signed, for_node=self.for_node)
        except (ValueError, RecursionError):
            raise BadSignature from None
        if entry.node != self.node:
            raise BadSignature
        if entry.seq > self._until.get(kid, entry.seq):
            raise RevokedKey(seq=entry.seq)
        if entry.kind == KEYS:
            self.add(read_keys(entry.body)[0])
            self._until[kid] = entry.seq
        self.reached = max(self.reached, entry.seq)
        return entry

    def may_be_told_later(self, seq: int) -> bool:
        """Whether entries that have not come may tell the unknown key that signed this one."""
        return seq > self.reached + 1


def read_keys(body: Mapping[str, Any]) -> tuple[Jwk, Jwk]:
    """The keys to sign with and to box for that a node tells of itself."""
    try:
        return read_sign_key(body.get("sign_key")), read_box_key(body.get("box_key"))
    except BadKey:
        raise MalformedEntry from None


def opened(
    keyring: Keyring, compacts: Iterable[str], texts: Iterable[bytes | None] = repeat(None)
) -> Opened:
    """The entries up to the first that is not this node's own work, and why that one is not."""
    verified: list[tuple[Entry, str]] = []
    try:
        with _without_tidying():
            _open_each(keyring, compacts, texts, verified)
    except (BadSignature, MalformedEntry, RevokedKey) as refusal:
        return verified, refusal
    return verified, None


def _open_each(
    keyring: Keyring,
    compacts: Iterable[str],
    texts: Iterable[bytes | None],
    verified: list[tuple[Entry, str]],
) -> None:
    for compact, text in zip(compacts, texts, strict=False):
        verified.append((keyring.open(compact, text), compact))


@contextmanager
def _without_tidying() -> Iterator[None]:
    """Nothing read from JSON holds itself: looking for such circles takes longer than reading."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()

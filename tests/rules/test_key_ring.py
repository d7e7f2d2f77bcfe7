"""The ring of field keys: whatever was closed can be opened until nothing needs its key."""

import json
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.extensions import close_text, open_text
from app.kernel.key_ring import LARGEST_NUMBER, KeyRing, joined_values

PURPOSE = "worker.phone"


def ring_of(count: int) -> KeyRing:
    ring = KeyRing(1, {1: secrets.token_bytes(32)})
    for _ in range(count - 1):
        ring = ring.with_new(secrets.token_bytes(32))
    return ring


class Renewing(RuleBasedStateMachine):
    """Values are written, brought under the newest key one by one, backed up and put back."""

    def __init__(self) -> None:
        super().__init__()
        self.ring = ring_of(1)
        self.values: dict[int, str] = {}
        self.rows: dict[int, bytes] = {}
        self.backup = (self.ring, {}, {})

    @rule(row=st.integers(0, 5), text=st.text(max_size=8))
    def write(self, row: int, text: str) -> None:
        self.values[row], self.rows[row] = text, close_text(self.ring, PURPOSE, text)

    @rule()
    def begin_or_take_up(self) -> None:
        if not self.ring.older:
            self.ring = self.ring.with_new(secrets.token_bytes(32))

    @rule(row=st.integers(0, 5))
    def close_anew(self, row: int) -> None:
        if row in self.rows:
            text = open_text(self.ring, PURPOSE, self.rows[row])
            self.rows[row] = close_text(self.ring, PURPOSE, text)

    @rule()
    def end(self) -> None:
        if all(closed[0] == self.ring.newest for closed in self.rows.values()):
            self.ring = self.ring.newest_only()

    @rule()
    def back_up(self) -> None:
        self.backup = (self.ring, dict(self.values), dict(self.rows))

    @rule()
    def put_back(self) -> None:
        ring, self.values, self.rows = self.backup[0], dict(self.backup[1]), dict(self.backup[2])
        self.ring = self.ring.joined(ring)

    @rule()
    def start_again(self) -> None:
        self.ring = KeyRing.read(json.loads(json.dumps(self.ring.as_values())))

    @invariant()
    def everything_opens(self) -> None:
        opened = {row: open_text(self.ring, PURPOSE, each) for row, each in self.rows.items()}
        assert opened == self.values


TestRenewing = Renewing.TestCase
TestRenewing.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def test_a_file_of_before_there_were_rings_holds_key_one() -> None:
    ring = KeyRing.read({"field_key": "ab" * 32})
    assert (ring.newest, ring.older) == (1, ())


def test_numbers_begin_anew_after_the_last_and_never_name_two_keys() -> None:
    ring = KeyRing(LARGEST_NUMBER, {LARGEST_NUMBER: b"a" * 32})
    assert ring.with_new(b"b" * 32).newest == 1
    full = KeyRing(LARGEST_NUMBER, {LARGEST_NUMBER: b"a" * 32, 1: b"b" * 32})
    assert full.is_full
    with pytest.raises(ValueError, match="taken"):
        full.with_new(b"c" * 32)


@given(st.integers(1, 6), st.integers(1, 6))
def test_rings_of_one_node_join_and_those_of_two_do_not(ours: int, theirs: int) -> None:
    node = {"session_key": "s", "pepper": "p", "index_key": "i"}
    whole = ring_of(max(ours, theirs))
    part = KeyRing(theirs, {n: whole.keys[n] for n in range(1, theirs + 1)})
    own = {**node, **KeyRing(ours, {ours: whole.keys[ours]}).as_values()}
    joined = joined_values(own, {**node, **part.as_values()})
    assert joined is not None
    assert KeyRing.read(joined).newest == ours
    assert set(KeyRing.read(joined).keys) == {ours, *range(1, theirs + 1)}
    assert joined_values(own, {**node, **ring_of(6).as_values()}) is None
    assert joined_values(own, {**node, "pepper": "x", **part.as_values()}) is None


def test_a_value_is_bound_to_its_column() -> None:
    from cryptography.exceptions import InvalidTag

    ring = ring_of(2)
    closed = close_text(ring, PURPOSE, "0900000118")
    with pytest.raises(InvalidTag):
        open_text(ring, "worker.id_number", closed)

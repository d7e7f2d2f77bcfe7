"""Two logs that reach the same state however their entries arrive."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.canonical import canonical_json
from app.sync.rules import (
    Decision,
    Entry,
    Head,
    MalformedEntry,
    WrongRecipient,
    check_entry,
    entry_payload,
    head_after,
    is_clock_off,
    link_of,
    needs_receipt,
    parse_entry,
    plan_batch,
    read_receipt,
    receipt_body,
)

NOW = datetime(2026, 11, 23, 1, 2, 3, 456, tzinfo=UTC)
NODE = "park-1"


def compact_of(payload: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(canonical_json(payload)).decode()


def chain(length: int, flavour: str = "") -> list[tuple[Entry, str]]:
    head, entries = Head(), []
    for number in range(length):
        body = {"n": number, "flavour": flavour}
        payload = entry_payload(head, node=NODE, kind="summary", made_at=NOW, body=body)
        entries.append((parse_entry(payload), compact_of(payload)))
        head = head_after(head, entries[-1][1])
    return entries


def heads(entries: list[tuple[Entry, str]]) -> list[Head]:
    found = [Head()]
    for _, compact in entries:
        found.append(head_after(found[-1], compact))
    return found


def test_the_first_entry_names_no_one_before_it_and_the_next_its_hash() -> None:
    (first, compact), (second, _) = chain(2)
    assert (first.seq, first.prev, first.node, first.kind) == (1, "", NODE, "summary")
    expected = base64.urlsafe_b64encode(hashlib.sha256(compact.encode()).digest()).decode()
    assert second.prev == link_of(compact) == expected.rstrip("=")
    assert first.made_at == NOW.replace(microsecond=0)


def test_a_payload_has_the_six_fields_and_a_recipient_only_on_the_way_down() -> None:
    up = entry_payload(Head(), node=NODE, kind="summary", made_at=NOW, body={})
    assert list(up) == ["node", "seq", "prev", "kind", "made_at", "body"]
    down = entry_payload(Head(), node="p", kind="notice", made_at=NOW, body={}, to=NODE)
    assert parse_entry(down, for_node=NODE).to == NODE
    for payload, node in ((down, "park-2"), (up, NODE)):
        with pytest.raises(WrongRecipient):
            parse_entry(payload, for_node=node)


def test_an_entry_of_an_unknown_kind_is_read() -> None:
    payload = entry_payload(Head(), node=NODE, kind="weather", made_at=NOW, body={"rain": True})
    assert parse_entry(json.loads(json.dumps(payload))).kind == "weather"


@pytest.mark.parametrize(
    "wrong",
    [
        {"seq": 0},
        {"seq": True},
        {"seq": "1"},
        {"seq": 2},
        {"prev": "abc"},
        {"made_at": "yesterday"},
        {"made_at": "2026-11-23T01:02:03"},
        {"body": []},
        {"kind": None},
        {"to": 5},
    ],
)
def test_what_is_not_an_entry_is_refused(wrong: dict[str, Any]) -> None:
    payload = entry_payload(Head(), node=NODE, kind="summary", made_at=NOW, body={})
    with pytest.raises(MalformedEntry):
        parse_entry({**payload, **wrong})
    with pytest.raises(MalformedEntry):
        parse_entry(None)


def test_an_entry_is_accepted_known_too_early_or_a_fork() -> None:
    entries, others = chain(3), chain(3, "other")
    head = heads(entries)[2]
    link = heads(entries)[1].link
    assert check_entry(head, *entries[2]) is Decision.ACCEPT
    assert check_entry(head, *entries[1]) is Decision.DUPLICATE
    assert check_entry(head, *entries[0], known_link=link) is Decision.DUPLICATE
    assert check_entry(head, *others[0], known_link=link) is Decision.FORK
    assert check_entry(head, *others[1]) is Decision.FORK
    assert check_entry(head, *others[2]) is Decision.FORK
    assert check_entry(Head(), *entries[1]) is Decision.GAP


@settings(max_examples=60)
@given(st.data())
def test_late_twice_or_shuffled_ends_in_the_same_head(data: st.DataObject) -> None:
    entries = chain(data.draw(st.integers(1, 8)))
    arriving = data.draw(st.permutations(entries + data.draw(st.lists(st.sampled_from(entries)))))
    head, stored = Head(), dict[int, str]()
    kept: list[tuple[Entry, str]] = []
    while arriving:
        cut = data.draw(st.integers(1, len(arriving)))
        batch = plan_batch(head, [*kept, *arriving[:cut]], stored.get)
        kept = [each for each in [*kept, *arriving[:cut]] if each[0].seq in batch.waiting]
        arriving = arriving[cut:]
        for entry, compact in batch.accepted:
            assert entry.seq not in stored
            stored[entry.seq] = link_of(compact)
        head = batch.head
        assert not batch.forked
        assert batch.expected_seq == (head.seq + 1 if kept else None)
    assert head == heads(entries)[-1]
    assert sorted(stored) == [entry.seq for entry, _ in entries]


@given(st.integers(1, 6), st.integers(1, 6))
def test_a_hole_stops_a_batch_and_names_the_first_missing_number(before: int, after: int) -> None:
    entries = chain(before + 1 + after)
    batch = plan_batch(Head(), entries[:before] + entries[before + 1 :])
    assert batch.head == heads(entries)[before]
    assert batch.expected_seq == before + 1
    assert len(batch.waiting) == after
    assert plan_batch(batch.head, entries[before:]).head == heads(entries)[-1]


def test_two_entries_of_one_number_never_both_enter_a_log() -> None:
    batch = plan_batch(Head(), [*chain(2), *chain(2, "other")])
    assert len(batch.accepted) == 2
    assert batch.forked == (1, 2)


def test_a_receipt_names_the_head_and_answers_no_other_receipt() -> None:
    head = heads(chain(3))[-1]
    assert read_receipt(receipt_body(head)) == head
    assert receipt_body(head) == {"through": 3, "hash": head.link}
    with pytest.raises(MalformedEntry):
        read_receipt({"through": "3", "hash": ""})
    assert needs_receipt(["receipt", "notice"])
    assert not needs_receipt(["receipt", "receipt"])
    assert not needs_receipt([])


def test_a_clock_may_be_ten_minutes_off() -> None:
    for minutes, off in ((-11, True), (-10, False), (0, False), (10, False), (11, True)):
        assert is_clock_off(NOW + timedelta(minutes=minutes), NOW) is off

"""The log up over real HTTP: in order, once, whatever happens to the wire or the other side."""

import gzip
import threading
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import OKPKey
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.sync.actions.log import append_entry
from app.sync.actions.pushing import MOST_BYTES
from app.sync.gateways.signing import REGISTRY, sign, verify
from app.sync.models import Fork, KnownNode, LogEntry, Summary, ThisNode
from app.sync.rules import Head, head_after, link_of
from tests.features.sync.conftest import HandMade, Park, Peer


def test_what_a_park_noted_reaches_the_province_once_and_in_order(park: Park, centre: Peer) -> None:
    before_enrolment = park.note(1)
    node = park.enrol_at(centre)
    numbers = [before_enrolment, *(park.note(n) for n in range(2, 8))]
    pushed = park.push()
    assert (pushed.accepted, pushed.stopped_by) == (7, None)
    assert centre.entries() == park.entries()
    assert [seq for seq, *_ in centre.entries()] == numbers == list(range(1, 8))
    status = park.status()
    assert (status.node, status.accepted_through, status.pending) == (node, 7, {})
    assert status.last_contact_at == park.node.clock.at
    again = park.push()
    assert (again.accepted, again.stopped_by) == (0, None)
    assert len(centre.entries()) == 7


def test_the_park_keeps_a_receipt_that_names_the_last_entry_by_its_hash(
    park: Park, centre: Peer
) -> None:
    park.enrol_at(centre)
    for n in range(3):
        park.note(n)
    park.push()
    ((_, kind, receipt),) = park.entries("down")
    assert kind == "receipt"
    assert centre.entries("down") == park.entries("down")
    key = park.read(lambda s: s.scalars(select(ThisNode.upstream_keys)).one())["sign_key"]
    body = verify(receipt, key)["body"]
    assert body == {"through": 3, "hash": link_of(park.entries()[-1][2])}
    status = park.status()
    assert (status.down_head, status.applied_through) == (1, 1)


def test_hundreds_of_entries_go_up_in_calls_of_two_hundred(park: Park, centre: Peer) -> None:
    park.enrol_at(centre)

    def work(session: Session) -> None:
        for n in range(450):
            append_entry(session, "feedback", {"n": n}, park.node.clock.at)

    park.run(work)
    assert park.push().accepted == 450
    assert len(centre.entries("down")) == 3
    assert centre.entries() == park.entries()


def test_large_entries_go_up_in_calls_that_fit(park: Park, centre: Peer) -> None:
    park.enrol_at(centre)
    big = "x" * (MOST_BYTES // 4)

    def work(session: Session) -> None:
        for n in range(4):
            append_entry(session, "feedback", {"n": n, "text": big}, park.node.clock.at)

    park.run(work)
    assert park.push().accepted == 4
    assert len(centre.entries("down")) == 2


def test_a_province_that_is_down_for_a_while_loses_nothing(park: Park, centre: Peer) -> None:
    park.enrol_at(centre)
    park.note(1)
    centre.down()
    stopped = park.push().stopped_by
    assert stopped is not None
    assert stopped.code == "sync.unreachable"
    park.note(2)
    status = park.status()
    assert [problem.code for problem in status.problems] == ["sync.unreachable"]
    assert status.pending == {"feedback": 2}
    centre.up()
    assert park.push().accepted == 2
    assert centre.entries() == park.entries()
    assert park.status().problems == []


def test_a_province_that_dies_between_storing_and_answering_gets_it_again_without_harm(
    park: Park, centre: Peer
) -> None:
    park.enrol_at(centre)
    for n in range(5):
        park.note(n)
    centre.dies_answering = 1
    assert park.push().stopped_by is not None
    assert len(centre.entries()) == 5
    assert park.status().accepted_through == 0
    receipts = centre.entries("down")
    assert park.push().accepted == 5
    assert centre.entries() == park.entries()
    assert centre.entries("down") == receipts == park.entries("down")


def test_after_a_failure_the_clock_waits_also_across_a_restart_and_a_person_does_not(
    park: Park, centre: Peer
) -> None:
    park.enrol_at(centre)
    park.note(1)
    centre.down()
    for _ in range(20):
        park.push()
    centre.up()
    park.run(lambda s: s.execute(update(ThisNode).values(next_push_at=later(park, minutes=14))))
    park.node.app.extensions["writer"].stop()  # as a restart does
    assert park.push(by_hand=False).accepted == 0
    park.node.clock.move(minutes=15)
    assert park.push(by_hand=False).accepted == 1
    park.note(2)
    park.run(lambda s: s.execute(update(ThisNode).values(next_push_at=later(park, minutes=14))))
    assert park.push().accepted == 1


def later(park: Park, **span: float) -> datetime:
    return park.node.clock.at + timedelta(**span)


def test_the_wait_never_passes_a_quarter_of_an_hour_and_a_success_forgets_it(
    park: Park, centre: Peer
) -> None:
    park.enrol_at(centre)
    park.note(1)
    centre.down()
    for _ in range(20):
        park.push()
        wait = park.status().next_push_at
        assert wait is not None
        assert 0 <= (wait - park.node.clock.at).total_seconds() <= 900
    centre.up()
    park.push()
    kept = park.read(lambda s: s.scalars(select(ThisNode)).one())
    assert (kept.failures, kept.next_push_at, kept.last_problem) == (0, None, None)


def test_a_wait_noted_by_a_clock_that_ran_ahead_does_not_last_for_years(
    park: Park, centre: Peer
) -> None:
    park.enrol_at(centre)
    park.note(1)
    park.run(lambda s: s.execute(update(ThisNode).values(next_push_at=later(park, days=900))))
    assert park.push(by_hand=False).accepted == 1


def test_two_processes_that_push_at_once_do_no_harm(park: Park, centre: Peer) -> None:
    park.enrol_at(centre)
    for n in range(30):
        park.note(n)
    problems: list[object] = []

    def push() -> None:
        problems.append(park.push().stopped_by)

    threads = [threading.Thread(target=push) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == [None] * 4
    assert centre.entries() == park.entries()
    assert park.status().accepted_through == 30


def test_entries_appended_at_once_form_one_chain(park: Park) -> None:
    threads = [threading.Thread(target=park.note, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    head = Head()
    for seq, _, compact in park.entries():
        assert seq == head.seq + 1
        head = head_after(head, compact)
    assert head.seq == 12
    nodes = park.read(lambda s: s.scalars(select(ThisNode.node)).all())
    assert len(nodes) == 1


def test_an_append_that_is_undone_leaves_no_hole(park: Park) -> None:
    park.note(1)

    def work(session: Session) -> None:
        append_entry(session, "feedback", {"n": 2}, park.node.clock.at)
        raise RuntimeError("the rest of the act failed")

    with pytest.raises(RuntimeError):
        park.run(work)
    assert park.note(3) == 2


def test_a_province_restored_from_an_old_copy_is_sent_what_it_lost(
    park: Park, centre: Peer
) -> None:
    park.enrol_at(centre)
    for n in range(6):
        park.note(n)
    park.push()
    third = park.entries()[2][2]

    def forget(session: Session) -> None:
        for entry in session.scalars(select(LogEntry)):
            if entry.direction == "down" or entry.seq > 3:
                session.delete(entry)
        session.execute(update(KnownNode).values(accepted_through=3, head_hash=link_of(third)))

    centre.run(forget)
    park.note(7)
    assert park.push().stopped_by is None
    assert centre.entries() == park.entries()
    assert park.status().accepted_through == 7


def test_a_park_restored_from_an_old_copy_is_told_of_the_fork_and_keeps_everything(
    park: Park, centre: Peer
) -> None:
    park.enrol_at(centre)
    for n in range(4):
        park.note(n)
    park.push()

    def restore(session: Session) -> None:
        for entry in session.scalars(select(LogEntry).where(LogEntry.seq > 2)):
            session.delete(entry)
        session.execute(update(ThisNode).values(accepted_through=2))

    park.run(restore)
    park.note(99)
    stopped = park.push().stopped_by
    assert stopped is not None
    assert stopped.code == "sync.fork"
    assert [each.code for each in park.status().problems] == ["sync.fork"]
    assert [each.code for each in centre.status().problems] == ["sync.fork"]
    kept = centre.read(lambda s: s.scalars(select(Fork)).one())
    assert (kept.seq, kept.compact.decode()) == (3, park.entries()[2][2])
    assert len(centre.entries()) == 4


# What strangers and faults may send to a province


def test_an_unknown_park_is_turned_away(centre: Peer, hand_made: HandMade) -> None:
    stranger = HandMade("019e0000-0000-7000-8000-000000000000")
    answer = stranger.sent_to(centre, stranger.chain(1))
    assert (answer.status_code, answer.json()["code"]) == (403, "sync.unknown_node")


def test_a_signature_by_another_key_is_turned_away(centre: Peer, hand_made: HandMade) -> None:
    stranger = HandMade(hand_made.node)
    answer = stranger.sent_to(centre, stranger.chain(2))
    assert (answer.status_code, answer.json()["code"]) == (403, "sync.bad_signature")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert centre.entries() == []


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_letter_anywhere_is_noticed(centre: Peer, hand_made: HandMade, part: int) -> None:
    parts = hand_made.chain(1)[0].split(".")
    middle = len(parts[part]) // 2
    letter = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + letter + parts[part][middle + 1 :]
    answer = hand_made.sent_to(centre, [".".join(parts)])
    assert (answer.status_code, answer.json()["code"]) == (403, "sync.bad_signature")


def test_a_bad_entry_in_the_middle_keeps_what_came_before_it(
    centre: Peer, hand_made: HandMade
) -> None:
    entries = hand_made.chain(5)
    answer = hand_made.sent_to(centre, [*entries[:2], entries[2][:-6] + "AAAAAA", *entries[3:]])
    told = answer.json()
    assert (answer.status_code, told["code"]) == (403, "sync.bad_signature")
    assert (told["accepted_through"], told["stopped_at"]) == (2, 2)
    assert [each for *_, each in centre.entries()] == entries[:2]


def test_an_entry_for_another_park_under_this_ones_key_is_turned_away(
    centre: Peer, hand_made: HandMade
) -> None:
    other = HandMade("019e0000-0000-7000-8000-000000000000", hand_made.sign_key)
    answer = hand_made.sent_to(centre, other.chain(1))
    assert (answer.status_code, answer.json()["code"]) == (403, "sync.bad_signature")


def test_a_right_signature_under_another_keys_name_is_turned_away(
    centre: Peer, hand_made: HandMade
) -> None:
    key = OKPKey.import_key(hand_made.sign_key)
    payload = hand_made.chain(1)[0].split(".")[1]
    for header in ({"alg": "EdDSA"}, {"alg": "EdDSA", "kid": "x" * 43}):
        text = urlsafe_b64decode(payload + "==")
        entry = jws.serialize_compact(header, text, key, registry=REGISTRY)
        answer = hand_made.sent_to(centre, [entry])
        assert (answer.status_code, answer.json()["code"]) == (403, "sync.bad_signature")


def test_many_calls_at_once_are_all_answered_with_the_same_log(
    centre: Peer, hand_made: HandMade
) -> None:
    entries = hand_made.chain(40)
    answers: list[httpx.Response] = []

    def send() -> None:
        answers.append(hand_made.sent_to(centre, entries))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer.text for answer in answers}) == 1
    assert len(centre.entries("down")) == 1


def test_a_lower_revision_that_comes_later_replaces_nothing(
    centre: Peer, hand_made: HandMade
) -> None:
    head, entries = Head(), []
    for revision in (1, 3, 2):
        body = {
            "on": "2026-11-24",
            "shift": "ca1",
            "revision": revision,
            "final": True,
            "as_of": "2026-11-24T07:00:00+07:00",
            "companies": [],
            "missing": [],
        }
        entries.append(hand_made.entry(head, body, "summary"))
        head = head_after(head, entries[-1])
    assert hand_made.sent_to(centre, entries).json()["accepted_through"] == 3
    assert centre.bodies()["2026-11-24", "ca1"]["revision"] == 3


def test_a_park_whose_clock_runs_fast_is_known_no_fresher_than_it_came(
    centre: Peer, hand_made: HandMade
) -> None:
    ahead = (centre.node.clock.at + timedelta(hours=20)).isoformat()
    body = {"on": "2026-11-24", "shift": "ca1", "revision": 1, "final": True, "as_of": ahead}
    body |= {"companies": [], "missing": []}
    hand_made.sent_to(centre, [hand_made.entry(Head(), body, "summary")])
    known = centre.read(lambda s: s.scalars(select(KnownNode)).one())
    assert known.as_of == centre.node.clock.at


def test_a_gap_names_the_first_missing_number(centre: Peer, hand_made: HandMade) -> None:
    entries = hand_made.chain(6)
    hand_made.sent_to(centre, entries[:2])
    answer = hand_made.sent_to(centre, entries[3:])
    told = answer.json()
    assert (answer.status_code, told["code"], told["expected_seq"]) == (409, "sync.gap", 3)
    assert hand_made.sent_to(centre, entries[2:]).json()["accepted_through"] == 6


def test_shuffled_and_repeated_entries_end_in_the_same_log(
    centre: Peer, hand_made: HandMade
) -> None:
    entries = hand_made.chain(6)
    mixed = [entries[place] for place in (4, 0, 2, 2, 5, 1, 3, 0)]
    first = hand_made.sent_to(centre, mixed)
    again = hand_made.sent_to(centre, entries)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert [each for *_, each in centre.entries()] == entries
    assert len(centre.entries("down")) == 1


def test_another_entry_under_a_taken_number_is_a_fork(centre: Peer, hand_made: HandMade) -> None:
    hand_made.sent_to(centre, hand_made.chain(3))
    answer = hand_made.sent_to(centre, hand_made.chain(3, mark="other"))
    assert (answer.status_code, answer.json()["code"]) == (409, "sync.fork")
    assert answer.json()["accepted_through"] == 3
    assert centre.read(lambda s: s.scalars(select(Fork.seq)).all()) == [1]


def test_an_entry_of_an_unknown_kind_is_kept(centre: Peer, hand_made: HandMade) -> None:
    entries = hand_made.chain(1, kind="weather.report")
    assert hand_made.sent_to(centre, entries).status_code == 200
    assert [kind for _, kind, _ in centre.entries()] == ["weather.report"]


def test_receipts_are_never_answered_with_a_receipt(centre: Peer, hand_made: HandMade) -> None:
    answer = hand_made.sent_to(centre, hand_made.chain(2, kind="receipt"))
    assert answer.json() == {"accepted_through": 2, "receipt": None, "head": 0}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"on": "2026-11-24", "shift": "a shift of another program", "revision": 1},
        {
            "on": "never",
            "shift": None,
            "revision": 1,
            "final": True,
            "as_of": "x",
            "companies": [],
        },
        {"on": "2026-11-24", "shift": None, "revision": 10**40, "final": True, "companies": []},
        {
            "on": "2026-11-24",
            "shift": None,
            "revision": 1,
            "final": True,
            "as_of": "0001-01-01T00:00:00+14:00",
            "companies": [],
        },
    ],
)
def test_a_summary_that_cannot_be_placed_stays_in_the_log_and_blocks_nothing(
    centre: Peer, hand_made: HandMade, body: dict[str, object]
) -> None:
    huge = body.get("revision") == 10**40
    if huge:  # canonical JSON has no such number; a foreign program may write it all the same
        body = body | {"revision": 2**53 - 1}
    first = hand_made.entry(Head(), body, "summary")
    second = hand_made.entry(head_after(Head(), first), {"n": 2})
    answer = hand_made.sent_to(centre, [first, second])
    assert (answer.status_code, answer.json()["accepted_through"]) == (200, 2)
    assert centre.read(lambda s: s.scalars(select(Summary)).all()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 0},
        {"seq": True},
        {"seq": "1"},
        {"kind": "two words"},
        {"kind": "k" * 41},
        {"kind": "\u0000"},
        {"made_at": "yesterday"},
        {"made_at": "0001-01-01T00:00:00+14:00"},
        {"made_at": "2026-11-24T05:10:00"},
        {"body": []},
        {"prev": "not empty"},
    ],
)
def test_a_signed_thing_that_is_no_entry_is_refused(
    centre: Peer, hand_made: HandMade, change: dict[str, object]
) -> None:
    payload = {
        "node": hand_made.node,
        "seq": 1,
        "prev": "",
        "kind": "feedback",
        "made_at": "2026-11-24T05:10:00+07:00",
        "body": {},
    }
    answer = hand_made.sent_to(centre, [sign(payload | change, hand_made.sign_key)])
    assert (answer.status_code, answer.json()["code"]) == (422, "sync.malformed_entry")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"entries": ["x"]}, 422, "fields.invalid"),
        ({"node": "n", "entries": []}, 422, "fields.invalid"),
        ({"node": "n", "entries": [7]}, 422, "fields.invalid"),
        ({"node": "n", "entries": ["x"] * 201}, 422, "sync.too_many_entries"),
        ([], 400, "payload.not_json"),
    ],
)
def test_a_call_of_another_shape_is_refused_with_a_code(
    centre: Peer, body: object, status: int, code: str
) -> None:
    answer = httpx.post(f"{centre.url}/api/v1/sync/entries", json=body, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_number_far_beyond_any_log_is_a_gap(centre: Peer, hand_made: HandMade) -> None:
    far = hand_made.entry(Head(2**53 - 10, "x" * 43), {})
    answer = hand_made.sent_to(centre, [far])
    assert (answer.status_code, answer.json()["expected_seq"]) == (409, 1)


@pytest.mark.parametrize("packed", [False, True])
def test_a_call_above_eight_mebibytes_is_too_large_packed_or_not(
    centre: Peer, packed: bool
) -> None:
    text = b'{"node":"n","entries":["' + b"x" * (8 * 1024 * 1024) + b'"]}'
    headers = {"Content-Type": "application/json"}
    if packed:
        text, headers["Content-Encoding"] = gzip.compress(text), "gzip"
    answer = httpx.post(
        f"{centre.url}/api/v1/sync/entries", content=text, headers=headers, trust_env=False
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

"""The log down over real HTTP: verified, applied once, confirmed, and asked for again."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy.orm import Session

from app.sync.actions.sending_down import append_down
from app.sync.gateways.http import Asker
from app.sync.gateways.signing import new_sign_key
from tests.features.sync.conftest import Centre, HandMade, Park

ENTRIES = "/api/v1/sync/entries"


def asked(centre: Centre, keys: HandMade, target: str, **changed: object) -> httpx.Response:
    """Ask as a park made by hand; `signed` is another target than the one asked for."""
    at = centre.node.clock.at + timedelta(minutes=int(str(changed.get("late", 0))))
    ticket = Asker(keys.node, keys.sign_key, at).ticket(str(changed.get("signed", target)))
    headers = {"Authorization": f"Bearer {ticket}"}
    return httpx.get(f"{centre.url}{target}", headers=headers, trust_env=False)


def test_what_the_province_wrote_comes_down_once_and_is_confirmed(
    park: Park, centre: Centre
) -> None:
    node = park.enrol_at(centre)
    for n in range(5):
        centre.tell(node, n)
    assert park.pull().accepted == 5
    assert park.entries("down") == centre.entries("down")
    status = park.status()
    assert (status.applied_through, status.down_head, status.problems) == (5, 5, [])
    assert [kind for _, kind, _ in park.entries()] == ["receipt"]
    assert park.pull().accepted == 0
    park.push()
    assert centre.entries("up") == park.entries("up")
    assert [kind for _, kind, _ in centre.entries("down")] == ["bulletin"] * 5


def test_receipts_end_after_one_round(park: Park, centre: Centre) -> None:
    node = park.enrol_at(centre)
    centre.tell(node, 1)
    park.note(1)
    for _ in range(4):
        park.push()
        park.pull()
    assert [kind for _, kind, _ in park.entries()] == ["feedback", "receipt"]
    assert [kind for _, kind, _ in centre.entries("down")] == ["bulletin", "receipt"]
    assert park.status().pending == {}


def test_hundreds_come_in_calls_of_two_hundred_and_go_on_after_a_cut(
    park: Park, centre: Centre
) -> None:
    node = park.enrol_at(centre)

    def work(session: Session) -> None:
        for n in range(410):
            append_down(session, node, "bulletin", {"n": n}, centre.node.clock.at)

    centre.run(work)
    centre.dies_answering = 1
    assert park.pull().stopped_by is not None
    assert [each.code for each in park.status().problems] == ["sync.unreachable"]
    assert park.pull(by_hand=False).accepted in {0, 410}
    park.node.clock.move(minutes=16)
    park.pull(by_hand=False)
    assert park.status().applied_through == 410
    assert park.status().problems == []


def test_an_entry_of_an_unknown_kind_is_kept_and_shown(park: Park, centre: Centre) -> None:
    node = park.enrol_at(centre)
    centre.tell(node, 1, "weather.report")
    centre.tell(node, 2)
    assert park.pull().accepted == 2
    assert park.entries("down") == centre.entries("down")


def test_a_clock_a_day_off_asks_once_more_with_the_right_time(park: Park, centre: Centre) -> None:
    node = park.enrol_at(centre)
    centre.tell(node, 1)
    park.node.clock.move(days=1)
    assert park.pull().accepted == 1
    assert park.status().problems == []


def test_a_request_of_another_time_tells_the_right_one(centre: Centre, hand_made: HandMade) -> None:
    told = asked(centre, hand_made, f"{ENTRIES}?after=0&limit=9", late=11)
    assert (told.status_code, told.json()["code"]) == (401, "sync.clock")
    assert told.json()["server_time"] == "2026-11-23T22:10:00+00:00"
    assert asked(centre, hand_made, f"{ENTRIES}?after=0&limit=9", late=9).status_code == 200


def test_a_signature_is_good_for_its_own_request_only(centre: Centre, hand_made: HandMade) -> None:
    other = asked(centre, hand_made, f"{ENTRIES}?after=0", signed=f"{ENTRIES}?after=7")
    assert (other.status_code, other.json()["code"]) == (401, "sync.wrong_request")
    stranger = HandMade(hand_made.node, new_sign_key())
    assert asked(centre, stranger, ENTRIES).json()["code"] == "sync.bad_signature"
    nobody = HandMade("019e0000-0000-7000-8000-000000000000")
    assert asked(centre, nobody, ENTRIES).json()["code"] == "sync.unknown_node"
    bare = httpx.get(f"{centre.url}{ENTRIES}", trust_env=False)
    assert (bare.status_code, bare.json()["code"]) == (403, "sync.bad_signature")


@pytest.mark.parametrize("query", ["after=x", "after=-1", "limit=1e9", "after=9999999999"])
def test_numbers_that_are_none_are_refused(centre: Centre, hand_made: HandMade, query: str) -> None:
    assert asked(centre, hand_made, f"{ENTRIES}?{query}").status_code == 422


def test_a_park_reads_its_own_log_only(park: Park, centre: Centre, hand_made: HandMade) -> None:
    node = park.enrol_at(centre)
    centre.tell(node, 1)
    assert asked(centre, hand_made, f"{ENTRIES}?after=0").json() == {"entries": [], "head": 0}

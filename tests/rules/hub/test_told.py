"""Parcels and news of them: read as they were written, and the same whatever order they come in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.rules import ChannelName, Lane, Status, may_move
from app.delivery.rules.zalo_calls import ZaloCall
from app.hub.rules.parcels import (
    Parcel,
    Unreadable,
    parcels_body,
    read_parcels,
    read_stops,
    stops_body,
)
from app.hub.rules.told import (
    TELLABLE,
    Told,
    is_passed_down,
    read_told,
    settled,
    told_body,
)
from app.sync.rules import MalformedEntry

AT = datetime(2026, 11, 23, 22, tzinfo=UTC)
PARCEL = Parcel(
    "d1", ChannelName.ZALO_CS, Lane.NORMAL, AT, "246", "Xe 12", "Xe", "https://a/", "k", AT
)


@st.composite
def courses(draw: Any) -> list[Status]:
    """What becomes of a parcel at the province, as its ledger may step."""
    course, status = [], Status.QUEUED
    for new in draw(st.lists(st.sampled_from(Status), max_size=12)):
        if may_move(status, new):
            status = new
            course.append(new)
    return [each for each in course if each in TELLABLE]


def heard(news: list[Told], start: Status = Status.SENDING) -> Status:
    """How a park ends up: only what is newer than what it knows has an effect."""
    status, rev = start, 0
    for told in news:
        if told.rev > rev:
            status, rev = settled(status, told.status, Lane.NORMAL), told.rev
    return status


@given(courses(), st.data())
def test_any_order_and_repeat_of_news_ends_as_at_the_province(
    course: list[Status], data: Any
) -> None:
    news = [Told("d1", rev, status) for rev, status in enumerate(course, 1)]
    shuffled = data.draw(st.permutations(news * 2))
    assert heard(shuffled) == (course[-1] if course else Status.SENDING)


@given(courses())
def test_what_was_taken_for_unclear_is_never_waiting_again(course: list[Status]) -> None:
    news = [Told("d1", rev, status) for rev, status in enumerate(course, 1)]
    assert heard(news, Status.UNCLEAR) not in {Status.QUEUED, Status.EXPIRED, Status.SKIPPED}


def test_a_parcel_is_read_as_it_was_written() -> None:
    bare = Parcel("d2", ChannelName.ZALO_TPL_PHONE, Lane.URGENT, AT, "84900000001", "Nước")
    assert read_parcels(parcels_body([PARCEL, bare])) == [PARCEL, bare]


@pytest.mark.parametrize(
    "worse",
    [
        {"road": "sms_http"},
        {"lane": "soon"},
        {"expires_at": "2026-11-24"},
        {"to": ""},
        {"text": "x" * 4001},
        {"once": 7},
    ],
)
def test_one_bad_parcel_is_known_by_its_name_and_holds_up_no_other(worse: Any) -> None:
    body = parcels_body([PARCEL, PARCEL])
    body["parcels"][0] |= worse
    assert read_parcels(body) == [Unreadable("d1"), PARCEL]


@pytest.mark.parametrize("body", [{}, {"parcels": "x"}, {"parcels": [{}] * 101}])
def test_what_is_no_entry_of_parcels_is_refused(body: Any) -> None:
    with pytest.raises(MalformedEntry):
        read_parcels(body)


def test_news_are_read_as_they_were_written_and_what_is_none_is_left_out() -> None:
    told = Told("d1", 2, Status.READ, "", "", AT, AT, AT + timedelta(minutes=1))
    call = ZaloCall("user_submit_info", AT, "246", phone="84900000001")
    body = told_body([told], [call])
    body["states"] += [{"ref": "d2", "rev": 1, "status": "queued"}, 5]
    body["events"] += [{"event": "follow", "uid": "", "at": "x"}]
    assert read_told(body) == ([told], [call])


def test_what_somebody_wrote_arrives_as_it_was_and_is_known_again() -> None:
    call = ZaloCall("user_send_text", AT, "246", ("m1",), text="Tôi bị sốt")
    assert is_passed_down(call)
    _, (read,) = read_told(told_body([], [call]))
    assert (read, read.key) == (call, call.key)


@given(st.lists(st.one_of(st.text(max_size=60), st.integers(), st.none()), max_size=9))
def test_stops_are_read_as_they_were_written_and_nothing_else_is(given: list[Any]) -> None:
    read = read_stops({"refs": given})
    assert read == list(dict.fromkeys(e for e in given if isinstance(e, str) and 0 < len(e) <= 48))
    assert read_stops(stops_body(read)) == read
    with pytest.raises(MalformedEntry):
        read_stops({"refs": ["d"] * 1001})
    assert not is_passed_down(ZaloCall("user_seen_message", AT, "246"))

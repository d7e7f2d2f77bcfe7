"""Figures of a notice: people, each in one place, always as many as the audience."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.delivery.rules import Status
from app.notices.rules.progress import (
    ORDER,
    Reached,
    at_place,
    place_of,
    progress_of,
    reached_by,
    seconds_left,
)

NOW = datetime(2026, 11, 23, 22, 10, tzinfo=UTC)


@given(
    st.dictionaries(st.sampled_from(Reached), st.integers(0, 5000)),
    st.integers(0, 60_000),
    st.booleans(),
)
def test_the_figures_add_up_to_the_audience(
    counts: dict[Reached, int], rest: int, ended: bool
) -> None:
    audience = sum(counts.values()) + rest
    told = progress_of(audience, counts, ended=ended)
    parts = told.read + told.delivered + told.sent + told.waiting + told.failed + told.stopped
    assert parts == told.audience == audience
    assert told.left + told.waiting + told.failed + told.stopped == audience
    assert told.reached <= told.left


def test_every_status_has_a_place() -> None:
    assert {reached_by(status) for status in Status} == set(Reached)
    assert reached_by(Status.UNCLEAR) is Reached.WAITING
    assert reached_by(Status.EXPIRED) is Reached.FAILED


@given(st.floats(-100, 100))
def test_a_countdown_never_says_zero_before_its_time(span: float) -> None:
    left = seconds_left(NOW + timedelta(seconds=span), NOW)
    assert (left == 0) == (timedelta(seconds=span) <= timedelta())


@given(st.sampled_from(Status), st.booleans(), st.booleans())
def test_every_road_has_a_place_and_nothing_waits_after_the_end(
    status: Status, in_inbox: bool, ended: bool
) -> None:
    place = place_of(status, in_inbox=in_inbox, ended=ended)
    told = at_place(ORDER.index(place))
    under_way = {Status.SENDING, Status.UNCLEAR}
    assert not (ended and told is Reached.WAITING and status not in under_way)
    assert (told is Reached.READ) == (status is Status.READ)

"""In time or late, on clocks that may be wrong; no clock refuses an answer."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.checkins.rules import answered_on_time
from app.checkins.rules.requests import CheckInRequest, Source
from app.checkins.rules.timeliness import paper_times
from app.workforce.rules.shifts import ShiftCode

STARTS_AT = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
minutes = st.integers(-2000, 2000).map(lambda minute: timedelta(minutes=minute))
moments = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2099, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def before(minute: float) -> datetime:
    return STARTS_AT - timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("made", "offset_ms", "received", "on_time", "suspect", "counted"),
    [
        (before(10), None, before(9), True, False, before(10)),
        (before(0), None, before(0), True, False, before(0)),
        (before(-1), None, before(-2), False, False, before(-1)),
        # made in time without a network, sent two hours later by a phone whose offset is known
        (before(30), 0, before(-120), True, False, before(30)),
        (before(90), 3_600_000, before(-120), True, False, before(30)),
        # the same by a phone whose clock was never compared
        (before(30), None, before(-120), False, True, before(-120)),
        # an hour fast, known: corrected; unknown: the moment of receipt
        (before(-50), -3_600_000, before(9), True, False, before(10)),
        (before(-50), None, before(9), True, True, before(9)),
        # a little fast: an answer is not made after it was received
        (before(-2), None, before(1), True, False, before(1)),
    ],
)
def test_the_device_counts_where_it_can_be_believed_else_the_moment_of_receipt(
    made: datetime,
    offset_ms: int | None,
    received: datetime,
    *,
    on_time: bool,
    suspect: bool,
    counted: datetime,
) -> None:
    assert answered_on_time(made, offset_ms, received, STARTS_AT) == (on_time, suspect, counted)


@pytest.mark.parametrize("offset_ms", [None, 0, -40_000])
def test_a_phone_that_lives_in_1970_is_accepted_and_flagged(offset_ms: int | None) -> None:
    made = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    late, soon = before(-10), before(10)
    assert answered_on_time(made, offset_ms, late, STARTS_AT) == (False, True, late)
    assert answered_on_time(made, offset_ms, soon, STARTS_AT) == (True, True, soon)


def test_a_phone_of_1970_that_learnt_how_wrong_it_is_counts_by_its_corrected_time() -> None:
    made, really = datetime(1970, 1, 1, tzinfo=UTC), before(20)
    offset_ms = int((really - made) / timedelta(milliseconds=1))
    assert answered_on_time(made, offset_ms, before(-60), STARTS_AT) == (True, False, really)


def test_grace_moves_the_limit() -> None:
    late = before(-5)
    assert not answered_on_time(late, 0, late, STARTS_AT, 4).on_time
    assert answered_on_time(late, 0, late, STARTS_AT, 5).on_time


@given(moments, st.none() | st.integers(), moments)
@example(STARTS_AT, 10**30, STARTS_AT)
@example(STARTS_AT, -(10**17), STARTS_AT)
def test_no_clock_is_refused_and_only_a_credible_one_counts(
    made: datetime, offset_ms: int | None, received: datetime
) -> None:
    result = answered_on_time(made, offset_ms, received, STARTS_AT)
    assert result.counted_at <= received
    assert result.on_time == (result.counted_at <= STARTS_AT)
    if result.clock_suspect:
        assert result.counted_at == received


@given(minutes, minutes, minutes)
def test_the_learnt_offset_makes_a_wrong_clock_as_good_as_a_right_one(
    made: timedelta, wrong_by: timedelta, waited: timedelta
) -> None:
    really, received = STARTS_AT + made, STARTS_AT + made + abs(waited)
    offset_ms = int(-wrong_by / timedelta(milliseconds=1))
    wrong = answered_on_time(really + wrong_by, offset_ms, received, STARTS_AT)
    assert wrong == answered_on_time(really, 0, received, STARTS_AT)
    assert wrong.counted_at == really


@pytest.mark.parametrize(
    ("source", "minutes_later", "late"),
    [("paper", 202, True), ("paper", 1, True), ("paper", 0.5, False), ("phone", 202, False)],
)
def test_what_stood_on_paper_before_is_entered_late_with_both_its_times(
    source: str, minutes_later: float, *, late: bool
) -> None:
    written, entered = before(10), before(10 - minutes_later)
    assert paper_times(source, written, entered) == ((written, entered) if late else None)


@given(moments, st.integers(-(10**9), 10**9))
def test_a_time_read_off_paper_is_corrected_by_no_clock(observed: datetime, offset: int) -> None:
    request = CheckInRequest(
        "w", observed.date(), ShiftCode.CA1, {}, before(0), offset, observed, Source.PAPER
    )
    assert request.claim == (observed, 0)


def test_an_hour_on_paper_is_believed_whatever_the_phone_thinks_of_its_clock() -> None:
    paper = CheckInRequest(
        "w", STARTS_AT.date(), ShiftCode.CA1, {}, before(-190), None, before(10), Source.PAPER
    )
    judged = answered_on_time(*paper.claim, before(-192), STARTS_AT)
    assert judged == (True, False, before(10))

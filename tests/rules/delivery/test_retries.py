"""What follows from a failed attempt: the table, and that nothing is sent twice by mistake."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.rules import (
    WAITS,
    AuthExpired,
    BadMessage,
    BadRecipient,
    ChannelError,
    ChannelStep,
    ConfigProblem,
    Consequence,
    Lane,
    NextChannel,
    OutsideHours,
    Permanent,
    QuotaUsedUp,
    RateLimited,
    Status,
    Temporary,
    Unclear,
    circuit_pause,
    may_move,
    needs_next_channel,
    next_try_at,
    what_follows,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TONIGHT = NOW + timedelta(hours=9)
URGENT, NORMAL, BULK = Lane.URGENT, Lane.NORMAL, Lane.BULK
KINDS = (
    Temporary,
    RateLimited,
    QuotaUsedUp,
    OutsideHours,
    Unclear,
    Permanent,
    BadRecipient,
    BadMessage,
    ConfigProblem,
    AuthExpired,
)
errors = st.one_of(
    st.builds(
        lambda kind, after, before: kind(retry_after=after, not_before=before),
        st.sampled_from(KINDS),
        st.none() | st.timedeltas(timedelta(0), timedelta(hours=3)),
        st.none() | st.timedeltas(timedelta(hours=-1), timedelta(hours=9)).map(NOW.__add__),
    ),
    st.just(ValueError("a slip of ours")),
)


def follows(error: Exception, lane: Lane = NORMAL, attempt: int = 1, **more: Any) -> Consequence:
    given_status = more.pop("status", Status.SENDING)
    return what_follows(error, status=given_status, lane=lane, attempt=attempt, now=NOW, **more)


@pytest.mark.parametrize(
    ("error", "status", "step", "ordinary", "urgent"),
    [
        (Temporary(), Status.QUEUED, ChannelStep.GO_ON, NextChannel.NO, NextChannel.NO),
        (RateLimited(), Status.QUEUED, ChannelStep.SLOW_DOWN, NextChannel.NO, NextChannel.NO),
        (QuotaUsedUp(), Status.QUEUED, ChannelStep.HOLD_ORDINARY, NextChannel.NO, NextChannel.NOW),
        (OutsideHours(), Status.QUEUED, ChannelStep.HOLD_ORDINARY, NextChannel.NO, NextChannel.NOW),
        (Unclear(), Status.UNCLEAR, ChannelStep.GO_ON, NextChannel.NO, NextChannel.NOW),
        (
            BadRecipient(),
            Status.PERMANENT_FAILURE,
            ChannelStep.GO_ON,
            NextChannel.NOW,
            NextChannel.NOW,
        ),
        (
            Permanent(),
            Status.PERMANENT_FAILURE,
            ChannelStep.GO_ON,
            NextChannel.NOW,
            NextChannel.NOW,
        ),
        (
            BadMessage(),
            Status.TECHNICAL_FAILURE,
            ChannelStep.GO_ON,
            NextChannel.AFTER_REVIEW,
            NextChannel.PLAIN_SMS,
        ),
        (AuthExpired(), Status.QUEUED, ChannelStep.RENEW, NextChannel.NO, NextChannel.NO),
        (ConfigProblem(), Status.QUEUED, ChannelStep.PAUSE, NextChannel.NO, NextChannel.NOW),
        (
            KeyError("x"),
            Status.TECHNICAL_FAILURE,
            ChannelStep.GO_ON,
            NextChannel.NO,
            NextChannel.NOW,
        ),
    ],
)
def test_the_table_of_consequences(
    error: Exception,
    status: Status,
    step: ChannelStep,
    ordinary: NextChannel,
    urgent: NextChannel,
) -> None:
    for lane, next_channel in ((NORMAL, ordinary), (BULK, ordinary), (URGENT, urgent)):
        found = follows(error, lane)
        assert (found.status, found.channel, found.next_channel) == (status, step, next_channel)


def test_only_a_bad_recipient_marks_the_address_and_only_a_bad_message_stops_the_batch() -> None:
    for kind in KINDS:
        found = follows(kind())
        assert found.bad_address == (kind is BadRecipient)
        assert found.batch_stops == (kind is BadMessage)
        assert found.ask_status == (kind is Unclear)
        assert found.alert == (kind in {BadMessage, ConfigProblem})
    assert follows(ZeroDivisionError()).trace


def test_renewing_the_credentials_is_tried_once() -> None:
    assert follows(AuthExpired()).next_attempt_at == NOW
    again = follows(AuthExpired(), renewed=True)
    assert (again.channel, again.alert) == (ChannelStep.PAUSE, True)


def test_tries_are_spaced_as_the_lane_says_and_then_given_up() -> None:
    minutes: dict[Lane, list[float | None]] = {
        URGENT: [0.5, 2, None],
        NORMAL: [2, 10, 30, None],
        BULK: [10, 60, 360, None],
    }
    for lane, waits in minutes.items():
        for attempt, wait in enumerate(waits, start=1):
            found = follows(Temporary(), lane, attempt)
            at = None if wait is None else NOW + timedelta(minutes=wait)
            assert found.next_attempt_at == at
            assert (found.status is Status.TEMPORARY_FAILURE) == (wait is None)


def test_an_urgent_notice_takes_another_road_after_two_tries() -> None:
    roads = [follows(Temporary(), URGENT, attempt).next_channel for attempt in (1, 2, 3)]
    assert roads == [NextChannel.NO, NextChannel.NOW, NextChannel.NOW]
    assert follows(Temporary(), NORMAL, 4).next_channel is NextChannel.NO


def test_what_the_provider_asks_for_is_waited_for() -> None:
    hour = timedelta(hours=1)
    assert follows(Temporary(retry_after=hour)).next_attempt_at == NOW + hour
    assert follows(Temporary(not_before=TONIGHT)).next_attempt_at == TONIGHT
    limited = follows(RateLimited(retry_after=hour))
    assert limited.next_attempt_at == limited.channel_until == NOW + hour
    held = follows(OutsideHours(not_before=TONIGHT))
    assert held.next_attempt_at == held.channel_until == TONIGHT
    assert follows(QuotaUsedUp(retry_after=hour)).channel_until == NOW + hour


@given(errors, st.sampled_from(Lane), st.integers(1, 6), st.floats(-1, 1))
def test_a_failed_attempt_always_leads_to_an_allowed_status(
    error: Exception, lane: Lane, attempt: int, jitter: float
) -> None:
    found = follows(error, lane, attempt, jitter=jitter)
    assert may_move(Status.SENDING, found.status, lane=lane)
    assert (found.next_attempt_at is not None) == (found.status is Status.QUEUED)
    assert found.next_attempt_at is None or found.next_attempt_at >= NOW
    assert found.channel_until is None or found.channel_until >= NOW


@given(errors, st.sampled_from(Lane), st.sampled_from(Status), st.integers(1, 6))
def test_an_error_that_comes_late_takes_nothing_back_and_sends_nothing_again(
    error: Exception, lane: Lane, status: Status, attempt: int
) -> None:
    found = follows(error, lane, attempt, status=status)
    assert found.status is status or may_move(status, found.status, lane=lane)
    if status in {Status.SENT, Status.DELIVERED, Status.READ, Status.CANCELLED}:
        assert found.next_attempt_at is None
        assert found.status is not Status.QUEUED


@given(st.sampled_from(Lane), st.integers(1, 5), st.floats(-1, 1))
def test_jitter_moves_ordinary_tries_by_at_most_a_fifth(
    lane: Lane, attempt: int, jitter: float
) -> None:
    exact, moved = next_try_at(lane, attempt, NOW), next_try_at(lane, attempt, NOW, jitter)
    assert (exact is None) == (moved is None) == (attempt >= len(WAITS[lane]))
    if exact is not None and moved is not None:
        assert abs(moved - exact) <= (exact - NOW) * (0 if lane is URGENT else 0.2)


def test_an_urgent_notice_waits_three_minutes_for_an_arrival() -> None:
    for status, waits in ((Status.SENT, True), (Status.UNCLEAR, True), (Status.DELIVERED, False)):
        assert needs_next_channel(URGENT, status, NOW, NOW + timedelta(minutes=3)) is waits
    assert not needs_next_channel(URGENT, Status.SENT, NOW, NOW + timedelta(minutes=2))
    assert not needs_next_channel(NORMAL, Status.SENT, NOW, TONIGHT)


def test_a_channel_that_fails_half_of_twenty_calls_rests_longer_each_time() -> None:
    assert circuit_pause(19, 19, None) is None
    assert circuit_pause(20, 9, None) is None
    pauses, pause = [], None
    for _ in range(6):
        pause = circuit_pause(20, 10, pause)
        assert pause is not None
        pauses.append(pause.total_seconds())
    assert pauses == [60, 120, 240, 480, 900, 900]


def test_an_error_names_its_class_and_code_and_no_more() -> None:
    assert str(BadRecipient("-213", "not a follower")) == "BadRecipient -213 not a follower"
    assert str(Unclear()) == "Unclear"
    assert all(issubclass(kind, ChannelError) for kind in KINDS)

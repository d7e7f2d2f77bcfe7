"""Which steps a delivery may take; none is ever made to look better than it is."""

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from app.delivery.rules import (
    CLOSED,
    FAILED,
    Lane,
    Status,
    after_lease,
    after_silence,
    is_expired,
    may_move,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ONWARDS = ["created", "queued", "sending", "sent", "delivered", "read"]
statuses = st.sampled_from(Status)


def steps(old: Status, **more: bool | Lane) -> set[str]:
    return {new.value for new in Status if may_move(old, new, **more)}  # type: ignore[arg-type]


def test_every_step_of_an_ordinary_delivery() -> None:
    failures = {each.value for each in FAILED}
    assert steps(Status.CREATED) == {
        *ONWARDS[1:],
        *failures,
        "cancelled",
        "expired",
        "skipped",
    }
    assert steps(Status.QUEUED) == {*ONWARDS[2:], *failures, "cancelled", "expired", "skipped"}
    assert steps(Status.SENDING) == {"queued", "unclear", *ONWARDS[3:], *failures}
    assert steps(Status.UNCLEAR) == {*ONWARDS[3:], *failures}
    assert steps(Status.SENT) == {"delivered", "read", *failures}
    assert steps(Status.DELIVERED) == {"read"}
    assert steps(Status.TEMPORARY_FAILURE) == {"delivered", "read"}


def test_what_is_closed_stays_closed_but_for_a_late_receipt() -> None:
    for old, new in product(CLOSED - {Status.TEMPORARY_FAILURE}, Status):
        assert not may_move(old, new)
        assert not may_move(old, new, lane=Lane.URGENT, by_person=True)


def test_an_unclear_delivery_is_sent_again_only_by_a_person_or_when_urgent() -> None:
    assert not may_move(Status.UNCLEAR, Status.QUEUED)
    assert not may_move(Status.UNCLEAR, Status.QUEUED, lane=Lane.BULK)
    assert may_move(Status.UNCLEAR, Status.QUEUED, by_person=True)
    assert may_move(Status.UNCLEAR, Status.QUEUED, lane=Lane.URGENT)
    assert {old for old in Status if may_move(old, Status.UNCLEAR)} == {Status.SENDING}


@given(statuses, st.lists(statuses, max_size=12))
def test_reports_in_any_order_never_take_back_an_arrival(
    start: Status, reports: list[Status]
) -> None:
    status, arrived = start, False
    for report in reports:
        if may_move(status, report):
            assert not arrived or report is Status.READ
            status = report
        arrived = arrived or status in {Status.DELIVERED, Status.READ}
        assert not may_move(status, status)


@given(statuses, st.integers(-5, 5))
def test_a_lease_that_ran_out_makes_a_delivery_unclear_never_queued(
    status: Status, minutes: int
) -> None:
    until = NOW + timedelta(minutes=minutes)
    after = after_lease(status, until, NOW)
    if status is Status.SENDING and minutes <= 0:
        assert after is Status.UNCLEAR
        assert may_move(status, after)
    else:
        assert after is status
    assert after_lease(Status.SENDING, None, NOW) is Status.UNCLEAR


def test_a_message_without_a_receipt_is_given_up_after_the_channels_silence() -> None:
    day = timedelta(days=1)
    assert after_silence(Status.SENT, NOW - day, day, NOW) is Status.TEMPORARY_FAILURE
    assert after_silence(Status.SENT, NOW - day / 2, day, NOW) is Status.SENT
    assert after_silence(Status.READ, NOW - 2 * day, day, NOW) is Status.READ


def test_a_message_expires_at_its_moment() -> None:
    second = timedelta(seconds=1)
    assert is_expired(NOW, NOW)
    assert not is_expired(NOW + second, NOW)
    assert not is_expired(None, NOW)

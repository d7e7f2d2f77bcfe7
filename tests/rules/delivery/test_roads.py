"""Which road a message takes to somebody, when it may begin, and which one comes next."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.rules import ChannelName, Lane, Status
from app.delivery.rules.failing_over import HELD_UP, Hope, Walked, hope_of, next_road
from app.delivery.rules.retries import URGENT_PATIENCE
from app.delivery.rules.roads import (
    BELL,
    AddressKind,
    QuietHours,
    Roads,
    begins_at,
    first_roads,
    open_roads,
    rings,
    spread,
)
from app.delivery.rules.statuses import ARRIVED

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
SMS, MAIL, PAPER, IN_APP = (
    ChannelName.SMS_HTTP,
    ChannelName.EMAIL,
    ChannelName.PAPER,
    ChannelName.IN_APP,
)
OUTSIDE = (SMS, ChannelName.ZALO_TPL_PHONE, MAIL)
ROADS = Roads(dict.fromkeys(Lane, OUTSIDE), QuietHours(), ZONE)
lanes = st.sampled_from(list(Lane))
moments = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - the zone is drawn beside it
    datetime(2027, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
errors = st.sampled_from(["", "Temporary", *HELD_UP])
legs = st.builds(
    Walked,
    st.sampled_from([IN_APP, PAPER, *OUTSIDE]),
    st.sampled_from(list(Status)),
    moments,
    st.integers(0, 4),
    errors,
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
walks = st.lists(legs, max_size=5, unique_by=lambda leg: leg.channel)


@given(lanes, st.sets(st.sampled_from(list(AddressKind))), st.booleans())
def test_somebody_starts_on_a_road_that_leads_to_them(
    lane: Lane, kinds: set[AddressKind], has_device: bool
) -> None:
    outside = open_roads(lane, ROADS, kinds)
    roads = first_roads(lane, outside, has_device=has_device)
    assert set(roads) <= {IN_APP, *outside}
    if lane is Lane.URGENT:
        assert roads[0] is IN_APP, "whoever signs in finds it"
        assert len(roads) == 1 + (bool(outside) and not has_device)
    else:
        assert len(roads) == 1, "one road a person"
        assert (roads[0] is IN_APP) == (has_device or not outside)


@given(lanes, st.booleans())
def test_a_phone_rings_for_the_inbox_and_never_in_its_place(lane: Lane, has_device: bool) -> None:
    roads = first_roads(lane, [BELL, *OUTSIDE], has_device=has_device)
    plain = first_roads(lane, OUTSIDE, has_device=has_device)
    assert tuple(road for road in roads if road is not BELL) == plain
    assert (BELL in roads) == (IN_APP in roads)
    assert next_road(lane, [Walked(IN_APP, Status.PERMANENT_FAILURE, NOON)], [BELL], NOON) in {
        PAPER,
        None,
    }


def test_a_phone_serves_every_channel_that_calls_phones() -> None:
    assert open_roads(Lane.URGENT, ROADS, {AddressKind.PHONE}) == OUTSIDE[:2]
    assert open_roads(Lane.URGENT, ROADS, {AddressKind.EMAIL}) == (MAIL,)
    assert open_roads(Lane.URGENT, Roads(), set(AddressKind)) == ()


@given(moments)
def test_quiet_hours_end_at_half_past_four(at: datetime) -> None:
    until = ROADS.quiet_until(at)
    local = at.astimezone(ZONE).time()
    assert (until is not None) == (local >= time(21) or local < time(4, 30))
    if until is not None:
        assert timedelta() < until - at <= timedelta(hours=7, minutes=30)
        assert until.astimezone(ZONE).time() == time(4, 30)
        assert ROADS.quiet_until(until) is None


@given(st.sampled_from([IN_APP, *OUTSIDE]), lanes, moments, st.text(), st.booleans())
def test_nothing_that_rings_begins_in_the_night(
    channel: ChannelName, lane: Lane, at: datetime, key: str, many: bool
) -> None:
    expires_at = at + timedelta(hours=12)
    begins = begins_at(channel, lane, ROADS, key, not_before=at, expires_at=expires_at, many=many)
    assert begins is not None
    assert at <= begins < expires_at
    if rings(channel, lane):
        assert ROADS.quiet_until(begins) is None or many
    else:
        assert begins == at, "urgent always, and what makes no sound"


@given(moments, st.text())
def test_what_would_wait_too_long_for_the_morning_is_no_road(at: datetime, key: str) -> None:
    until = ROADS.quiet_until(at) or at
    expires_at = max(until, at + timedelta(minutes=1))
    begins = begins_at(SMS, Lane.NORMAL, ROADS, key, not_before=at, expires_at=expires_at)
    assert begins is None or begins < expires_at


@given(st.lists(st.uuids(), min_size=400, max_size=400, unique=True))
def test_many_are_spread_evenly(keys: Sequence[object]) -> None:
    over = timedelta(minutes=10)
    at = [spread(str(key), over) for key in keys]
    assert all(timedelta() <= each < over for each in at)
    per_minute = [sum(each // timedelta(minutes=1) == n for each in at) for n in range(10)]
    assert max(per_minute) <= 90, "forty a minute on the average, never all at once"


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("21:00-04:30", QuietHours()),
        (" 22:15 - 05:00 ", QuietHours(time(22, 15), time(5))),
        ("off", None),
    ],
)
def test_quiet_hours_are_read(text: str, hours: QuietHours | None) -> None:
    assert QuietHours.read(text) == hours


@pytest.mark.parametrize("text", ["", "21", "21:00", "25:00-04:00", "21:00-21:00", "a-b", "-"])
def test_other_texts_name_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match="from one hour"):
        QuietHours.read(text)


@given(lanes, walks, moments)
def test_nobody_walks_a_road_twice(lane: Lane, walked: list[Walked], now: datetime) -> None:
    road = next_road(lane, walked, OUTSIDE, now)
    assert road is None or road not in {leg.channel for leg in walked}
    if road is not None:
        free = [each for each in OUTSIDE if each not in {leg.channel for leg in walked}]
        assert road == (free[0] if free else PAPER if lane is Lane.URGENT else IN_APP)


@given(lanes, walks, moments)
def test_who_was_reached_is_left_in_peace(lane: Lane, walked: list[Walked], now: datetime) -> None:
    if any(leg.status in ARRIVED for leg in walked):
        assert next_road(lane, walked, OUTSIDE, now) is None


@given(walks, moments)
def test_what_is_not_urgent_goes_on_only_when_it_certainly_did_not_arrive(
    walked: list[Walked], now: datetime
) -> None:
    if next_road(Lane.NORMAL, walked, OUTSIDE, now) is None:
        return
    for leg in walked:
        assert leg.status in {
            Status.PERMANENT_FAILURE,
            Status.TEMPORARY_FAILURE,
            Status.CANCELLED,
            Status.EXPIRED,
            Status.SKIPPED,
        }
        assert leg.status is not Status.TEMPORARY_FAILURE or not leg.accepted


@given(walks, moments)
def test_bulk_takes_one_road_only(walked: list[Walked], now: datetime) -> None:
    assert next_road(Lane.BULK, walked, OUTSIDE, now) is None


@pytest.mark.parametrize(
    ("leg", "seconds", "gone_on"),
    [
        (Walked(IN_APP, Status.SENT, NOON), 179, False),
        (Walked(IN_APP, Status.SENT, NOON), 180, True),
        (Walked(SMS, Status.SENT, NOON, 1, accepted=True), 180, True),
        (Walked(SMS, Status.SENT, NOON, 1, accepted=True, ends_there=True), 999, False),
        (Walked(SMS, Status.UNCLEAR, NOON, 1), 0, True),
        (Walked(SMS, Status.PERMANENT_FAILURE, NOON, 1), 0, True),
        (Walked(SMS, Status.TECHNICAL_FAILURE, NOON, 1), 0, True),
        (Walked(SMS, Status.QUEUED, NOON, 1, "Temporary"), 0, False),
        (Walked(SMS, Status.QUEUED, NOON, 2, "Temporary"), 0, True),
        (Walked(SMS, Status.QUEUED, NOON, 1, "QuotaUsedUp"), 0, True),
        (Walked(SMS, Status.QUEUED, NOON, 1, "ConfigProblem"), 0, True),
        (Walked(SMS, Status.QUEUED, NOON, 1, "RateLimited"), 0, False),
        (Walked(SMS, Status.QUEUED, NOON), 999, False),
        (Walked(SMS, Status.QUEUED, NOON, is_open=False), 999, True),
        (Walked(SMS, Status.DELIVERED, NOON, 1), 999, False),
    ],
)
def test_what_is_urgent_loses_patience(leg: Walked, seconds: int, gone_on: bool) -> None:
    now = NOON + timedelta(seconds=seconds)
    assert (next_road(Lane.URGENT, [leg], OUTSIDE, now) is not None) == gone_on


@given(st.booleans(), st.lists(st.sampled_from(OUTSIDE), unique=True))
def test_what_is_urgent_and_reaches_nobody_ends_with_the_team_lead(
    has_device: bool, outside: list[ChannelName]
) -> None:
    walked = [
        Walked(road, Status.SENT, NOON)
        for road in first_roads(Lane.URGENT, outside, has_device=has_device)
    ]
    now = NOON
    for _ in range(9):
        now += URGENT_PATIENCE
        road = next_road(Lane.URGENT, walked, outside, now)
        if road is None:
            break
        walked.append(Walked(road, Status.SENT, now))
    assert [leg.channel for leg in walked] == [IN_APP, *outside, PAPER]


@given(lanes, legs, moments)
def test_hope_never_comes_back(lane: Lane, leg: Walked, now: datetime) -> None:
    if hope_of(leg, lane, now) is Hope.GIVEN_UP and leg.since <= now:
        assert hope_of(leg, lane, now + timedelta(minutes=1)) is Hope.GIVEN_UP

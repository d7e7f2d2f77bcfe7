"""Zalo's rules: its codes, its windows, its day, its minute, and its signatures."""

import hashlib
from collections import deque
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.channels.pace import Pace
from app.delivery.channels.zalo_codes import zalo_codes
from app.delivery.channels.zalo_office import AT_ONCE_SHARE, USED_SHARE
from app.delivery.registry import CODES
from app.delivery.rules.codes import FAULTS, Outcome
from app.delivery.rules.grants import Grant, Renewal, what_to_do
from app.delivery.rules.zalo import again_at, may_be_written_to, signed_with
from app.delivery.rules.zalo_calls import read_zalo_call

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
MOMENTS = st.integers(0, 730 * 24 * 60).map(lambda n: NOON + timedelta(minutes=n))


@given(
    st.integers(60, 20_000),
    st.lists(st.one_of(st.floats(0, 0.05), st.floats(0, 90)), min_size=1, max_size=400),
)
def test_no_sixty_seconds_ever_hold_more_turns_than_a_minute_allows(
    per_minute: int, idle: list[float]
) -> None:
    """Whoever idles and bursts as they like; turns are taken when they come."""
    now = 0.0
    pace = Pace(per_minute, now=lambda: now, use=USED_SHARE, at_once=per_minute * AT_ONCE_SHARE)
    lately: deque[float] = deque()
    for rest in idle:
        now += rest
        for _ in range(20):
            now += pace.turn()
            while lately and now - lately[0] >= 60:
                lately.popleft()
            lately.append(now)
            assert len(lately) <= per_minute


def test_a_busy_minute_is_used_to_ninety_five_hundredths_and_more() -> None:
    now = 0.0
    pace = Pace(4000, now=lambda: now, use=USED_SHARE, at_once=4000 * AT_ONCE_SHARE)
    taken: deque[float] = deque()
    while now < 600:
        now += pace.turn()
        taken.append(now)
    for minute in range(1, 9):
        count = sum(minute * 60 <= at < minute * 60 + 60 for at in taken)
        assert 3800 <= count <= 4000


def test_one_code_means_two_things_at_two_doors() -> None:
    table = zalo_codes()
    oa, phone = table.find("oa", "-100"), table.find("zbs_phone", "-100")
    assert oa is not None
    assert phone is not None
    assert oa.words != phone.words


def test_every_code_of_every_provider_has_an_outcome_and_words() -> None:
    for table in CODES.values():
        for each in table.codes:
            assert each.outcome in FAULTS
            assert each.words
            assert each.meaning


def test_what_is_said_of_a_phone_does_not_speak_against_sms_to_it() -> None:
    marks = {
        each.code
        for each in zalo_codes().codes
        if each.surface == "zbs_phone" and each.outcome is Outcome.RECIPIENT
    }
    assert marks == {"-108"}


@given(MOMENTS, st.sampled_from(["next day", "06:00 Asia/Ho_Chi_Minh + jitter", "next month"]))
def test_a_word_for_later_is_later_and_not_much(now: datetime, word: str) -> None:
    at = again_at(word, now, ZONE)
    assert at is not None
    most = timedelta(days=31) if word == "next month" else timedelta(days=1)
    assert now < at <= now + most


@given(st.integers(-100, 400))
def test_a_window_ends_on_the_hour(hours: int) -> None:
    last = NOON - timedelta(hours=hours)
    assert may_be_written_to(last, NOON, within=timedelta(hours=48)) is (hours < 48)
    assert not may_be_written_to(None, NOON, within=timedelta(hours=48))


@given(st.binary(max_size=60), st.text(st.characters(codec="ascii"), max_size=80))
def test_nothing_but_the_right_digest_passes(raw: bytes, given_text: str) -> None:
    terms = {"firsts": [("app", "1"), ("oa", "")], "stamps": [("body", "2")]}
    secrets = [("webhook", "s3cret"), ("app_secret", "")]
    right = hashlib.sha256(b"1" + raw + b"2" + b"s3cret").hexdigest()
    found = signed_with(raw, f"MAC={right.upper()}", **terms, secrets=secrets)
    assert found is not None
    assert found.name == "app+body+webhook"
    if right not in given_text.lower():
        assert signed_with(raw, given_text, **terms, secrets=secrets) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["event_name", "timestamp", "sender", "id", "message", "msg_id", "msg_ids", "info"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_call_is_read_or_left(told: object) -> None:
    call = read_zalo_call(told, oa_id="9", received_at=NOON)
    assert call is None or (len(call.key) == 64 and len(call.event) <= 60)


@pytest.mark.parametrize(
    ("grant", "used", "todo"),
    [
        (Grant(1, True), 1, Renewal.BEGIN),
        (Grant(2, True), 1, Renewal.TAKE),
        (Grant(1, False), 1, Renewal.LOST),
        (Grant(1, True, problem="grant_lost"), 1, Renewal.LOST),
        (Grant(1, True, renewing_until=NOON + timedelta(seconds=1)), 1, Renewal.WAIT),
        (Grant(1, True, renewing_until=NOON), 1, Renewal.BEGIN),
        (Grant(1, True, next_renewal_at=NOON + timedelta(seconds=1)), 1, Renewal.WAIT),
    ],
)
def test_a_refresh_token_is_traded_by_one_at_a_time(grant: Grant, used: int, todo: Renewal) -> None:
    assert what_to_do(grant, used, NOON) is todo

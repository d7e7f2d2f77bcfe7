"""Codes of a phone: each step good once, one early or late, told when a clock is off."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import Role
from app.accounts.rules.second_factor import (
    TOLD_STEPS,
    WINDOW_STEPS,
    ClockOff,
    CodeUsed,
    WrongCode,
    accepted_step,
    is_half_way,
    proof,
    provisioning_address,
    step_at,
)
from app.accounts.rules.sessions import Limits, is_over, limits_for
from app.extensions import new_seed, one_time_code

NOW = datetime(2026, 11, 23, 22, 50, tzinfo=UTC)
# RFC 6238, appendix B: the seed "12345678901234567890" as base32, its last six digits.
RFC_SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert one_time_code(RFC_SEED, step_at(datetime.fromtimestamp(seconds, UTC))) == code


def plain(step: int) -> str:
    """A code that no other step nearby has."""
    return f"{step % 1_000_000:06d}"


@given(off=st.integers(-60, 60), last=st.none() | st.integers(-60, 60))
def test_a_code_is_taken_once_and_only_near_its_moment(off: int, last: int | None) -> None:
    here = step_at(NOW)
    last_step = None if last is None else here + last
    try:
        taken: int | type = accepted_step(plain(here + off), NOW, last_step, plain)
    except (WrongCode, ClockOff, CodeUsed) as refusal:
        taken = type(refusal)
    if abs(off) > TOLD_STEPS:
        assert taken is WrongCode
    elif abs(off) > WINDOW_STEPS:
        assert taken is ClockOff
    elif last is not None and off <= last:
        assert taken is CodeUsed
    else:
        assert taken == here + off


@given(st.lists(st.integers(-3, 3), max_size=12))
def test_no_order_of_codes_lets_one_in_twice(offs: list[int]) -> None:
    here, last, taken = step_at(NOW), None, []
    for off in offs:
        try:
            last = accepted_step(plain(here + off), NOW, last, plain)
        except (WrongCode, ClockOff, CodeUsed):
            continue
        taken.append(last)
    assert taken == sorted(set(taken))


def test_a_clock_that_is_off_is_told_in_minutes() -> None:
    with pytest.raises(ClockOff) as told:
        accepted_step(plain(step_at(NOW) + 8), NOW, None, plain)
    assert told.value.params == {"minutes": 4}


@pytest.mark.parametrize(
    ("typed", "digits", "spare"),
    [
        ("123 456", "123456", "123456"),
        ("123-456", "123456", "123456"),
        ("ab2cd-ef3gh", None, "AB2CDEF3GH"),
        ("12345", None, "12345"),
        ("١٢٣٤٥٦", None, "١٢٣٤٥٦"),
    ],
)
def test_what_is_typed_is_digits_or_a_printed_code(
    typed: str, digits: str | None, spare: str
) -> None:
    assert (proof(typed).digits, proof(typed).spare) == (digits, spare)


def test_an_authenticator_app_reads_who_it_is_for() -> None:
    address = provisioning_address("An Ca KCN Vân Trung", "hanh", new_seed())
    assert address.startswith("otpauth://totp/An%20Ca%20KCN%20V%C3%A2n%20Trung%3Ahanh?secret=")


def test_half_way_lasts_five_minutes_and_not_backwards() -> None:
    assert is_half_way(NOW, NOW + timedelta(minutes=5))
    assert not is_half_way(NOW, NOW + timedelta(minutes=5, seconds=1))
    assert not is_half_way(NOW, NOW - timedelta(seconds=1))


HOURS = st.integers(1, 16)
MINUTES = st.integers(5, 60)


@given(
    st.dictionaries(st.sampled_from(list(Role)), st.builds(Limits.of, MINUTES, HOURS)),
    st.lists(st.sampled_from(list(Role)), unique=True),
    st.builds(Limits.of, MINUTES, HOURS),
)
def test_a_role_more_never_makes_a_session_last_longer(
    by_role: dict[Role, Limits], roles: list[Role], rest: Limits
) -> None:
    for count in range(1, len(roles)):
        fewer = limits_for(roles[:count], by_role, rest)
        more = limits_for(roles[: count + 1], by_role, rest)
        assert more.idle <= fewer.idle
        assert more.longest <= fewer.longest


def test_a_session_ends_by_either_limit() -> None:
    limits = Limits.of(15, 8)
    hours = timedelta(hours=1)
    assert not is_over(NOW - 8 * hours, NOW, NOW, limits)
    assert is_over(NOW - 8 * hours - timedelta(seconds=1), NOW, NOW, limits)
    assert is_over(NOW - hours, NOW - timedelta(minutes=16), NOW, limits)

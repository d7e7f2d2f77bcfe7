"""All nudges of a company for a shift are one message, and no other company's or shift's."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.reminders.rules.nudging import nudge_key
from app.workforce.rules.shifts import ShiftCode

SLOTS = st.tuples(
    st.integers(1, 10_000),
    st.dates(date(2021, 1, 1), date(2030, 1, 1)),
    st.sampled_from(ShiftCode),
)


@given(SLOTS, SLOTS)
def test_a_key_is_of_one_company_and_shift(
    own: tuple[int, date, ShiftCode], other: tuple[int, date, ShiftCode]
) -> None:
    assert (nudge_key(*own) == nudge_key(*other)) is (own == other)
    assert len(nudge_key(*own)) <= 120

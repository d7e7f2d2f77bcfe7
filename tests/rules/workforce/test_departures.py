"""Times of leaving are read as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workforce.rules.departures import NoTimeOfDay, TooManyDepartures, read_departures


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("", ()),
        ("  ", ()),
        ("05:15", ("05:15",)),
        ("13:10, 5h15", ("05:15", "13:10")),
        ("5:15; 5:15", ("05:15",)),
        ("5g15\n21:10", ("05:15", "21:10")),
        ("5", ("05:00",)),
    ],
)
def test_times_are_read_each_once_in_order(text: str, times: tuple[str, ...]) -> None:
    assert read_departures(text) == times


@pytest.mark.parametrize("text", ["sớm", "25:00", "5:60", "05:15, sau đó", "5:1"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(NoTimeOfDay):
        read_departures(text)


def test_a_bus_does_not_leave_seven_times() -> None:
    with pytest.raises(TooManyDepartures):
        read_departures(", ".join(f"{hour}:00" for hour in range(7)))


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        times = read_departures(text)
    except (NoTimeOfDay, TooManyDepartures):
        return
    assert read_departures(", ".join(times)) == times

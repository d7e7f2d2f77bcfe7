"""Summaries: every company once, hidden ones merged where that is allowed, totals that are true."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.checkins.rules import Counts
from app.kernel.canonical import canonical_json
from app.sync.rules import CompanyFigures, day_summary, is_news, shift_summary
from app.workforce.rules.shifts import ShiftCode

ON = date(2026, 11, 23)
STARTS_AT = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
Body = dict[str, Any]


def company(
    code: str, green: int, amber: int = 0, red: int = 0, silent: int = 0, **more: Any
) -> CompanyFigures:
    answered = green + amber + red
    counts = Counts(answered + silent, answered, answered, green=green, amber=amber, red=red)
    return CompanyFigures(code, counts, **more)


def publish(
    *figures: CompanyFigures,
    earlier: Sequence[Body] = (),
    shift: ShiftCode = ShiftCode.CA1,
    hours: int = 1,
) -> Body:
    return shift_summary(
        on=ON,
        shift=shift,
        starts_at=STARTS_AT,
        ends_at=STARTS_AT + timedelta(hours=8),
        final=True,
        as_of=STARTS_AT + timedelta(hours=hours),
        figures=figures,
        earlier=earlier,
        missing=["D2", "D1", "D2"],
    )


def total(*shifts: Body) -> Body:
    return day_summary(on=ON, final=False, as_of=STARTS_AT, shifts=shifts, revision=1)


def row(body: Body, code: str) -> dict[str, Any] | None:
    return next((each for each in body["companies"] if each["code"] == code), None)


def levels(body: Body, code: str) -> tuple[Any, ...] | None:
    found = row(body, code)
    return None if found is None else (found["green"], found["amber"], found["red"])


companies = st.lists(
    st.builds(
        company,
        st.sampled_from("ABCDEFGH"),
        *(st.integers(0, 9) for _ in range(4)),
        symptoms=st.fixed_dictionaries({"fever": st.integers(0, 3)}),
        teams_needed=st.none() | st.integers(0, 3),
    ),
    unique_by=lambda each: each.code,
    max_size=6,
)


def test_a_summary_says_who_was_expected_who_answered_and_how_they_are() -> None:
    body = publish(company("A", 10, 1, 2, 3, symptoms={"fever": 2, "cough": 0}, cases_open=1))
    assert body == {
        "on": "2026-11-23",
        "shift": "ca1",
        "starts_at": "2026-11-22T23:00:00+00:00",
        "ends_at": "2026-11-23T07:00:00+00:00",
        "revision": 1,
        "final": True,
        "as_of": "2026-11-23T00:00:00+00:00",
        "companies": [
            {
                "code": "A",
                "expected": 16,
                "answered": 13,
                "on_time": 13,
                "absent": 0,
                "not_asked": 0,
                "not_answered": 3,
                "green": 10,
                "amber": 1,
                "red": 2,
                "symptoms": {"fever": 2},
                "cases_open": 1,
                "reminders_sent": None,
                "reminders_read": None,
                "teams_staffed": None,
                "teams_needed": None,
                "hidden": False,
            }
        ],
        "missing": ["D1", "D2"],
    }


@settings(max_examples=60)
@given(companies)
def test_every_company_stands_once_and_small_ones_without_health(
    figures: list[CompanyFigures],
) -> None:
    body = publish(*figures)
    canonical_json(body)
    codes = [each["code"] for each in body["companies"] if each["code"] != "*"]
    assert codes == sorted(each.code for each in figures)
    for each in figures:
        found = row(body, each.code)
        assert found is not None
        assert found["expected"] == each.counts.expected
        assert found["expected"] == sum(
            found[name] for name in ("answered", "absent", "not_asked", "not_answered")
        )
        health = [found[name] for name in ("green", "amber", "red", "symptoms", "cases_open")]
        assert found["hidden"] == (each.counts.expected < 10)
        assert found["hidden"] == all(value is None for value in health)
        assert found["hidden"] or found["answered"] == sum(health[:3])
    merged = row(body, "*")
    if merged is not None:
        small = [each for each in figures if each.counts.expected < 10]
        assert merged["companies"] == sorted(each.code for each in small)
        assert len(small) >= 2
        assert sum(each.counts.expected for each in small) >= 10
        assert merged["red"] == sum(each.counts.red for each in small)
        assert merged["expected"] is None


def test_two_small_companies_of_ten_people_are_merged_one_or_nine_people_are_not() -> None:
    assert levels(publish(company("A", 5), company("B", 4, 1)), "*") == (9, 1, 0)
    assert levels(publish(company("A", 5), company("B", 4)), "*") is None
    assert levels(publish(company("A", 9), company("B", 40)), "*") is None
    assert levels(publish(company("A", 9), company("B", 0, silent=9)), "*") is None


def test_a_merged_row_waits_until_a_newer_sum_does_not_point_at_one_company() -> None:
    first = publish(company("A", 6), company("B", 6))
    second = publish(company("A", 6, 1), company("B", 6), earlier=[first], hours=2)
    third = publish(company("A", 6, 1), company("B", 9), earlier=[first, second], hours=3)
    told = [row(body, "*") for body in (first, second, third)]
    assert [each and (each["amber"], each["revision"]) for each in told] == [(0, 1), (0, 1), (1, 3)]
    assert [each and each["as_of"][11:13] for each in told] == ["00", "00", "02"]
    assert [body["revision"] for body in (first, second, third)] == [1, 2, 3]


def test_an_amended_answer_is_told_as_it_may_be_of_either_company() -> None:
    first = publish(company("A", 6), company("B", 6))
    second = publish(company("A", 5, 0, 1), company("B", 6), earlier=[first])
    assert levels(second, "*") == (11, 0, 1)


def test_a_merged_row_is_not_renewed_when_one_of_its_companies_is_gone() -> None:
    first = publish(company("A", 6), company("B", 6), company("C", 6))
    second = publish(company("A", 6, 1), company("B", 6, 1), earlier=[first])
    assert row(second, "*") == row(first, "*")


def test_once_hidden_a_company_stays_hidden_and_once_shown_it_is_not_merged() -> None:
    first = publish(company("A", 8), company("B", 12), company("C", 7))
    second = publish(company("A", 11), company("B", 9), company("C", 8), earlier=[first])
    assert levels(second, "A") == levels(second, "B") == levels(second, "C") == (None, None, None)
    merged = row(second, "*")
    assert merged is not None
    assert merged["companies"] == ["A", "C"]


def test_a_day_total_shows_what_every_shift_shows() -> None:
    morning = publish(company("A", 20, 1), company("B", 8), company("C", 6, 1))
    evening = publish(
        company("A", 30, red=2), company("B", 25), company("C", 7), shift=ShiftCode.CA2
    )
    day = total(morning, evening)
    assert day["shift"] is None
    assert levels(day, "A") == (50, 1, 2)
    assert levels(day, "B") == levels(day, "C") == (None, None, None)
    found = row(day, "B")
    assert found is not None
    assert found["expected"] == 33
    # in the evening C alone was hidden, so the merged row of the day would not be whole
    assert row(day, "*") is None


def test_a_day_total_merges_companies_that_every_shift_merged() -> None:
    morning = publish(company("A", 20), company("B", 8), company("C", 6, 1), hours=1)
    evening = publish(company("B", 25, 2), company("C", 0), shift=ShiftCode.CA2, hours=9)
    day = total(morning, evening)
    assert levels(day, "*") == (39, 3, 0)
    merged = row(day, "*")
    assert merged is not None
    assert merged["companies"] == ["B", "C"]
    assert merged["as_of"] == morning["as_of"]


def test_a_zero_report_is_a_report() -> None:
    body = publish(company("A", 0, silent=30))
    assert levels(body, "A") == (0, 0, 0)
    assert publish()["companies"] == []
    assert total()["companies"] == []
    assert total()["starts_at"] is None


def test_a_revision_that_says_nothing_new_is_known_by_its_content() -> None:
    first = publish(company("A", 20), company("B", 6), company("C", 6))
    same = publish(company("A", 20), company("B", 6), company("C", 6), earlier=[first], hours=4)
    other = publish(company("A", 21), company("B", 6), company("C", 6), earlier=[first], hours=4)
    assert is_news(None, first)
    assert not is_news(first, same)
    assert is_news(first, other)

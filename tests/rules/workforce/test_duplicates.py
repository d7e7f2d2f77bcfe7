"""Which records may be one person, and days that two of them share."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.kernel.text import fold
from app.workforce.rules.duplicates import (
    LARGEST_GROUP,
    Match,
    Span,
    Traits,
    candidate_pairs,
    days_left,
)

BORN = date(1995, 3, 2)
DAYS = st.integers(0, 40).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first, second = sorted((draw(DAYS), draw(DAYS)))
    return Span(first, draw(st.sampled_from((second, None))))


def days_of(span: Span) -> set[date]:
    last = span.to_on or date(2026, 3, 31)
    return {span.from_on + timedelta(days=n) for n in range((last - span.from_on).days + 1)}


def test_a_name_is_one_name_however_its_tones_and_i_are_written() -> None:
    one = Traits("a", fold("Nguyễn Thị Hoà Lý"), BORN, 1995)
    other = Traits("b", fold("NGUYEN THI HÒA LÍ"), BORN, 1995)
    assert [pair.matches for pair in candidate_pairs([one, other])] == [(Match.BIRTHDAY,)]


def test_a_year_counts_only_where_a_birthday_is_missing() -> None:
    whole = Traits("a", "hoa", BORN, 1995)
    another_day = Traits("b", "hoa", date(1995, 9, 9), 1995)
    year_only = Traits("c", "hoa", None, 1995)
    found = candidate_pairs([whole, another_day, year_only])
    assert {(p.first_id, p.second_id) for p in found} == {("a", "c"), ("b", "c")}


def test_the_likeliest_stand_first_with_all_their_reasons() -> None:
    records = [
        Traits("a", "hoa", BORN, 1995, "phone", "card"),
        Traits("b", "hoa", BORN, 1995, "phone", "card"),
        Traits("c", "lan", None, None, "phone"),
    ]
    found = candidate_pairs(records)
    assert found[0].matches == (Match.ID_NUMBER, Match.BIRTHDAY, Match.PHONE)
    assert [(p.first_id, p.second_id) for p in found[1:]] == [("a", "c"), ("b", "c")]


def test_who_was_told_apart_and_two_who_left_are_not_proposed() -> None:
    records = [Traits(each, "hoa", BORN, 1995, has_left=each != "a") for each in "abc"]
    found = candidate_pairs(records, {("a", "b")})
    assert [(p.first_id, p.second_id) for p in found] == [("a", "c")]


def test_a_number_that_a_whole_dormitory_gave_proposes_nobody() -> None:
    records = [Traits(f"{n:02}", f"name {n}", phone_index="x") for n in range(LARGEST_GROUP + 1)]
    assert candidate_pairs(records) == []
    assert len(candidate_pairs(records[:-1])) == LARGEST_GROUP * (LARGEST_GROUP - 1) // 2


def test_a_large_group_stays_small() -> None:
    records = [Traits(f"{n:05}", "hoa", BORN, 1995) for n in range(2000)]
    assert len(candidate_pairs(records)) == 1999


@given(spans(), st.lists(spans(), max_size=4))
def test_the_days_left_are_those_nobody_else_has_each_once(span: Span, taken: list[Span]) -> None:
    left = days_left(span, taken)
    wanted = days_of(span).difference(*(days_of(each) for each in taken))
    parts = [days_of(each) for each in left]
    assert set().union(*parts) == wanted
    assert sum(map(len, parts)) == len(wanted)

"""Safety teams: every line once, every person once, nothing asked before the document."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.workforce.queries.safety_teams import find_team_rule
from app.workforce.rules.safety_teams import (
    ShortLine,
    Staffing,
    TeamRule,
    WorkUnit,
    rule_on,
    staffing,
)

RULE = TeamRule("three", date(2021, 5, 10), "hướng dẫn", "guide", 3, "found")
COMPANY = WorkUnit(1, None, "Sao Bắc", 0, is_company=True)


def line(id_: int, name: str, people: int = 3, parent: int = 1) -> WorkUnit:
    return WorkUnit(id_, parent, name, people, is_line=True)


def test_a_line_with_three_members_is_staffed_and_one_with_two_is_short() -> None:
    units = [COMPANY, line(2, "Chuyền 3"), line(3, "Chuyền 7")]
    members = [("a", 2), ("b", 2), ("c", 2), ("d", 3), ("e", 3)]
    assert staffing(units, members, RULE) == Staffing(2, 1, (ShortLine(3, "Chuyền 7", 2),))


def test_somebody_in_two_teams_of_a_line_counts_once() -> None:
    members = [("a", 2), ("a", 2), ("b", 2)]
    found = staffing([COMPANY, line(2, "Chuyền 3")], members, RULE)
    assert found.short_lines == (ShortLine(2, "Chuyền 3", 2),)


def test_members_in_the_teams_of_a_line_look_after_the_line() -> None:
    units = [COMPANY, line(2, "Chuyền 3", 0), WorkUnit(4, 2, "Tổ 1", 3), WorkUnit(5, 2, "Tổ 2", 3)]
    assert staffing(units, [("a", 4), ("b", 5), ("c", 2)], RULE) == Staffing(1, 1)


def test_a_workshop_without_lines_and_a_company_without_units_are_one_place() -> None:
    workshop = WorkUnit(6, 1, "Kho", 3)
    assert staffing([COMPANY, workshop], [], RULE).short_lines == (ShortLine(6, "Kho", 0),)
    alone = WorkUnit(1, None, "Sao Bắc", 3, is_company=True)
    assert staffing([alone], [("a", 1), ("b", 1), ("c", 1)], RULE) == Staffing(1, 1)
    assert staffing([alone, workshop], [], RULE).needed == 1


def test_a_line_of_two_is_staffed_by_both_and_an_empty_one_needs_nobody() -> None:
    units = [COMPANY, line(2, "Bảo vệ", 2), line(3, "Trống", 0)]
    assert staffing(units, [("a", 2)], RULE) == Staffing(1, 0, (ShortLine(2, "Bảo vệ", 1),))
    assert staffing(units, [("a", 2), ("b", 2)], RULE) == Staffing(1, 1)
    assert staffing([], [], RULE) == Staffing(0, 0)


def test_a_company_of_a_unit_elsewhere_is_not_counted() -> None:
    assert staffing([COMPANY, line(2, "Chuyền 3")], [("a", 99)], RULE).staffed == 0


@given(
    st.lists(st.integers(0, 4), max_size=6),
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(2, 7)), max_size=30),
)
def test_staffed_and_short_lines_are_all_lines_that_need_a_team(
    people: list[int], members: list[tuple[str, int]]
) -> None:
    units = [COMPANY, *(line(place + 2, f"Chuyền {place}", n) for place, n in enumerate(people))]
    found = staffing(units, members, RULE)
    assert found.needed == sum(n > 0 for n in people)
    assert found.staffed + len(found.short_lines) == found.needed
    for short in found.short_lines:
        there = {worker for worker, unit in members if unit == short.unit_id}
        assert short.members == len(there) < min(3, people[short.unit_id - 2])


def test_the_newest_rule_of_a_day_counts_and_before_the_first_there_is_none() -> None:
    later: Any = TeamRule("five", date(2022, 1, 1), "", "", 5, "found")
    assert rule_on([later, RULE], date(2022, 3, 1)) == later
    assert rule_on([later, RULE], date(2021, 12, 31)) == RULE
    assert find_team_rule(date(2021, 5, 9)) is None
    known = find_team_rule(date(2021, 11, 9))
    assert known is not None
    assert known.members_min == 3
    assert known.source

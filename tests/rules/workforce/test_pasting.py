"""Badges pasted from a sheet: any separators, any order, nothing lost, nothing twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import badge_key
from app.workforce.rules.pasting import (
    KnownBadge,
    PastedBadge,
    PasteState,
    TooManyBadges,
    read_badges,
    sort_badges,
)

badges = st.from_regex(r"[A-Z]{0,3}[-. ]?[0-9]{1,6}", fullmatch=True)
separators = st.sampled_from(["\n", "\r\n", "\t", ",", ";", " , ", "\n\n", "\t\t", "|", "\u2028"])


def test_badges_straight_from_a_sheet_keep_the_line_they_stood_on() -> None:
    text = 'SB-20417\r\n\r\n "SB-20418"\tsb 20733 ,00123;\n'
    assert read_badges(text) == (
        PastedBadge(1, "SB-20417", "SB20417"),
        PastedBadge(3, "SB-20418", "SB20418"),
        PastedBadge(3, "sb 20733", "SB20733"),
        PastedBadge(3, "00123", "00123"),
    )


@given(st.lists(st.tuples(badges, separators), max_size=30))
def test_whatever_parts_them_the_same_badges_are_read(parts: list[tuple[str, str]]) -> None:
    text = "".join(badge + separator for badge, separator in parts)
    assert [each.key for each in read_badges(text)] == [badge_key(badge) for badge, _ in parts]


@given(st.text(max_size=200))
def test_what_was_read_reads_the_same_again(text: str) -> None:
    once = read_badges(text)
    again = read_badges("\n".join(each.badge for each in once))
    assert [(each.badge, each.key) for each in again] == [(e.badge, e.key) for e in once]
    assert all(each.key for each in once)


@given(st.lists(badges, max_size=20))
def test_every_badge_pasted_gets_exactly_one_answer(pasted: list[str]) -> None:
    read = read_badges("\n".join(pasted))
    known = {each.key: KnownBadge(each.key, "Hoa") for each in read[::2]}
    found = sort_badges(read, known)
    assert [each.pasted for each in found.badges] == list(read)
    assert sum(len(found.of(state)) for state in PasteState) == len(read)
    ids = found.ids(PasteState.READY)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (None, PasteState.UNKNOWN),
        (KnownBadge("w", "Hoa"), PasteState.READY),
        (KnownBadge("w", "Hoa", is_member=True), PasteState.MEMBER),
        (KnownBadge("w", "Hoa", elsewhere="Phòng 2"), PasteState.ELSEWHERE),
        (KnownBadge("w", "Hoa", elsewhere="Phòng 2", has_left=True), PasteState.LEFT),
        (KnownBadge("w", "Hoa", other_company="Minh Trí"), PasteState.OTHER_COMPANY),
    ],
)
def test_a_badge_is_told_for_what_it_is(known: KnownBadge | None, state: PasteState) -> None:
    found = sort_badges(read_badges("SB1"), {"SB1": known} if known else {})
    assert [each.state for each in found.badges] == [state]


def test_of_a_badge_pasted_twice_the_first_counts() -> None:
    found = sort_badges(read_badges("SB-1\nsb1"), {"SB1": KnownBadge("w", "Hoa")})
    assert [each.state for each in found.badges] == [PasteState.READY, PasteState.TWICE]


def test_more_than_anybody_pastes_is_refused() -> None:
    with pytest.raises(TooManyBadges):
        read_badges("1\n" * 20_001)

"""Lists cut into pages."""

from hypothesis import given
from hypothesis import strategies as st

from app.web.pagination import LARGEST_SIZE, Page, PageRequest, page_from_args


def page(number: int, total: int, size: int = 50) -> Page[int]:
    request = PageRequest(number, size)
    items = range(total)[request.offset : request.offset + request.limit]
    return request.page(items, total)


@given(st.dictionaries(st.sampled_from(["page", "size", "q"]), st.text()))
def test_whatever_the_address_says_the_request_is_within_bounds(args: dict[str, str]) -> None:
    request = page_from_args(args)
    assert request.number >= 1
    assert 1 <= request.size <= LARGEST_SIZE
    assert 0 <= request.offset < 2**31


def test_nonsense_means_the_first_page() -> None:
    for text in ("", "0", "-3", "x", "1e3", "³", "٣"):
        assert page_from_args({"page": text}).number == 1


@given(st.integers(0, 5_000), st.integers(1, 200))
def test_the_pages_of_a_list_hold_each_item_once(total: int, size: int) -> None:
    pages = page(1, total, size).count
    seen = [item for number in range(1, pages + 1) for item in page(number, total, size).items]
    assert seen == list(range(total))


def test_places_count_from_one() -> None:
    last = page(25, 1248)
    assert (last.first, last.last, last.total) == (1201, 1248, 1248)
    assert (last.previous, last.next) == (24, None)


def test_an_empty_list_is_one_empty_page() -> None:
    empty = page(1, 0)
    assert (empty.first, empty.last, empty.count) == (0, 0, 1)
    assert (empty.previous, empty.next, empty.numbers) == (None, None, (1,))


def test_a_list_that_became_shorter_shows_its_last_page() -> None:
    assert PageRequest(9).bounded(120) == PageRequest(3)


def test_beyond_the_end_the_way_back_leads_to_the_last_page() -> None:
    assert page(9, 120).previous == 3


def test_gaps_stand_only_for_two_pages_or_more() -> None:
    assert page(7, 1248).numbers == (1, None, 6, 7, 8, None, 25)
    assert page(4, 350).numbers == (1, 2, 3, 4, 5, 6, 7)


@given(st.integers(1, 300), st.integers(1, 300))
def test_offered_pages_rise_and_hold_both_ends(number: int, count: int) -> None:
    offered = page(min(number, count), count, 1).numbers
    shown = [n for n in offered if n is not None]
    assert shown == sorted(set(shown))
    assert {1, min(number, count), count} <= set(shown)
    assert len(offered) <= 7

"""Sorting and filters told by an address."""

from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.web.tables import MOST_VALUES, TableState, query_with, table_from_args

COLUMNS = ("name", "badge", "count")
FILTERS = {"q": None, "level": ("green", "amber", "red")}


def state(address: str, default: str = "name") -> TableState:
    args = MultiDict(parse_qsl(address.removeprefix("?"), keep_blank_values=True))
    return table_from_args(args, sortable=COLUMNS, default=default, filters=FILTERS)


def test_only_allowed_columns_sort() -> None:
    assert state("sort=badge").sort == "badge"
    assert state("sort=secret_hash").sort == "name"
    assert state("sort=--name").order == "name"
    assert state("sort=count;drop").order == "name"


def test_a_minus_sorts_from_the_end() -> None:
    found = state("sort=-count")
    assert (found.sort, found.descending) == ("count", True)
    assert (found.direction("count"), found.direction("name")) == ("descending", None)


def test_a_second_click_turns_the_order_round() -> None:
    assert state("").sort_query("badge") == "?sort=badge"
    assert state("sort=badge").sort_query("badge") == "?sort=-badge"
    assert state("sort=-badge").sort_query("badge") == "?sort=badge"


def test_the_default_order_is_not_written_out() -> None:
    assert state("sort=-count", default="-count").query() == "?"
    assert state("sort=count", default="-count").sort_query("count") == "?"


def test_sorting_keeps_the_filters_and_goes_back_to_page_one() -> None:
    assert state("q=hoa&level=red&page=7").sort_query("badge") == "?q=hoa&level=red&sort=badge"


def test_a_filter_takes_only_its_allowed_values() -> None:
    found = state("level=red&level=blue&level=amber&level=red&colour=red")
    assert found.values("level") == ("red", "amber")
    assert found.values("colour") == ()


def test_free_text_is_trimmed_and_short() -> None:
    assert state("q=%20%20Nguyễn%20%20Hoa%20").value("q") == "Nguyễn Hoa"
    assert len(state(f"q={'a' * 5000}").value("q")) == 100
    assert not state("q=%20").is_filtered


def test_clearing_keeps_the_order() -> None:
    assert state("q=hoa&sort=-badge").cleared_query() == "?sort=-badge"


def test_clearing_and_filtering_keep_what_else_the_page_looks_at() -> None:
    args = MultiDict(parse_qsl("q=hoa&days=30&to=2026-11-01&page=4&view="))
    found = table_from_args(
        args, sortable=COLUMNS, default="name", filters=FILTERS, keeps=("days", "to", "view")
    )
    assert found.cleared_query() == "?days=30&to=2026-11-01"
    assert found.hidden_fields() == (("days", "30"), ("to", "2026-11-01"))


@given(
    st.lists(
        st.tuples(st.sampled_from(["q", "level", "sort", "page", "x"]), st.text(max_size=120)),
        max_size=40,
    )
)
def test_a_state_survives_the_way_through_its_own_address(pairs: list[tuple[str, str]]) -> None:
    found = state(urlencode(pairs))
    assert state(found.query()) == found
    assert len(found.filters) <= MOST_VALUES * len(FILTERS)


def test_none_takes_a_key_out_of_an_address() -> None:
    pairs = [("q", "a b"), ("page", "3"), ("q", "c")]
    assert query_with(pairs, page=None) == "?q=a+b&q=c"
    assert query_with(pairs, q="d") == "?page=3&q=d"

"""Where a row puts its worker, and how much of a list is saved at a time."""

from hypothesis import given
from hypothesis import strategies as st

from app.workforce.rules import Particulars
from app.workforce.rules.importing import (
    LEAST_ROWS,
    MOST_ROWS,
    UnitNames,
    next_chunk_rows,
    wanted_units,
)


def test_a_silent_level_stays_while_those_above_stay() -> None:
    old = Particulars(workshop="Xưởng 1", line="Chuyền 3", team="Tổ 2")
    assert wanted_units(old, Particulars(workshop="Xưởng 1")) == UnitNames(
        "Xưởng 1", "Chuyền 3", "Tổ 2"
    )
    assert wanted_units(old, Particulars(line="Chuyền 5")) == UnitNames("Xưởng 1", "Chuyền 5")
    assert wanted_units(old, Particulars(workshop="Xưởng 2")) == UnitNames("Xưởng 2")
    assert wanted_units(old, Particulars(team="Tổ 4")) == UnitNames("Xưởng 1", "Chuyền 3", "Tổ 4")


def test_who_is_new_goes_where_the_row_says() -> None:
    assert wanted_units(None, Particulars(team="Tổ 4")) == UnitNames(team="Tổ 4")
    assert wanted_units(None, Particulars()).is_empty


def test_chunks_grow_while_they_are_quick_and_shrink_when_the_machine_is_busy() -> None:
    assert next_chunk_rows(20, 0.0) == 40
    assert next_chunk_rows(300, 0.01) == MOST_ROWS
    assert next_chunk_rows(80, 0.32) == LEAST_ROWS
    assert next_chunk_rows(80, 0.12) == 40


@given(st.integers(LEAST_ROWS, MOST_ROWS), st.floats(0, 60))
def test_a_chunk_never_leaves_its_bounds(rows: int, took: float) -> None:
    assert LEAST_ROWS <= next_chunk_rows(rows, took) <= MOST_ROWS

"""Units that a list would add: told before they are made."""

from app.workforce.rules import Particulars
from app.workforce.rules.importing import (
    UnitNames,
    units_of,
    wanted_units,
)
from app.workforce.rules.new_units import new_units

KNOWN = (UnitNames("Xưởng 1"), UnitNames("Xưởng 1", "Chuyền 3"), UnitNames(None, "Chuyền 7"))


def told(*rows: tuple[Particulars | None, Particulars]) -> tuple[tuple[str, str], ...]:
    return new_units(KNOWN, [(wanted_units(old, new), units_of(new)) for old, new in rows])


def test_a_known_unit_is_not_new_however_it_is_spelt() -> None:
    assert told((None, Particulars(workshop="xưởng  1", line="CHUYỀN 3"))) == ()


def test_each_new_unit_is_told_once_with_those_above_it() -> None:
    row = Particulars(workshop="Xưởng 2", line="Chuyền 3")
    assert told((None, row), (None, row)) == (
        ("workshop", "Xưởng 2"),
        ("line", "Xưởng 2 · Chuyền 3"),
    )


def test_a_line_named_alone_is_the_only_one_of_that_name() -> None:
    assert told((None, Particulars(line="Chuyền 3"))) == ()
    assert told((None, Particulars(line="Chuyền 9"))) == (("line", "Chuyền 9"),)

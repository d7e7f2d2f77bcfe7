"""The code of a recovery sheet, and what the second place keeps."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.upkeep.rules.recovery import read_code, write_code
from app.upkeep.rules.refusals import WrongCode
from app.upkeep.rules.rotation import has_served_elsewhere, sealed_name

seeds = st.binary(min_size=16, max_size=16)
NODE = "KCN Vân Trung"


@given(seeds, st.sampled_from([" ", "", " - "]))
def test_a_code_is_read_however_it_is_typed(seed: bytes, gap: str) -> None:
    code = write_code(seed)
    typed = code.replace("-", gap).lower().replace("0", "o").replace("1", "l")
    assert read_code(typed) == seed
    assert [len(group) for group in code.split("-")] == [4] * 7


@given(seeds, st.integers(0, 27), st.integers(1, 31))
def test_one_wrong_sign_is_noticed(seed: bytes, place: int, step: int) -> None:
    signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    code = list(write_code(seed).replace("-", ""))
    code[place] = signs[(signs.index(code[place]) + step) % 32]
    with suppress(WrongCode):
        assert read_code("".join(code)) != seed


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 28, "khôi phục", "0" * 29])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(WrongCode):
        read_code(typed)


def test_the_second_place_keeps_days_weeks_and_months() -> None:
    first = date(2026, 1, 1)
    names: set[str] = set()
    for number in range(400):
        on = first + timedelta(days=number)
        names.add(sealed_name(f"anca-{on:%Y%m%d}-0130.zip", NODE))
        names -= set(has_served_elsewhere(names, NODE))
    kept = sorted(name.removeprefix("kcn-van-trung-")[:8] for name in names)
    last = first + timedelta(days=399)
    assert kept[-7:] == [f"{last - timedelta(days=back):%Y%m%d}" for back in range(6, -1, -1)]
    assert len(kept) <= 7 + 3 + 2
    assert kept[0] == "20261231"  # three months: December, January, February


def test_files_of_others_are_never_deleted() -> None:
    names = [f"kcn-khac-2026010{day}-0130.sealed" for day in range(1, 10)] * 5
    others = ["anh-cuoi.jpg", "kcn-van-trung-ban-cu.sealed", "kcn-van-trung-20269999-0130.sealed"]
    assert has_served_elsewhere([*names, *others], NODE) == []

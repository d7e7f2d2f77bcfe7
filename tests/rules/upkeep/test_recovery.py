"""The code of a recovery sheet, and what the second place keeps."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.upkeep.rules.recovery import read_code, write_code
from app.upkeep.rules.refusals import WrongCode
from app.upkeep.rules.rotation import has_served_elsewhere, list_unmarked, sealed_name

seeds = st.binary(min_size=16, max_size=16)
NODE, MARK = "KCN Vân Trung", "5d1f03ae"


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
        names.add(sealed_name(f"anca-{on:%Y%m%d}-0130.zip", NODE, MARK))
        names -= set(has_served_elsewhere(names, NODE, MARK))
    kept = sorted(name.removeprefix(f"kcn-van-trung-{MARK}-")[:8] for name in names)
    last = first + timedelta(days=399)
    assert kept[-7:] == [f"{last - timedelta(days=back):%Y%m%d}" for back in range(6, -1, -1)]
    assert len(kept) <= 7 + 3 + 2
    assert kept[0] == "20261231"  # three months: December, January, February


def test_files_of_others_are_never_deleted() -> None:
    days = range(1, 28)
    others = ["anh-cuoi.jpg", "kcn-van-trung-ban-cu.sealed", "kcn-van-trung-20269999-0130.sealed"]
    for name, mark in (("KCN khác", MARK), (NODE, "0badcafe")):
        others += [sealed_name(f"anca-202601{day:02}-0130.zip", name, mark) for day in days]
    unmarked = [f"kcn-van-trung-202601{day:02}-0130.sealed" for day in days]
    assert has_served_elsewhere([*others, *unmarked], NODE, MARK) == []
    assert list_unmarked([*others, *unmarked], NODE) == unmarked
    assert sealed_name("anca-20260101-0130.zip", NODE, MARK) not in others


def test_files_without_a_mark_that_are_ours_count_with_the_others() -> None:
    old = [f"kcn-van-trung-202601{day:02}-0130.sealed" for day in range(1, 11)]
    new = [sealed_name(f"anca-202601{day:02}-0130.zip", NODE, MARK) for day in range(12, 31)]
    served = has_served_elsewhere([*old, *new], NODE, MARK, unmarked=old)
    assert set(old) - set(served) == {"kcn-van-trung-20260110-0130.sealed"}  # the last of its week
    assert has_served_elsewhere([*old, *new], NODE, MARK, unmarked=old[:2])[-1] == old[0]

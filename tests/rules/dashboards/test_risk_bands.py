"""Companies by band: each counted once, and bands of two sets never added up."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.dashboards.rules.risk_bands import count_bands
from app.risk.queries.data_files import list_built_in_sets

NATIONAL, HCMC = list_built_in_sets()[:2]
SETS = (NATIONAL, HCMC, replace(NATIONAL, version=NATIONAL.version + 1))
SCORED = st.lists(
    st.sampled_from(SETS).flatmap(
        lambda chosen: st.sampled_from(chosen.bands).map(lambda band: (chosen, band))
    ),
    min_size=1,
    max_size=40,
)


@given(SCORED, st.integers(0, 20))
def test_every_company_is_in_one_band_in_another_set_or_unscored(scored: list, more: int) -> None:
    told = count_bands(scored, len(scored) + more)
    assert told is not None
    assert sum(count for _, count in told.counts) + told.other + told.unscored == len(scored) + more
    assert told.unscored == more
    assert told.most >= max(count for _, count in told.counts)
    for band, count in told.counts:
        assert count == sum(1 for each in scored if each == (told.index_set, band))


@given(SCORED)
def test_no_other_set_was_used_more_often(scored: list) -> None:
    told = count_bands(scored, len(scored))
    assert told is not None
    own = len(scored) - told.other
    assert all(sum(1 for used, _ in scored if used == each) <= own for each in SETS)


def test_where_nothing_was_scored_there_is_nothing_to_tell() -> None:
    assert count_bands([], 12) is None

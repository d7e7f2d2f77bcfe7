"""How many companies stand in each band of the index set that most of them were scored by."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from app.risk.rules.index_sets import Band, IndexSet


@dataclass(frozen=True, slots=True)
class BandCounts:
    """Companies by band of one set, lowest band first; `other` were scored by another set."""

    index_set: IndexSet
    counts: tuple[tuple[Band, int], ...]
    other: int
    unscored: int

    @property
    def most(self) -> int:
        """The largest count, at least 1."""
        return max(1, *(count for _, count in self.counts))


def count_bands(scored: Collection[tuple[IndexSet, Band]], companies: int) -> BandCounts | None:
    """The newest results of companies, by band; None when nothing was scored.

    Bands of two sets are never added up: of equally used sets the one in force last is told.
    """
    uses = Counter((index_set.id, index_set.version) for index_set, _ in scored)
    if not uses:
        return None
    told = max(
        (index_set for index_set, _ in scored),
        key=lambda each: (uses[each.id, each.version], each.valid_from_on, each.id, each.version),
    )
    same = [band.id for each, band in scored if (each.id, each.version) == (told.id, told.version)]
    bands = Counter(same)
    return BandCounts(
        told,
        tuple((band, bands[band.id]) for band in told.bands),
        len(scored) - len(same),
        companies - len(scored),
    )

"""Small groups: when their health counts may stand in one merged figure, and when not."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.checkins.rules import Counts

SMALL_CELL = 10
FEWEST = 2  # one group cannot hide in itself


def may_merge(people: Sequence[int], ill: Sequence[int]) -> bool:
    """Whether sums over several groups leave each group's share open.

    `people` are the group sizes anybody may know, `ill` the sums that would be told. At least two
    groups must have people, and every sum must fit into the groups without the largest one:
    then nobody in any group need be ill, and whoever takes one away cannot know the rest. That
    nobody at all is ill may be known. At least 2 are left over, so that a refusal, too, leaves
    every group's share open.
    """
    groups = [size for size in people if size > 0]
    if len(groups) < FEWEST:
        return False
    room = sum(groups) - max(*groups, FEWEST)
    return all(count <= room for count in ill)


@dataclass(frozen=True, slots=True)
class Unit:
    """One line (or other part) with its figures."""

    code: str
    counts: Counts


def covered_units(units: Sequence[Unit], small_cell: int = SMALL_CELL) -> frozenset[str]:
    """The units whose health counts are left out on a page that also shows their total.

    All small ones; and, as the total less the others would tell, the next larger ones until
    those left out cannot be told apart.
    """
    by_size = sorted(units, key=lambda each: (each.counts.expected, each.code))
    small = sum(1 for each in by_size if each.counts.expected < small_cell)
    for number in range(small, len(by_size) + 1):
        hidden = by_size[:number]
        if all(each.counts.answered == 0 for each in hidden) or _is_cover(hidden, small_cell):
            return frozenset(each.code for each in hidden)
    return frozenset(each.code for each in units)


def _is_cover(hidden: Sequence[Unit], small_cell: int) -> bool:
    people = sum(each.counts.expected for each in hidden)
    ill = sum(each.counts.amber + each.counts.red for each in hidden)
    return people >= small_cell and may_merge([each.counts.answered for each in hidden], [ill])

"""Lines of a company as somebody outside it may see them: small ones only together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.dashboards.rules.compliance import Figures

SMALL_CELL = 10
FEWEST = 2  # one line cannot hide in itself


@dataclass(frozen=True, slots=True)
class Line:
    """A line over a span of days; several small ones stand as one, with their number.

    On days `ahead` it has shifts that have not begun.
    """

    id: int | None
    name: str
    figures_by_day: dict[date, Figures]
    direct: bool = False
    lines: int = 1
    ahead: frozenset[date] = frozenset()

    @property
    def people(self) -> int:
        """The most people expected on one day."""
        return max((each.expected for each in self.figures_by_day.values()), default=0)


def joined(lines: Sequence[Line]) -> Line:
    """Several lines as one."""
    sums: dict[date, Figures] = {}
    for line in lines:
        for on, figures in line.figures_by_day.items():
            sums[on] = sums.get(on, Figures()) + figures
    ahead = frozenset(on for line in lines for on in line.ahead)
    return Line(None, "", sums, lines=len(lines), ahead=ahead)


def told_outside(lines: Sequence[Line], small_cell: int = SMALL_CELL) -> list[Line]:
    """Lines as a park manager sees them: none of fewer than `small_cell` people by itself.

    Small lines stand together; as the company's total less the others would tell, they take the
    next larger ones in until at least two lines with enough people are one. Where even all
    together are too few, nothing is told.
    """
    by_size = sorted(lines, key=lambda each: (each.people, each.name))
    small = sum(1 for each in by_size if each.people < small_cell)
    if small == 0:
        return list(lines)
    for number in range(max(small, FEWEST), len(by_size) + 1):
        whole = joined(by_size[:number])
        if whole.people >= small_cell:
            hidden = {id(each) for each in by_size[:number]}
            return [*(each for each in lines if id(each) not in hidden), whole]
    return []

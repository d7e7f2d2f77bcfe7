"""Lines of one company by day, out of the rolled-up figures; they add up to the company's."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import ShiftCount
from app.dashboards.queries.compliance import SUMS
from app.dashboards.rules.compliance import Figures
from app.dashboards.rules.lines import Line


def list_lines(
    session: Session,
    company_id: int,
    span: Sequence[date],
    shift: str | None = None,
    besides: frozenset[tuple[date, str]] = frozenset(),
) -> list[Line]:
    """Lines of a company by name, without shifts `besides`; whoever stands in none comes last."""
    rows = session.execute(
        select(ShiftCount.branch_id, Branch.name, ShiftCount.shift_on, ShiftCount.shift, *SUMS)
        .join(Branch, Branch.id == ShiftCount.branch_id)
        .where(ShiftCount.company_id == company_id)
        .where(ShiftCount.shift_on.between(span[0], span[-1]))
        .where(*([ShiftCount.shift == shift] if shift else []))
        .group_by(ShiftCount.branch_id, Branch.name, ShiftCount.shift_on, ShiftCount.shift)
    ).all()
    names: dict[int, str] = {}
    by_day: dict[int, dict[date, Figures]] = defaultdict(lambda: defaultdict(Figures))
    ahead: dict[int, set[date]] = defaultdict(set)
    for branch_id, name, on, code, *sums in rows:
        if (on, code) in besides:
            ahead[branch_id].add(on)
        else:
            names[branch_id] = name
            by_day[branch_id][on] += Figures(*map(int, sums))
    whole = by_day.pop(company_id, {})
    lines = [
        Line(branch_id, names[branch_id], dict(days), ahead=frozenset(ahead[branch_id]))
        for branch_id, days in by_day.items()
        if any(each.expected for each in days.values())
    ]
    rest = {}
    for on, figures in whole.items():
        left = figures
        for line in lines:
            left = left - line.figures_by_day.get(on, Figures())
        if left.expected:
            rest[on] = left
    lines.sort(key=lambda each: each.name)
    return [*lines, *([Line(company_id, "", rest, direct=True)] if rest else [])]

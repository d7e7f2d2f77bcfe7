"""What a purge would remove now: counted, nothing changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.kernel.clock import local_day
from app.retention.queries.due import count_due, due_steps
from app.retention.queries.people import count_granted, count_leavers
from app.retention.queries.plan import days_by_rule, get_plan, get_rules
from app.retention.rules.periods import first_kept_on
from app.retention.rules.steps import add_up


@dataclass(frozen=True, slots=True)
class Trial:
    """Rows by table and by rule, and people whose record would go.

    What goes with such a record is not among the rows. A row that two steps find, to lose its
    content and to be deleted, counts for each.
    """

    rows: Mapping[str, int]
    by_rule: Mapping[str, int]
    people: int
    granted: int


def count_all_due(session: Session, now: datetime, zone: ZoneInfo) -> Trial:
    """Count what is due now; reads every table once, which takes a while on a large node."""
    rules, days, today = get_rules(), days_by_rule(session), local_day(now, zone)
    counted = [
        (due.step.rule, count_due(session, due))
        for due in due_steps(get_plan(), rules, days, today, zone)
    ]
    leavers = count_leavers(session, first_kept_on(rules["contract"], days["contract"], today))
    granted = count_granted(session)
    return Trial(
        dict(sorted(add_up(counts for _, counts in counted).items())),
        add_up({rule: sum(counts.values())} for rule, counts in counted),
        leavers + granted,
        granted,
    )

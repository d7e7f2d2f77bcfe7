"""Planned changes of two records that are one person: what can follow is planned once."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.workforce.actions.merge_ledger import change_rows
from app.workforce.actions.merge_memberships import hand_over_rows
from app.workforce.models import PlannedChange, Worker
from app.workforce.queries.planned import steps_of
from app.workforce.rules.planned import PlanOutcome, Standing, unfit

PLANNED: Any = PlannedChange.__table__


def hand_over_plans(
    session: Session, merge_id: int, kept_id: str, gone_id: str, *, now: datetime
) -> None:
    """What was ever planned for the record that goes is the kept one's.

    What waits for it and clashes with the kept one's own plans is overtaken, until a person takes
    the two apart.
    """
    steps = steps_of(session, (kept_id, gone_id))
    left_on, branch_id = session.execute(
        select(Worker.left_on, Worker.branch_id).where(Worker.id == kept_id)
    ).one()
    standing = Standing(left_on is None, branch_id)
    held = list(steps.get(kept_id, ()))
    clashing = []
    for step in steps.get(gone_id, ()):
        if unfit(standing, [*held, step]):
            clashing.append(step.id)
        else:
            held.append(step)
    waiting = {"outcome": str(PlanOutcome.WAITING), "settled_at": None}
    overtaken = {"outcome": str(PlanOutcome.OVERTAKEN), "settled_at": now}
    change_rows(session, merge_id, PLANNED, [(key, waiting, overtaken) for key in clashing])
    hand_over_rows(session, merge_id, PLANNED.c.worker_id, kept_id, gone_id)

"""Planning the duties of the coming days company by company, in chunks that can be taken up."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.checkins.actions.duties import plan_duties
from app.checkins.models import DutyPlan
from app.kernel.clock import local_day
from app.settings import Settings
from app.workforce.models import Worker

CHUNK = 150


class PlannedChunk(NamedTuple):
    """How many duties a chunk added, and whether workers are left for the next one."""

    added: int
    more: bool


def plan_chunk(
    session: Session, company_id: int, on: date, *, settings: Settings, now: datetime
) -> PlannedChunk:
    """Expect the next workers of a company on a day.

    Where it stopped is kept with the duties, so that a killed process goes on there. A finished
    day is gone through anew on the next day: what was missed is made good.
    """
    plan = session.get(DutyPlan, (company_id, on))
    if plan is None:
        plan = DutyPlan(company_id=company_id, shift_on=on)
        session.add(plan)
    if plan.finished_at is not None:
        if _is_fresh(plan.finished_at, settings, now):
            return PlannedChunk(0, False)
        plan.through_id, plan.finished_at = None, None
    chosen = select(Worker.id).where(Worker.company_id == company_id)
    chosen = chosen.where(Worker.left_on.is_(None) | (Worker.left_on >= on))
    if plan.through_id is not None:
        chosen = chosen.where(Worker.id > plan.through_id)
    worker_ids = session.scalars(chosen.order_by(Worker.id).limit(CHUNK)).all()
    added = 0
    if worker_ids:
        added = plan_duties(session, company_id, worker_ids, on, on, now=now)
        plan.through_id = worker_ids[-1]
    more = len(worker_ids) == CHUNK
    plan.finished_at = None if more else now
    return PlannedChunk(added, more)


def _is_fresh(finished_at: datetime, settings: Settings, now: datetime) -> bool:
    return local_day(finished_at, settings.timezone) == local_day(now, settings.timezone)

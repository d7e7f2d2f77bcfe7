"""Which companies and days still need their duties planned."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import list_companies
from app.checkins.models import DutyPlan


def list_unplanned(
    session: Session, days: Sequence[date], finished_since: datetime
) -> list[tuple[int, date]]:
    """Companies and days whose plan was not finished since a moment; the nearest day first."""
    done = set(
        session.execute(
            select(DutyPlan.company_id, DutyPlan.shift_on).where(
                DutyPlan.shift_on.in_(list(days)), DutyPlan.finished_at >= finished_since
            )
        ).all()
    )
    companies = [company.id for company in list_companies(session)]
    return [(each, on) for on in sorted(days) for each in companies if (each, on) not in done]

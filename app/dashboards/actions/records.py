"""Keeping the records of a day, again whenever something of it may have moved."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from app.dashboards.models import DayRecord, ShiftRecord
from app.dashboards.queries.records import DayFacts, ShiftFacts
from app.extensions import upsert


def keep_day(
    session: Session,
    on: date,
    shifts: Sequence[ShiftFacts],
    days: Sequence[DayFacts],
    *,
    now: datetime,
) -> None:
    """The records of a day become these; a shift that nobody works any more goes."""
    session.execute(delete(ShiftRecord).where(ShiftRecord.shift_on == on))
    if shifts:
        session.execute(
            upsert(session, ShiftRecord),
            [{**asdict(each), "shift_on": on, "as_of": now} for each in shifts],
        )
    if days:
        statement = upsert(session, DayRecord)
        new = statement.excluded
        # What stood on a day that is over cannot be counted again: it stays.
        statement = statement.on_conflict_do_update(
            index_elements=["company_id", "on"],
            set_={
                "teams_needed": new.teams_needed,
                "teams_staffed": new.teams_staffed,
                "cases_open": func.coalesce(new.cases_open, DayRecord.cases_open),
                "cases_overdue": func.coalesce(new.cases_overdue, DayRecord.cases_overdue),
                "as_of": new.as_of,
            },
        )
        session.execute(statement, [{**asdict(each), "on": on, "as_of": now} for each in days])

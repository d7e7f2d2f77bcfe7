"""Keeping the records of a day, again whenever something of it may have moved."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import delete
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
    session.execute(delete(DayRecord).where(DayRecord.on == on))
    if shifts:
        session.execute(
            upsert(session, ShiftRecord),
            [{**asdict(each), "shift_on": on, "as_of": now} for each in shifts],
        )
    if days:
        session.execute(
            upsert(session, DayRecord),
            [{**asdict(each), "on": on, "as_of": now} for each in days],
        )

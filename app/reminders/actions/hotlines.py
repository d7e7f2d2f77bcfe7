"""Hotlines that the province sends: they hold from their day on, with their source."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.extensions import upsert
from app.reminders.models import HotlineList
from app.reminders.rules.hotlines import read_hotlines


def take_hotlines(
    session: Session,
    list_id: str,
    document: Mapping[str, Any],
    *,
    valid_from_on: date,
    source: str,
    made_at: datetime,
    now: datetime,
) -> None:
    """Keep a list; of two that hold the one of the later day counts, then the later made."""
    rows = document.get("hotlines")
    read_hotlines(rows)
    session.execute(
        upsert(session, HotlineList)
        .values(
            id=list_id,
            valid_from_on=valid_from_on,
            source=source,
            rows=rows,
            made_at=made_at,
            received_at=now,
        )
        .on_conflict_do_nothing()
    )

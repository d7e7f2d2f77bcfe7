"""Keeping who took a list of people out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor


def record_list_taken(
    session: Session,
    company_id: int,
    list_id: str,
    people: int,
    unit_ids: Sequence[int],
    *,
    only_working: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep that somebody took a list with phones and ID numbers of so many people out."""
    # No "workforce." act: that would make staff lists being imported look outdated.
    record_act(
        session,
        "standard_list.taken",
        actor=actor,
        now=now,
        subject_id=list_id,
        company_id=company_id,
        people=people,
        units=list(unit_ids),
        only_working=only_working,
        columns=["name", "born", "sex", "phone", "id_number"],
    )

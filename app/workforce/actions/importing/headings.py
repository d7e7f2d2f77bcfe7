"""What a company says of the headings of its lists, kept for the next one."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.workforce.models import HeadingChoice
from app.workforce.rules.headings import remembered_key


def remember_headings(
    session: Session, company_id: int, choices: Mapping[str, str | None], *, now: datetime
) -> None:
    """These headings hold these fields, None for a column left out."""
    for heading, field in choices.items():
        session.merge(
            HeadingChoice(
                company_id=company_id,
                heading_key=remembered_key(heading),
                heading=heading[:120],
                field=field,
                chosen_at=now,
            )
        )


def forget_heading(session: Session, company_id: int, heading: str) -> None:
    """The heading is asked about again."""
    session.execute(
        delete(HeadingChoice).where(
            HeadingChoice.company_id == company_id,
            HeadingChoice.heading_key == remembered_key(heading),
        )
    )

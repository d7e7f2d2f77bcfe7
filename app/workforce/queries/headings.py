"""Headings of staff lists that a company has decided on."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.workforce.models import HeadingChoice


@dataclass(frozen=True, slots=True)
class RememberedHeading:
    """A heading as it was written, and what it holds; None is a column left out."""

    heading: str
    field: str | None


def get_remembered_headings(session: Session, company_id: int) -> dict[str, str | None]:
    """What a company said of headings, by key."""
    rows = session.execute(
        select(HeadingChoice.heading_key, HeadingChoice.field).where(
            HeadingChoice.company_id == company_id
        )
    ).all()
    return {row.heading_key: row.field for row in rows}


def list_remembered(session: Session, company_id: int) -> list[RememberedHeading]:
    """The headings a company decided on, by heading."""
    rows = session.execute(
        select(HeadingChoice.heading, HeadingChoice.field)
        .where(HeadingChoice.company_id == company_id)
        .order_by(HeadingChoice.heading_key)
    ).all()
    return [RememberedHeading(row.heading, row.field) for row in rows]

"""Who is in a group and who follows a pattern on a day, as conditions."""

from datetime import date

from sqlalchemy import ColumnElement, or_

from app.workforce.models import (
    Membership,
    PatternAssignment,
)


def member_on(on: date) -> tuple[ColumnElement[bool], ...]:
    """Memberships that last on a day."""
    return (
        Membership.from_on <= on,
        or_(Membership.to_on.is_(None), Membership.to_on >= on),
    )


def assigned_on(on: date) -> tuple[ColumnElement[bool], ...]:
    """Patterns that somebody follows on a day."""
    return (
        PatternAssignment.from_on <= on,
        or_(PatternAssignment.to_on.is_(None), PatternAssignment.to_on >= on),
    )

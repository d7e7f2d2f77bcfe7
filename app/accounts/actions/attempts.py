"""Wrong tries at signing in, counted before a secret is looked at."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import Lockout
from app.accounts.queries.signing_in import find_failures
from app.accounts.rules import Failures, LockedOut, after_failure, seconds_locked


def begin_try(session: Session, subjects: Iterable[str], *, now: datetime) -> None:
    """Count a try as wrong before it is checked, so that tries at once cannot outrun the lock."""
    counted: list[tuple[str, Failures]] = []
    for subject in subjects:
        so_far = find_failures(session, subject)
        left = seconds_locked(so_far, now)
        if left:
            raise LockedOut(retry_after=left, minutes=-(-left // 60))
        counted.append((subject, after_failure(so_far, now)))
    for subject, failures in counted:
        session.merge(
            Lockout(
                subject=subject,
                count=failures.count,
                last_at=failures.last_at,
                locked_until=failures.locked_until,
            )
        )


def forget_failures(session: Session, subjects: Iterable[str]) -> None:
    """The secret was right: earlier wrong tries on these subjects no longer count."""
    session.execute(delete(Lockout).where(Lockout.subject.in_(list(subjects))))

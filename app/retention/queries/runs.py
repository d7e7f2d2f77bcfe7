"""Past purges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.retention.models import Erasure, PurgeRun


@dataclass(frozen=True, slots=True)
class RunRow:
    """One purge: rows by table, people whose record went or could not go, keys destroyed."""

    began_at: datetime
    finished_at: datetime | None
    by_name: str
    counts: Mapping[str, int]
    people: int
    keys: int
    failed: int

    @property
    def rows(self) -> int:
        """How many rows went or lost their content."""
        return sum(self.counts.values())


def list_runs(session: Session, most: int) -> Sequence[RunRow]:
    """The newest purges, newest first."""
    rows = session.scalars(select(PurgeRun).order_by(PurgeRun.began_at.desc()).limit(most))
    return [
        RunRow(
            row.began_at,
            row.finished_at,
            row.by_name,
            row.counts,
            row.people,
            row.keys,
            row.failed,
        )
        for row in rows
    ]


def find_last_finished(session: Session, now: datetime) -> datetime | None:
    """When a purge last came to its end; not what a clock that ran ahead wrote down."""
    last = select(func.max(PurgeRun.finished_at)).where(PurgeRun.finished_at <= now)
    return session.scalar(last)


def count_open_erasures(session: Session) -> int:
    """Deletions that have begun and are not finished."""
    open_ones = select(func.count()).where(Erasure.finished_at.is_(None))
    return session.scalar(open_ones) or 0

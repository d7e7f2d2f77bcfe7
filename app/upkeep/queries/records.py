"""Reading backups made, leases, and what the state of a node is judged by."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import list_companies
from app.audit.models import AuditEntry
from app.checkins.models import CheckIn
from app.checkins.queries.rule_sets import get_rules
from app.checkins.rules.requests import Source
from app.kernel.ids import first_id_of
from app.sync.models import ThisNode
from app.upkeep.models import BackupRecord, Lease
from app.upkeep.rules.node_state import CLOCK_UNLIKE_PROVINCE, is_ahead_of_phones


@dataclass(frozen=True, slots=True)
class BackupRow:
    """A backup that was made, and its copy in the second place; size in bytes."""

    id: str
    made_at: datetime
    path: str
    size: int | None
    verified_at: datetime | None
    code: str | None
    copied_at: datetime | None = None
    copy_code: str | None = None


@dataclass(frozen=True, slots=True)
class RunningWork:
    """Work that holds a lease; percent done, when it tells."""

    percent: int | None
    until: datetime


def list_backups(session: Session, *, most: int = 200) -> list[BackupRow]:
    """Backups made and failed, the newest first."""
    rows = session.scalars(select(BackupRecord).order_by(BackupRecord.made_at.desc()).limit(most))
    return [_backup_row(row) for row in rows]


def _backup_row(row: BackupRecord) -> BackupRow:
    return BackupRow(
        row.id,
        row.made_at,
        row.path,
        row.size,
        row.verified_at,
        row.code,
        row.copied_at,
        row.copy_code,
    )


def find_newest_good(session: Session) -> BackupRow | None:
    """The newest backup that was proved."""
    row = session.scalars(_good().limit(1)).first()
    return _backup_row(row) if row else None


def find_last_copy(session: Session) -> datetime | None:
    """When the newest backup was made that lies in the second place too."""
    return session.scalar(
        select(BackupRecord.made_at)
        .where(BackupRecord.copied_at.is_not(None))
        .order_by(BackupRecord.made_at.desc())
        .limit(1)
    )


def _good() -> Select[BackupRecord]:
    return (
        select(BackupRecord)
        .where(BackupRecord.verified_at.is_not(None), BackupRecord.code.is_(None))
        .order_by(BackupRecord.made_at.desc())
    )


def find_running(session: Session, name: str, now: datetime) -> RunningWork | None:
    """The work under a lease that still holds."""
    lease = session.get(Lease, name)
    if lease is None or lease.until <= now:
        return None
    return RunningWork(lease.percent, lease.until)


def find_last_good_backup(session: Session) -> datetime | None:
    """When the newest backup was made whose restore was proved."""
    newest = find_newest_good(session)
    return newest.made_at if newest else None


def find_span_of_acts(session: Session) -> tuple[datetime | None, datetime | None]:
    """When the first and the newest act of the audit log were done."""
    moments = select(AuditEntry.at).limit(1)  # ids sort by time, and have an index
    first = session.scalar(moments.order_by(AuditEntry.id))
    return first, session.scalar(moments.order_by(AuditEntry.id.desc()))


def is_clock_steady(session: Session, now: datetime) -> bool:
    """Whether the clock was about here one to three days ago: something was done then by it.

    A clock that has just jumped a year ahead makes everything look old; what cannot be undone
    waits a day, in which the page of this node says that the clock is wrong. It waits on while
    the province or the phones of those who answer say so.
    """
    earlier = select(AuditEntry.id).where(
        AuditEntry.id >= first_id_of(now - timedelta(days=3)),
        AuditEntry.id < first_id_of(now - timedelta(days=1)),
    )
    if session.scalar(earlier.limit(1)) is None:
        return False
    told = session.scalar(select(ThisNode.last_problem))
    if told is not None and told.get("code") == CLOCK_UNLIKE_PROVINCE:
        return False
    return not is_ahead_of_phones(list_delays(session, now - timedelta(days=1)))


def find_lease_end(session: Session, name: str) -> datetime | None:
    """Until when somebody does, or did, what a lease is for."""
    return session.scalar(select(Lease.until).where(Lease.name == name))


def list_delays(session: Session, since: datetime, *, most: int = 40) -> list[timedelta]:
    """How long after they were given, by their phones' clocks, the newest answers came in."""
    rows = session.execute(
        select(CheckIn.received_at, CheckIn.made_at, CheckIn.source)
        .order_by(CheckIn.id.desc())
        .limit(most)
    )
    return [
        received_at - made_at
        for received_at, made_at, source in rows
        if source == Source.PHONE and received_at >= since
    ]


def count_companies_on_proposed_rules(session: Session) -> int:
    """Companies whose answers are judged by a rule set that nobody has accepted."""
    return sum(get_rules(session, company.id).proposed for company in list_companies(session))

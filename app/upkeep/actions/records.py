"""What is remembered of backups made."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.upkeep.models import BackupRecord


def record_backup(
    session: Session,
    path: str,
    *,
    size: int | None,
    verified_at: datetime | None,
    code: str | None,
    made_at: datetime,
    actor: Actor,
    now: datetime,
) -> str:
    """Keep that a backup was made or failed; `code` says why it is no good. Returns its id."""
    backup_id = new_id(now)
    session.execute(
        insert(BackupRecord).values(
            id=backup_id,
            made_at=made_at,
            path=path,
            size=size,
            verified_at=verified_at,
            code=code,
        )
    )
    details: dict[str, Any] = {"path": path, "size": size, "code": code}
    record_act(session, "upkeep.backup_made", actor=actor, now=now, subject_id=backup_id, **details)
    return backup_id


def record_verification(
    session: Session, path: str, *, code: str | None, actor: Actor, now: datetime
) -> None:
    """Keep that a backup was tried again: proved, or no good any more."""
    session.execute(
        update(BackupRecord)
        .where(BackupRecord.path == path)
        .values(verified_at=None if code else now, code=code)
    )
    record_act(session, "upkeep.backup_tried", actor=actor, now=now, path=path, code=code)


def record_copy(
    session: Session, path: str, *, copy: str | None, code: str | None, now: datetime
) -> None:
    """Keep that a backup was copied to the second place, or why it was not.

    A copy with a `code` was made, but is worth less than it should be.
    """
    session.execute(
        update(BackupRecord)
        .where(BackupRecord.path == path)
        .values(copy_path=copy, copied_at=now if copy else None, copy_code=code)
    )


def forget_backups(session: Session, backup_ids: Sequence[str]) -> None:
    """Forget backups whose files have been deleted."""
    session.execute(delete(BackupRecord).where(BackupRecord.id.in_(backup_ids)))

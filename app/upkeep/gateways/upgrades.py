"""Bringing a node with data to a newer schema: a copy first, and back to it when a step fails."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from app.extensions import Base
from app.kernel.refusals import Refusal
from app.upkeep.gateways.backups import Backups, CreatedBackup
from app.upkeep.rules.refusals import DatabaseDamaged, UpgradeFailed, UpgradeStuck, UpgradeUndone
from app.web import schema
from app.web.schema import DatabaseTooNew

log = logging.getLogger(__name__)
COPIES_KEPT = 2


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did: from which revision to which, and the copy made before."""

    revision: str
    before: str | None
    copy: CreatedBackup | None = None


def upgrade_safely(
    backups: Backups, engine: Engine, now: datetime, release: Callable[[], None]
) -> Upgraded:
    """Run the missing steps; a database with data is copied first, and is as it was on failure.

    `release` lets go of every connection that this process holds.
    """
    with engine.connect() as connection:
        before = schema.current_revision(connection)
    newest = schema.newest_revision()
    if before == newest:
        return Upgraded(newest, before)
    if before is not None and not schema.knows_revision(before):
        raise DatabaseTooNew(revision=before)
    if before is None or not backups.store.has_rows():
        return Upgraded(schema.upgrade(engine), before)
    path = backups.folder / f"before-{newest}-{now:%Y%m%d%H%M%S}.zip"
    copy = backups.create(path, now)
    try:
        revision = schema.upgrade(engine, check=_check)
    except Exception as problem:
        log.exception("the step from %s to %s failed", before, newest)
        release()
        _forget_old_copies(backups.folder)
        raise _as_before(backups, copy, now, release, problem) from problem
    _forget_old_copies(backups.folder)
    return Upgraded(revision, before, copy)


def _check(connection: Connection) -> None:
    """Read a row of every table with all its columns, before the new schema counts."""
    quote = connection.dialect.identifier_preparer.quote
    for table in Base.metadata.sorted_tables:
        names = ", ".join(quote(column.name) for column in table.columns)
        asked = f"SELECT {names} FROM {quote(table.name)} LIMIT 1"  # noqa: S608 - our own names
        connection.exec_driver_sql(asked).first()
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite and connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        raise DatabaseDamaged


def _as_before(
    backups: Backups,
    copy: CreatedBackup,
    now: datetime,
    release: Callable[[], None],
    problem: Exception,
) -> Refusal:
    """See to it that the database is as it was, and say so."""
    told = {"copy": str(copy.path), "reason": _reason(problem)}
    try:
        if backups.store.holds(copy.manifest):
            copy.path.unlink()  # proved to be the same, and a server that tries again makes another
            return UpgradeFailed(**told)
        release()
        backups.put_back(copy.path, now)
    except Exception:
        log.exception("the database could not be put back")
        return UpgradeStuck(**told)
    return UpgradeUndone(**told)


def _reason(problem: Exception) -> str:
    lines = str(getattr(problem, "orig", problem)).strip().splitlines()
    return (lines[0] if lines else type(problem).__name__)[:200]


def _forget_old_copies(folder: Path) -> None:
    found = sorted(folder.glob("before-*.zip"), key=lambda path: path.stat().st_mtime)
    for path in found[:-COPIES_KEPT]:
        path.unlink(missing_ok=True)

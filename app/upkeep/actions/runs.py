"""A backup from start to end: made, tried, recorded, old ones deleted, copied elsewhere.

It lasts too long for one transaction: the edge hands in its commit point as `commit`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.clock import Clock
from app.kernel.ids import new_id
from app.kernel.refusals import Refusal
from app.upkeep.actions.leases import give_back, take_lease, tell_progress
from app.upkeep.actions.records import forget_backups, record_backup, record_copy
from app.upkeep.gateways.backups import Backups, CreatedBackup
from app.upkeep.gateways.stores import part
from app.upkeep.queries.records import BackupRow, find_newest_good, list_backups
from app.upkeep.rules.refusals import AlreadyRunning, Failed, SameDisk
from app.upkeep.rules.rotation import has_served, nightly_name, upgrade_copies_served

log = logging.getLogger(__name__)
LEASE = "upkeep.backup"
LEASE_LASTS = timedelta(minutes=10)
PERCENT_STEP = 5
Commit = Callable[[Callable[[Session], Any]], Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One backup of the nightly folder, whoever asked for it."""

    backups: Backups
    commit: Commit
    clock: Clock
    actor: Actor
    holder: str


def begin_run(backups: Backups, commit: Commit, clock: Clock, actor: Actor) -> Run:
    """Take the lease; refused while another backup is being made."""
    now = clock.now()
    holder = new_id(now)

    def work(session: Session) -> bool:
        taken = take_lease(session, LEASE, holder, lasts=LEASE_LASTS, now=now)
        tell_progress(session, LEASE, holder, 0, lasts=LEASE_LASTS, now=now)
        return taken

    if not commit(work):
        raise AlreadyRunning
    return Run(backups, commit, clock, actor, holder)


def finish_run(run: Run) -> str | None:
    """Make, try and record the backup; returns the code of what went wrong, None when good."""
    started_at = run.clock.now()
    path = run.backups.folder / "anca.zip"
    created: CreatedBackup | None = None
    code: str | None = None
    try:
        run.backups.clear_leftovers(started_at)
        path = _free_path(run, started_at)
        told = _Teller(run)
        created = run.backups.create(path, started_at, part(told, 0, 0.5))
        run.backups.verify(path, part(told, 0.5, 0.9))
    except Refusal as refusal:
        code = refusal.code
        log.warning("backup %s: %s", path, code)
    except Exception:
        code = Failed.code
        log.exception("backup %s failed", path)
    _record(run, path, created, code, started_at)
    _forget_upgrade_copies(run)
    if code is None:
        copy_away(run.backups, path, run.commit, run.clock)
    _give_back(run)
    return code


def copy_again(backups: Backups, commit: Commit, clock: Clock) -> str | None:
    """Copy the newest good backup when the second place did not take it; what went wrong."""
    if not backups.settings.backup_to:
        return None
    newest = commit(find_newest_good)
    if newest is None or newest.copied_at or PurePath(newest.path).parent != backups.folder:
        return None
    return copy_away(backups, Path(newest.path), commit, clock)


def copy_away(backups: Backups, path: Path, commit: Commit, clock: Clock) -> str | None:
    """Seal a backup into the second place and record it; the code of what went wrong."""
    if not backups.settings.backup_to:
        return None
    copy, code = None, None
    try:
        copy = str(backups.copy_away(path))
        if backups.second_place.shares_disk_with(backups.settings.instance):
            code = SameDisk.code
    except Refusal as refusal:
        code = refusal.code
        log.warning("copy of %s: %s %s", path, code, refusal.params)
    except Exception:
        code = Failed.code
        log.exception("copy of %s failed", path)
    now = clock.now()
    commit(lambda session: record_copy(session, str(path), copy=copy, code=code, now=now))
    return code


def _record(
    run: Run, path: Path, created: CreatedBackup | None, code: str | None, started_at: datetime
) -> None:
    now = run.clock.now()

    def work(session: Session) -> list[BackupRow]:
        record_backup(
            session,
            str(path),
            size=created.size if created else None,
            verified_at=None if code else now,
            code=code,
            made_at=started_at,
            actor=run.actor,
            now=now,
        )
        return [] if code else list_backups(session)

    known = run.commit(work)
    keep = run.backups.settings.backups_kept
    served = has_served(known, run.backups.folder, keep)
    for backup in served:
        Path(backup.path).unlink(missing_ok=True)
    if served:
        run.commit(lambda session: forget_backups(session, [backup.id for backup in served]))


def _forget_upgrade_copies(run: Run) -> None:
    """A copy from before an upgrade holds everybody too, and is kept no longer than a backup."""
    folder, known = run.backups.folder, run.commit(list_backups)
    good = [
        each.made_at
        for each in known
        if each.verified_at and not each.code and Path(each.path).exists()
    ]
    names = [path.name for path in folder.glob("before-*.zip")]
    for name in upgrade_copies_served(names, max(good, default=None), run.clock.now()):
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be deleted: %s", name, error)


def _give_back(run: Run) -> None:
    now = run.clock.now()
    run.commit(lambda session: give_back(session, LEASE, run.holder, now=now))


def _free_path(run: Run, now: datetime) -> Path:
    folder, zone = run.backups.folder, run.backups.settings.timezone
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / nightly_name(now, zone, {each.name for each in folder.iterdir()})


class _Teller:
    """Tells how far a run has come, at most every five per cent."""

    def __init__(self, run: Run) -> None:
        self.run, self.told = run, 0

    def __call__(self, done: float) -> None:
        percent = int(done * 100)
        if percent < self.told + PERCENT_STEP:
            return
        self.told = percent
        run, now = self.run, self.run.clock.now()

        def work(session: Session) -> None:
            tell_progress(session, LEASE, run.holder, percent, lasts=LEASE_LASTS, now=now)

        run.commit(work)

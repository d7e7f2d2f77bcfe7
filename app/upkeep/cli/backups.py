"""Commands of the schema, and of backups."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.extensions import db
from app.kernel.actors import program
from app.kernel.refusals import Refusal, all_refusals
from app.settings import Settings
from app.upkeep.actions.records import record_backup, record_verification
from app.upkeep.actions.runs import begin_run, finish_run
from app.upkeep.actions.sheets import make_sheet
from app.upkeep.gateways.backups import Backups, CreatedBackup, backups_of
from app.upkeep.gateways.sealing import is_sealed
from app.upkeep.gateways.starting import refuse_broken
from app.upkeep.gateways.upgrades import upgrade_safely
from app.upkeep.queries.records import find_newest_good
from app.upkeep.rules.manifests import Manifest
from app.upkeep.rules.refusals import Failed
from app.web import schema
from app.web.commands import shell_command
from app.web.schema import current_revision, newest_revision
from app.web.transaction import transact

db_cli = AppGroup("db", help="The schema of the database.")
backup_cli = AppGroup("backup", help="Backups: made, tried, put back.")
COMMAND_LINE = program("command line")
CODE = click.option(
    "--code",
    default="",
    envvar="ANCA_RECOVERY_CODE",
    help="The code of the recovery sheet, for a sealed FILE; else it is asked for.",
)


@db_cli.command("upgrade")
@shell_command
def upgrade_schema() -> dict[str, Any]:
    """Bring the schema to the newest; data is copied first and put back when a step fails."""
    refuse_broken(current_app.config["SETTINGS"])
    now = _now()
    done = upgrade_safely(_backups(), _engine(), now, _let_go)
    if done.copy is None:
        return {"revision": done.revision}
    _keep(_made(done.copy, now))
    return {"revision": done.revision, "before": done.before, "copy": str(done.copy.path)}


def _let_go() -> None:
    db.engine.dispose()
    _engine().dispose()


@backup_cli.command("create")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@shell_command
def create_backup(file: Path) -> dict[str, Any]:
    """Make a backup FILE of this node; it holds health data and keys: guard it."""
    now = _now()
    made = _backups().create(file.absolute(), now)
    _keep(_made(made, now))
    return {"file": str(made.path), "size": made.size, **_told(made.manifest)}


def _made(made: CreatedBackup, now: datetime) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        record_backup(
            session,
            str(made.path),
            size=made.size,
            verified_at=None,
            code=None,
            made_at=now,
            actor=COMMAND_LINE,
            now=now,
        )

    return work


@backup_cli.command("run")
@shell_command
def run_backup() -> dict[str, Any]:
    """What happens each night, now: a backup, tried, and copied to the second place."""
    run = begin_run(_backups(), transact, current_app.extensions["clock"], COMMAND_LINE)
    code = finish_run(run)
    if code:
        raise next(kind for kind in all_refusals() if kind.code == code)
    newest = transact(find_newest_good)
    if newest is None:
        raise Failed
    copied = newest.copied_at is not None
    return {"file": newest.path, "copied": copied, "problem": newest.copy_code}


@backup_cli.command("make-sheet")
@click.option("--again", is_flag=True, help="Make another one; files keep needing their own.")
@shell_command
def make_recovery_sheet(*, again: bool) -> dict[str, Any]:
    """Make the recovery sheet: its code opens sealed backups and is shown only this once."""
    sheet = make_sheet(_settings().instance, again=again, now=_now())
    return {"code": sheet.code, "sheet": sheet.key.name}


@backup_cli.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@CODE
@shell_command
def verify_backup(file: Path, *, code: str) -> dict[str, Any]:
    """Restore FILE into a scratch place and compare it table by table."""
    path = file.absolute()
    code = code or _asked(path)
    try:
        manifest = _backups().verify(path, code=code)
    except Refusal as refusal:
        _keep(_verification(path, refusal.code))
        raise
    _keep(_verification(path, None))
    return {"file": str(path), "good": True, **_told(manifest)}


@backup_cli.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Move the data of this node aside first.")
@CODE
@shell_command
def restore_backup(file: Path, *, replace: bool, code: str) -> dict[str, Any]:
    """Put FILE back into an empty node, and bring it to the newest schema."""
    path = file.absolute()
    code = code or _asked(path)
    db.engine.dispose()
    restored = _backups().restore(path, _now(), replace=replace, code=code)
    return {
        "file": str(path),
        "restored": True,
        "old_data": restored.old_data,
        "old_secrets": restored.old_secrets,
        **_told(restored.manifest),
    }


def _asked(path: Path) -> str:
    """The code of the recovery sheet, from whoever sits there; nothing for a file without seal."""
    if not is_sealed(path) or not sys.stdin.isatty():
        return ""
    return str(click.prompt(str(_("Mã trên tờ khôi phục")), err=True))


def _verification(path: Path, code: str | None) -> Callable[[Session], None]:
    now = _now()

    def work(session: Session) -> None:
        record_verification(session, str(path), code=code, actor=COMMAND_LINE, now=now)

    return work


def _keep(work: Callable[[Session], None]) -> None:
    """Record where there is something to record in: a new machine has no tables yet."""
    if not _settings().on_sqlite or _settings().sqlite_path.exists():
        with _engine().connect() as connection:
            revision = current_revision(connection)
        if revision == newest_revision():
            transact(work)


def _backups() -> Backups:
    return backups_of(_settings(), _engine(), schema)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _engine() -> Engine:
    engine: Engine = current_app.extensions["writer"].engine
    return engine


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"].now()
    return now


def _told(manifest: Manifest) -> dict[str, Any]:
    return {
        "made_at": manifest.made_at.isoformat(),
        "node": manifest.node_name,
        "role": manifest.role,
        "revision": manifest.revision,
        "tables": len(manifest.tables),
        "rows": manifest.rows,
        "holds_secrets": True,
    }

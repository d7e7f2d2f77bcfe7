"""Commands of the schema, and of backups."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.extensions import db
from app.kernel.actors import program
from app.kernel.refusals import Refusal
from app.upkeep.actions.records import record_backup, record_verification
from app.upkeep.gateways.backups import Backups, backups_of
from app.upkeep.gateways.starting import refuse_broken
from app.upkeep.rules.manifests import Manifest
from app.web import schema
from app.web.commands import shell_command
from app.web.schema import current_revision, newest_revision, upgrade
from app.web.transaction import transact

db_cli = AppGroup("db", help="The schema of the database.")
backup_cli = AppGroup("backup", help="Backups: made, tried, put back.")
COMMAND_LINE = program("command line")


@db_cli.command("upgrade")
@shell_command
def upgrade_schema() -> dict[str, Any]:
    """Bring the schema to the newest."""
    refuse_broken(current_app.config["SETTINGS"])
    return {"revision": upgrade(_engine())}


@backup_cli.command("create")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@shell_command
def create_backup(file: Path) -> dict[str, Any]:
    """Make a backup FILE of this node; it holds health data and keys: guard it."""
    now = _now()
    made = _backups().create(file.absolute(), now)

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

    _keep(work)
    return {"file": str(made.path), "size": made.size, **_told(made.manifest)}


@backup_cli.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@shell_command
def verify_backup(file: Path) -> dict[str, Any]:
    """Restore FILE into a scratch place and compare it table by table."""
    path = file.absolute()
    try:
        manifest = _backups().verify(path)
    except Refusal as refusal:
        _keep(_verification(path, refusal.code))
        raise
    _keep(_verification(path, None))
    return {"file": str(path), "good": True, **_told(manifest)}


@backup_cli.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Move the data of this node aside first.")
@shell_command
def restore_backup(file: Path, *, replace: bool) -> dict[str, Any]:
    """Put FILE back into an empty node, and bring it to the newest schema."""
    db.engine.dispose()
    restored = _backups().restore(file.absolute(), _now(), replace=replace)
    return {
        "file": str(file.absolute()),
        "restored": True,
        "old_data": restored.old_data,
        "old_secrets": restored.old_secrets,
        **_told(restored.manifest),
    }


def _verification(path: Path, code: str | None) -> Callable[[Session], None]:
    now = _now()

    def work(session: Session) -> None:
        record_verification(session, str(path), code=code, actor=COMMAND_LINE, now=now)

    return work


def _keep(work: Callable[[Session], None]) -> None:
    """Record where there is something to record in: a new machine has no tables yet."""
    if not current_app.config["SETTINGS"].on_sqlite or _sqlite_file_exists():
        with _engine().connect() as connection:
            revision = current_revision(connection)
        if revision == newest_revision():
            transact(work)


def _sqlite_file_exists() -> bool:
    path: Path = current_app.config["SETTINGS"].sqlite_path
    return path.exists()


def _backups() -> Backups:
    return backups_of(current_app.config["SETTINGS"], _engine(), schema)


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

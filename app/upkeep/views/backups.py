"""The page of backups: what was made, whether it was proved, and "Sao lưu ngay"."""

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Flask, current_app, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.rules import Permission
from app.extensions import db
from app.upkeep.actions.runs import LEASE, Run, begin_run, finish_run
from app.upkeep.gateways.backups import Backups, backups_of
from app.upkeep.gateways.sealing import RecoveryKey
from app.upkeep.queries.records import (
    BackupRow,
    RunningWork,
    find_last_copy,
    find_newest_good,
    find_running,
    list_backups,
)
from app.upkeep.rules.refusals import AlreadyRunning
from app.web import schema
from app.web.access import access, current_actor
from app.web.filters import percent
from app.web.language import current_language
from app.web.sentences import sentence
from app.web.transaction import transact

upkeep_backups = Blueprint("upkeep_backups", __name__, url_prefix="/admin")
SHOWN = 60
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ShownBackup:
    """A line of the list; `problem` in words, None when the backup is good or not yet tried."""

    name: str
    folder: str
    made_at: datetime
    mebibytes: float | None
    verified_at: datetime | None
    problem: str | None
    copied_at: datetime | None


@upkeep_backups.get("/backups")
@access(Permission.MANAGE_NODE)
def show_backups() -> ResponseReturnValue:
    now = current_app.extensions["clock"].now()
    running = find_running(db.session(), LEASE, now)
    return render_template(
        "upkeep/show_backups.html",
        backups=[_shown(row) for row in list_backups(db.session(), most=SHOWN)],
        running=running,
        text=_progress_text(running),
        last_copy=find_last_copy(db.session()),
        copy_problem=_copy_problem(),
        sheet=RecoveryKey.in_folder(current_app.config["SETTINGS"].instance),
        folder=str(_backups().folder),
        settings=current_app.config["SETTINGS"],
    )


def _copy_problem() -> str | None:
    newest = find_newest_good(db.session())
    return sentence(newest.copy_code) if newest and newest.copy_code else None


@upkeep_backups.get("/backups/progress")
@access(Permission.MANAGE_NODE)
def show_progress() -> ResponseReturnValue:
    running = find_running(db.session(), LEASE, current_app.extensions["clock"].now())
    done = running.percent or 0 if running else 100
    state = "running" if running else "over"
    return jsonify(state=state, done=done, total=100, text=_progress_text(running))


def _progress_text(running: RunningWork | None) -> str:
    if running is None:
        return ""
    done = percent((running.percent or 0) / 100, current_language(), digits=0)
    return str(_("Xong %(share)s. Bạn có thể rời trang này.", share=done))


@upkeep_backups.post("/backups")
@access(Permission.MANAGE_NODE)
def make_backup() -> ResponseReturnValue:
    clock = current_app.extensions["clock"]
    try:
        run = begin_run(_backups(), transact, clock, current_actor())
    except AlreadyRunning as refusal:
        flash(sentence(refusal.code))
        return redirect(url_for("upkeep_backups.show_backups"))
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    threading.Thread(target=_finish, args=(app, run), name="backup", daemon=True).start()
    flash(_("Đang sao lưu. Bạn có thể rời trang này."))
    return redirect(url_for("upkeep_backups.show_backups"))


def _finish(app: Flask, run: Run) -> None:
    with app.app_context():
        finish_run(run)


def _backups() -> Backups:
    engine = current_app.extensions["writer"].engine
    return backups_of(current_app.config["SETTINGS"], engine, schema)


def _shown(row: BackupRow) -> ShownBackup:
    path = Path(row.path)
    code = row.code or (None if path.exists() else "backup.file_gone")
    return ShownBackup(
        path.name,
        str(path.parent),
        row.made_at,
        row.size / MEBIBYTE if row.size is not None else None,
        row.verified_at,
        sentence(code) if code else None,
        row.copied_at,
    )

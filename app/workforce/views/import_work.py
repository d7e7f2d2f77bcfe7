"""Long work on staff lists beside the request: its thread, the uploaded file, the desk it needs."""

import functools
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.extensions import db
from app.kernel.clock import Clock
from app.settings import Settings
from app.web.transaction import transact
from app.workforce.actions.importing.applying import save_list
from app.workforce.actions.importing.reopening import stage_cells_of
from app.workforce.actions.importing.staging import Desk, refuse_import, stage_again, stage_file
from app.workforce.actions.importing.undoing import undo_list
from app.workforce.gateways import ReadLimits, upload_path
from app.workforce.rules import FileTooLarge, ReadFailed

log = logging.getLogger(__name__)
# A list of usual size is read within this time, so its preview needs no progress page before.
PATIENCE_SECONDS = 1.5


def largest_file() -> int:
    """How many bytes a list may have."""
    settings: Settings = current_app.config["SETTINGS"]
    return min(settings.max_upload, ReadLimits().file_bytes)


def keep_upload(file: FileStorage, import_id: str) -> Path:
    """Put the uploaded file where only this program reads it, until it was read."""
    settings: Settings = current_app.config["SETTINGS"]
    path = upload_path(settings.instance, import_id)
    file.save(path)
    return path


def check_size(file: FileStorage) -> None:
    """Refuse a file that is too large before anything is kept of it."""
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    if size > largest_file():
        raise FileTooLarge(limit_bytes=largest_file())


def read_beside(import_id: str, path: Path, file_name: str) -> None:
    """Read and stage an uploaded file; the file is gone afterwards."""
    desk, limits = make_desk(), ReadLimits(file_bytes=largest_file())

    def work() -> None:
        try:
            stage_file(desk, import_id, path, limits, file_name)
        finally:
            path.unlink(missing_ok=True)

    _beside(import_id, _or_refused(desk, import_id, work))


def read_again_beside(import_id: str) -> None:
    """Read the kept cells anew under the newest decisions."""
    desk = make_desk()
    _beside(import_id, _or_refused(desk, import_id, lambda: stage_again(desk, import_id)))


def reopen_beside(import_id: str, undone_id: str) -> None:
    """Read the cells of an undone list for a new one."""
    desk = make_desk()
    work = functools.partial(stage_cells_of, desk, import_id, undone_id)
    _beside(import_id, _or_refused(desk, import_id, work))


def save_beside(import_id: str) -> None:
    """Save a confirmed list."""
    desk = make_desk()
    _beside(import_id, lambda: save_list(desk, import_id))


def undo_beside(import_id: str) -> None:
    """Undo a saved list."""
    desk = make_desk()
    _beside(import_id, lambda: undo_list(desk, import_id))


def make_desk() -> Desk:
    """What long work needs of this application."""
    clock: Clock = current_app.extensions["clock"]
    return Desk(transact, db.session, clock, current_app.config["SETTINGS"])


def _or_refused(desk: Desk, import_id: str, work: Callable[[], None]) -> Callable[[], None]:
    """A fault of ours must not leave an officer before a bar that never moves."""

    def guarded() -> None:
        try:
            work()
        except Exception:
            log.exception("list %s could not be read", import_id)

            def refuse(session: Session) -> None:
                refuse_import(session, import_id, ReadFailed.code, {}, now=desk.clock.now())

            transact(refuse)

    return guarded


def _beside(import_id: str, work: Callable[[], None]) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def run() -> None:
        with app.app_context():
            try:
                work()
            except Exception:
                # A job goes on with what was cut off.
                log.exception("work on list %s stopped", import_id)

    thread = threading.Thread(target=run, name=f"import {import_id}", daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)

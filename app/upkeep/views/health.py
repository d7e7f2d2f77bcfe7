"""How a node is, for programs: `/healthz` while the process runs, `/readyz` when it can work."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.kernel.refusals import Refusal
from app.settings import Settings
from app.upkeep.gateways.machine import disk_free, program_version
from app.upkeep.rules.node_state import DISK_FULL
from app.web.access import public
from app.web.breakdowns import unavailable
from app.web.schema import current_revision, newest_revision
from app.web.sentences import sentence
from app.web.transaction import transact

upkeep_health = Blueprint("upkeep_health", __name__)
WRITER_ANSWERS_WITHIN_SECONDS = 5
STOPPED = "node.writer_stopped"


@upkeep_health.get("/healthz")
@public
def show_health() -> ResponseReturnValue:
    return jsonify(status="up", version=program_version())


@upkeep_health.get("/readyz")
@public
def show_readiness() -> ResponseReturnValue:
    checks: tuple[Callable[[], str | None], ...] = (_database, _writer, _disk)
    code = next((code for check in checks if (code := check())), None)
    if code is None:
        return jsonify(status="ready", version=program_version())
    return jsonify(status="not_ready", code=code, message=sentence(code)), 503


def _database() -> str | None:
    try:
        revision = current_revision(db.session().connection())
    except DBAPIError as error:
        return unavailable(error).code
    finally:
        db.session.remove()
    return None if revision == newest_revision() else "node.schema_old"


def _writer() -> str | None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    probe: WriterProbe = app.extensions.setdefault("writer_probe", WriterProbe())
    return probe.trouble_of(app)


def _disk() -> str | None:
    settings: Settings = current_app.config["SETTINGS"]
    return None if disk_free(settings.instance) >= DISK_FULL else "node.disk_full"


@dataclass(slots=True)
class WriterProbe:
    """Asks the writer for an empty work; one question at a time, however many people ask us."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: "threading.Event | None" = None
    _refused: str | None = None

    def trouble_of(self, app: Flask) -> str | None:
        """What keeps the writer from answering in time, as a code; None when nothing does."""
        with self._lock:
            if self._asked is None or self._asked.is_set():
                self._asked = threading.Event()
                arguments = (app, self._asked)
                threading.Thread(target=self._ask, args=arguments, daemon=True).start()
            asked = self._asked
        return self._refused if asked.wait(WRITER_ANSWERS_WITHIN_SECONDS) else STOPPED

    def _ask(self, app: Flask, answered: threading.Event) -> None:
        with app.app_context():
            try:
                transact(lambda _: None)
                self._refused = None
            except Refusal as refusal:
                self._refused = refusal.code
        answered.set()

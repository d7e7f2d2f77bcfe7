"""A park and a province on one folder, as a deed finds them, and what a deed is."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from app.extensions import db
from app.factory import build_app
from app.settings import NodeRole, Settings
from tests.conftest import SetClock

START = datetime(2026, 11, 23, 22, tzinfo=UTC)  # 05:00 on Tuesday 24/11 in the park
Tell = Callable[[dict[str, Any]], None]


class Quiet(WSGIRequestHandler):
    """Answers without a line for each call."""

    def log(self, *_: Any) -> None:
        pass


@dataclass(slots=True)
class Ground:
    """Two nodes built before anything is done; whoever acts opens their databases first."""

    folder: Path
    clock: SetClock = field(default_factory=lambda: SetClock(START))
    apps: dict[str, Flask] = field(default_factory=dict)
    door: socket.socket = field(default_factory=socket.socket)

    def build(self) -> None:
        """Build both nodes, and a port that outlives whoever answers on it."""
        for role in NodeRole:
            folder = self.folder / role
            folder.mkdir(parents=True)
            settings = Settings(
                instance=folder,
                role=role,
                name="KCN Vân Trung" if role is NodeRole.PARK else "Tỉnh Bắc Giang",
                database_url=f"sqlite:///{folder / 'anca.db'}",
            )
            self.apps[role] = build_app(settings, self.clock)
        self.door.bind(("127.0.0.1", 0))
        self.door.listen(16)

    @property
    def park(self) -> Flask:
        return self.apps[NodeRole.PARK]

    @property
    def province(self) -> Flask:
        return self.apps[NodeRole.PROVINCE]

    @property
    def settings(self) -> Settings:
        settings: Settings = self.park.config["SETTINGS"]
        return settings

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.door.getsockname()[1]}"

    @property
    def facts(self) -> Any:
        """What was written down while the ground was prepared."""
        return json.loads((self.folder / "facts.json").read_text(encoding="utf-8"))

    def keep_facts(self, facts: Any) -> None:
        (self.folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")

    @contextmanager
    def province_answering(self) -> Iterator[None]:
        """The province serves calls as long as this lasts."""
        host, port = self.door.getsockname()
        server = make_server(
            host, port, self.province, True, request_handler=Quiet, fd=self.door.fileno()
        )
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()

    def close(self) -> None:
        """Let go of both databases."""
        for app in self.apps.values():
            app.extensions["writer"].stop()
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


@dataclass(frozen=True, slots=True)
class Deed:
    """A way of writing: how it is prepared, done or gone on with, and what must hold at its end.

    `do` tells what it acknowledges at the moment it does; it is called again after each kill,
    `pause` later by the clock. `check` gets everything that was ever told.
    """

    prepare: Callable[[Ground], None]
    do: Callable[[Ground, Tell], None]
    check: Callable[[Ground, list[dict[str, Any]]], None]
    pause: timedelta = timedelta(minutes=1)

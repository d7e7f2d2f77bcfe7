"""A park with a crowd on a disk of its own, its server process, and clients that never give up."""

import atexit
import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.extensions import db
from app.factory import build_app
from app.kernel.clock import SystemClock, local_day
from app.kernel.ids import new_id
from app.settings import ROOT, Settings
from app.web.schema import upgrade
from app.web.transaction import transact
from tests.factories.people import Person, make_company, make_line, make_park, make_worker
from tests.ports import free_port

ANSWERS = (
    {"symptoms": [], "temperature_c": None, "exposures": {}},
    {"symptoms": [], "temperature_c": 36.6, "exposures": {"contact_case": False}},
    {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}},
)
PATIENCE_SECONDS = 120


def make_crowd(settings: Settings, size: int) -> list[Person]:
    """Set a node up with one company of `size` workers; nothing of it stays open here."""
    app = build_app(settings)
    now = SystemClock().now()

    def work(session: Session) -> list[Person]:
        company = make_company(session, make_park(session, now), "SAOBAC", "Sao Bắc", now)
        lines = [make_line(session, company, f"Chuyền {n}", now) for n in (1, 2, 3)]
        return [_worker(session, lines[n % 3], n, now) for n in range(size)]

    with app.app_context():
        upgrade(app.extensions["writer"].engine)
        people = transact(work)
        db.session.remove()
        db.engine.dispose()
        app.extensions["writer"].stop()
    return people


def _worker(session: Session, line: Branch, number: int, now: datetime) -> Person:
    return make_worker(session, line, f"SB-{number:05}", f"Nguyễn Văn {number}", now, pin=None)


class Server:
    """The server process of a node; `kill` is a power cut for it and its children."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.up = threading.Event()
        self.port = 0
        self._process: subprocess.Popen[str] | None = None
        atexit.register(self.kill)

    def start(self, die: str = "", port: int = 0) -> None:
        """Start on a new port, or the one that is asked for; returns when it is open."""
        self.port = port or free_port()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANCA_", "FLASK_"))}
        environment = kept | {
            "ANCA_INSTANCE": str(self.settings.instance),
            "DATABASE_URL": self.settings.database_url,
            "ANCA_SCHEDULER": "0",
            "ANCA_TEST_DIE": die,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.server", str(self.port)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip() == "up":
                self._wait_for_port()
                self.up.set()
                return
        raise AssertionError("the server did not come up")

    def _wait_for_port(self) -> None:
        """The application is built a moment before the port is open."""
        assert self._process is not None
        while self._process.poll() is None:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
        raise AssertionError("the server went away before its port was open")

    def kill(self) -> None:
        """SIGKILL to the whole group; returns when it is gone."""
        self.up.clear()
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def wait_until_dead(self) -> None:
        """Wait for a server that was armed to kill itself."""
        assert self._process is not None
        self._process.wait(PATIENCE_SECONDS)
        self.kill()


@dataclass(slots=True)
class Told:
    """What clients were told, by command key; `changed` notifies of every new answer."""

    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    again: int = 0
    wrong: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def keep(self, results: list[dict[str, Any]]) -> None:
        with self.changed:
            for each in results:
                before = self.results.get(each["key"])
                if each["outcome"] not in {"applied", "already_applied"}:
                    self.wrong.append(json.dumps(each))
                elif before is not None and before != each["result"]:
                    self.wrong.append(f"{each['key']} was answered in two ways")
                self.again += each["outcome"] == "already_applied"
                self.results[each["key"]] = each.get("result", {})
            self.changed.notify_all()

    def wait_for(self, count: int) -> None:
        """Wait until so many commands have been acknowledged."""
        with self.changed:
            done = self.changed.wait_for(
                lambda: len(self.results) >= count or self.wrong, PATIENCE_SECONDS
            )
        assert done, f"{len(self.results)} of {count} acknowledged, then nothing more"
        assert not self.wrong, self.wrong[:3]


class Client(threading.Thread):
    """One worker's phone: sends answers, `most` at once at the largest, until told to stop."""

    def __init__(self, server: Server, told: Told, person: Person, seed: int, most: int) -> None:
        super().__init__(daemon=True)
        self.server, self.told, self.person, self.most = server, told, person, most
        self.chance = random.Random(seed)
        self.stopping = threading.Event()
        self.sent: list[str] = []

    def run(self) -> None:
        while not self.stopping.is_set():
            commands = make_commands(self.chance, self.chance.randint(1, self.most))
            self.sent += [command["key"] for command in commands]
            self.told.keep(send_until_answered(self.server, self.person, commands))


def make_commands(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Answers for today's first shift."""
    now = SystemClock().now()
    on = local_day(now, Settings(instance=ROOT).timezone).isoformat()
    return [
        {
            "key": new_id(now),
            "kind": "check_in",
            "made_at": now.isoformat(),
            "body": {
                "shift_on": on,
                "shift": "ca1",
                "answers": chance.choice(ANSWERS),
                "rules": "workplace_2020@1",
            },
        }
        for _ in range(count)
    ]


def send_until_answered(
    server: Server, person: Person, commands: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Send the same commands again and again, across restarts, until there is an answer."""
    while True:
        assert server.up.wait(PATIENCE_SECONDS), "the server stays away"
        results = send_once(server, person, commands)
        if results is not None and all(each["outcome"] != "retry" for each in results):
            return results


def send_once(
    server: Server, person: Person, commands: list[dict[str, Any]]
) -> list[dict[str, Any]] | None:
    """The results, or None when the server died or was not there."""
    headers = {**person.headers, "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    try:
        body = json.dumps({"commands": commands})
        connection.request("POST", "/api/v1/commands", body, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        assert answer.status == 200, told
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    results: list[dict[str, Any]] = told["results"]
    return results


def settings_for(folder: Path, url: str) -> Settings:
    return Settings(instance=folder, database_url=url, scheduler=False)

"""A scratch node: its folder, its server as a process of its own, and its commands."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_SECONDS = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(arguments: Sequence[str], environment: Mapping[str, str], ready: str) -> Iterator[Any]:
    """A Python process that serves until the end of the block; it is waited for first."""
    server = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**clean_environment(), **environment},
        start_new_session=True,
    )
    try:
        wait_until_ready(ready, server)
        yield server
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def kill(server: subprocess.Popen[bytes]) -> None:
    """End a server with everything it started, as a pulled plug would."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit(f"the server at {address} ended by itself")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"nothing answers at {address}")


def clean_environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ANCA_")}
    kept.pop("DATABASE_URL", None)
    return kept


class ScratchNode:
    """A park in a scratch folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.environment = {
            "ANCA_INSTANCE": str(folder),
            "ANCA_PORT": str(self.port),
            "ANCA_SCHEDULER": "0",
            "ANCA_LOG_LEVEL": "WARNING",
            "PYTHONUTF8": "1",
        }

    @property
    def database(self) -> Path:
        return self.folder / "anca.db"

    def fill(self, *demo: str, afresh: bool = True) -> dict[str, Any]:
        """An empty database with the demo park in it; one that is kept is not made again."""
        told = self.folder / "told.json"
        if not afresh and told.exists():
            self.flask("db", "upgrade")
            kept: dict[str, Any] = json.loads(told.read_text())
            return kept
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.flask("db", "upgrade")
        answer = self.flask("demo", "load", *demo)
        told.write_text(json.dumps(answer))
        return answer

    def flask(self, *command: str) -> dict[str, Any]:
        done = self.process(*command)
        out, _ = done.communicate()
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed: {out.decode()}")
        told: dict[str, Any] = json.loads(out)
        return told

    def process(self, *command: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "flask", "--app", "wsgi", *command, "--json"]
        environment = {**clean_environment(), **self.environment}
        return subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.PIPE)

    def serving(self) -> Any:
        """The node's server until the end of the block."""
        ready = f"http://127.0.0.1:{self.port}/readyz"
        return running(["-m", "app.serve"], self.environment, ready)

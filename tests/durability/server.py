"""One node in a process of its own, to be killed: `python -m tests.durability.server PORT`.

Settings come from the environment. `ANCA_TEST_DIE` = "change:N", "commit:N" or "committed:N" makes
the process kill itself after the Nth statement that changes rows, just before the Nth commit, or
after it and before anybody is answered.
"""

import os
import signal
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, event

from app import create_app
from app.settings import Settings

THREADS = 16
MOMENTS = {"change": "after_cursor_execute", "commit": "commit", "committed": "checkin"}
CHANGES = ("INSERT", "UPDATE", "DELETE")


def build() -> Flask:
    """The application, armed when the environment says so."""
    app = create_app(Settings.from_environment())
    moment, _, number = os.environ.get("ANCA_TEST_DIE", "").partition(":")
    if moment:
        arm(app.extensions["writer"].engine, MOMENTS[moment], int(number))
    sys.stdout.write("up\n")
    sys.stdout.flush()
    return app


def arm(engine: Engine, moment: str, number: int) -> None:
    """Kill this process, as a power cut would, at the Nth moment of a kind."""
    seen = 0

    def count(*told: object) -> None:
        nonlocal seen
        statement = told[2] if moment == MOMENTS["change"] else "INSERT"
        seen += str(statement).startswith(CHANGES)
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, moment, count)


def serve(port: int) -> None:
    """Serve as `start.py serve` does: granian, or waitress where there is no granian."""
    try:
        from granian import Granian
        from granian.constants import Interfaces
        from granian.log import LogLevels
    except ImportError:
        from waitress import serve as serve_with_waitress

        serve_with_waitress(build(), host="127.0.0.1", port=port, threads=THREADS)
        return
    Granian(
        "tests.durability.server:build",
        factory=True,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_level=LogLevels.error,
        websockets=False,
        working_dir=Path.cwd(),
    ).serve()


if __name__ == "__main__":
    serve(int(sys.argv[1]))

"""The server of the notice benchmark: as usual, but of all jobs only that of notices runs in it.

A park that has just been filled has hours of other work to catch up with.
"""

import threading
import time

from app import create_app
from app.extensions import db
from app.notices.jobs import run_notices
from app.serve import THREADS
from app.settings import Settings

app = create_app()


def _run() -> None:
    with app.app_context():
        while True:
            run_notices(app.extensions["clock"].now)
            db.session.remove()
            time.sleep(0.5)


def main() -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    settings = Settings.from_environment()
    Granian(
        "benchmarks.notice_park:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_level=LogLevels.error,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
else:
    threading.Thread(target=_run, daemon=True).start()

"""Makes one backup in a process of its own: `python -m tests.durability.backup_run FILE`.

Prints a line at every step of its progress, so that whoever started it can kill it at any of them.
"""

import sys
from pathlib import Path

from app import create_app
from app.kernel.clock import SystemClock
from app.settings import Settings
from app.upkeep.gateways.backups import backups_of
from app.web import schema


def tell(done: float) -> None:
    """Say how far it has come, and wait until that was heard."""
    sys.stdout.write(f"{done:.3f}\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    settings = Settings.from_environment()
    app = create_app(settings)
    with app.app_context():
        backups = backups_of(settings, app.extensions["writer"].engine, schema)
        backups.create(Path(sys.argv[1]), SystemClock().now(), tell)

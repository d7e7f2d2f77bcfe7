"""Commands of the keys that encrypted fields are closed with."""

from datetime import datetime
from typing import Any

from flask import current_app
from flask.cli import AppGroup

from app.extensions import db
from app.settings import KeyFile
from app.upkeep.jobs.renewing_keys import renew_field_key
from app.upkeep.queries.field_keys import count_by_key
from app.web.commands import shell_command

keys_cli = AppGroup("keys", help="The keys that encrypted fields are closed with.")


@keys_cli.command("show")
@shell_command
def show_keys() -> dict[str, Any]:
    """Which keys there are, by number, and how many values lie under each; never a key itself."""
    ring = _file().current
    counted = count_by_key(db.session())
    numbers = sorted({*ring.keys, *counted})
    return {
        "newest": ring.newest,
        "keys": [
            {"number": each, "in_ring": each in ring.keys, "values": counted.get(each, 0)}
            for each in numbers
        ],
    }


@keys_cli.command("rotate")
@shell_command
def rotate_keys() -> dict[str, Any]:
    """Bring every encrypted value under a new key while the node works; safe to break off."""
    done = renew_field_key(_file(), _now)
    return {
        "key": done.key,
        "resumed": done.begun_before,
        "values": done.closed_anew,
        "destroyed": list(done.destroyed),
        "left": done.left,
    }


def _file() -> KeyFile:
    file: KeyFile = current_app.extensions["field_keys"]
    return file


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"].now()
    return now

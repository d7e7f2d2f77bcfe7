"""Looking through the whole database, while it is used, for damage that nobody has met yet."""

import sqlite3
from contextlib import closing
from pathlib import Path

from app.kernel.refusals import Refusal
from app.settings import SECRETS_FILE, Secrets, Settings
from app.upkeep.gateways.starting import readable

RUNNING = "running.txt"
LONGEST_FINDING = 200


def look_through(path: Path) -> str:
    """Read every page of a SQLite file: "" when it is sound, else the first thing found."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
            connection.text_factory = readable
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        return str(error)[:LONGEST_FINDING]
    except UnicodeDecodeError:  # what SQLite quotes from a damaged page is no text
        return "malformed"
    return "" if found == "ok" else str(found)[:LONGEST_FINDING]


def begin_running(settings: Settings) -> bool:
    """Note that this node runs; whether the last run ended without saying so."""
    note = settings.instance / RUNNING
    unclean = note.exists()
    note.write_text("", encoding="utf-8")
    return unclean


def end_running(settings: Settings) -> None:
    """Note that this node ended as it should."""
    (settings.instance / RUNNING).unlink(missing_ok=True)


def keys_match(settings: Settings, held: Secrets) -> bool:
    """Whether the keys on the disk are still those that this process works with.

    Field keys come and go while a node runs: of them it counts that the file holds a ring.
    """
    if not (settings.instance / SECRETS_FILE).exists():
        return False
    try:
        kept = Secrets.in_folder(settings.instance)
    except (OSError, Refusal):
        return False
    return (kept.session_key, kept.pepper, kept.index_key) == (
        held.session_key, held.pepper, held.index_key,
    )  # fmt: skip

"""A park in a process of its own, that notes and pushes until it is killed."""

import sys
from pathlib import Path

from flask import current_app

from app.factory import build_app
from app.settings import Settings
from app.sync.actions.log import append_entry
from app.sync.actions.pushing import push_entries
from app.web.transaction import transact


def main(folder: Path, database_url: str) -> None:
    """Say each number after it was committed, as an edge would answer "saved"."""
    app = build_app(Settings(instance=folder, database_url=database_url))
    with app.app_context():
        clock, settings = app.extensions["clock"], current_app.config["SETTINGS"]
        for n in range(10_000):
            seq = transact(lambda s, n=n: append_entry(s, "feedback", {"n": n}, clock.now()))
            print(seq, flush=True)  # noqa: T201
            if n % 7 == 6:
                push_entries(transact, clock, settings, by_hand=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

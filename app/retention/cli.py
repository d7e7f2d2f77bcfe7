"""The command that purges: what is due goes at once, or is only counted."""

from typing import Any

import click
from flask import current_app

from app.extensions import db
from app.kernel.actors import program
from app.retention.actions.runs import Purge, begin_purge, finish_purge
from app.retention.queries.trial import count_all_due
from app.retention.rules.periods import ClockUnsteady
from app.upkeep.queries.records import is_clock_steady
from app.web.commands import shell_command
from app.web.transaction import transact


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Only count what is due.")
@click.option("--force", is_flag=True, help="Also by a clock that was not here a day ago.")
@shell_command
def purge_cli(*, dry_run: bool, force: bool) -> dict[str, Any]:
    """Remove personal data whose time is over, and records of people who left."""
    settings, clock = current_app.config["SETTINGS"], current_app.extensions["clock"]
    if dry_run:
        trial = count_all_due(db.session(), clock.now(), settings.timezone)
        return {
            "dry_run": True,
            "total": sum(trial.rows.values()),
            "rows": dict(trial.rows),
            "people": trial.people,
        }
    if not force and not is_clock_steady(db.session(), clock.now()):
        raise ClockUnsteady
    purge = Purge(transact, db.session, clock, settings, program("command line"))
    rows = finish_purge(begin_purge(purge))
    return {
        "dry_run": False,
        "total": sum(rows.values()),
        "rows": dict(sorted(rows.items())),
        "people": purge.people,
        "keys": purge.keys,
        "failed": len(purge.failed),
    }

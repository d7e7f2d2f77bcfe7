"""What the clock starts to keep a node."""

from flask import Flask

from app.kernel.actors import program
from app.upkeep.actions.runs import begin_run, copy_again, finish_run
from app.upkeep.gateways.backups import backups_of
from app.upkeep.rules.refusals import AlreadyRunning
from app.web import schema
from app.web.transaction import transact


def make_nightly_backup(app: Flask) -> str | None:
    """Make, try and record the night's backup; the code of what went wrong, None when good."""
    with app.app_context():
        backups = backups_of(app.config["SETTINGS"], app.extensions["writer"].engine, schema)
        try:
            run = begin_run(backups, transact, app.extensions["clock"], program("upkeep"))
        except AlreadyRunning as refusal:
            return refusal.code
        return finish_run(run)


def copy_backup_again(app: Flask) -> str | None:
    """Bring the newest backup to the second place when that was away; what went wrong."""
    with app.app_context():
        backups = backups_of(app.config["SETTINGS"], app.extensions["writer"].engine, schema)
        return copy_again(backups, transact, app.extensions["clock"])

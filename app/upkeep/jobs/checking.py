"""The job that looks through the database, each night and after an end that was not clean."""

import logging

from flask import current_app

from app.settings import Settings
from app.upkeep.gateways.checking import begin_running, look_through
from app.upkeep.rules.node_state import CHECK, DatabaseCheck

log = logging.getLogger(__name__)


def check_database() -> DatabaseCheck | None:
    """Look through a SQLite file and remember what was found; damage ends all writing."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.on_sqlite:
        return None
    found = look_through(settings.sqlite_path)
    check = DatabaseCheck(current_app.extensions["clock"].now(), found)
    current_app.extensions[CHECK] = check
    if found:
        log.error("the database is damaged: %s", found)
        current_app.extensions["writer"].damaged = True
    return check


def check_after_unclean_end() -> DatabaseCheck | None:
    """At the start: look through the database when the last run was cut off."""
    settings: Settings = current_app.config["SETTINGS"]
    if not begin_running(settings):
        return None
    log.warning("the last run was cut off: looking through the database")
    return check_database()

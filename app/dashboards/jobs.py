"""By the clock: records of past days are kept, files that were cut off are written."""

from datetime import date

from flask import current_app
from sqlalchemy.orm import Session

from app.dashboards.actions.files import FileDesk, drop_old_files, write_or_give_up
from app.dashboards.actions.records import keep_day
from app.dashboards.gateways.figures_files import figures_path, list_figures_files
from app.dashboards.queries.files import find_file, list_unwritten
from app.dashboards.queries.records import list_facts, list_figure_days, list_kept_at
from app.dashboards.rules.files import WAITS_FOR, is_cut_off
from app.dashboards.rules.measures import stale_days
from app.extensions import db
from app.kernel.clock import local_day
from app.settings import Settings
from app.web.transaction import transact


def keep_records() -> int:
    """Keep the records of the days that need it, newest first; returns how many days."""
    clock, settings = current_app.extensions["clock"], current_app.config["SETTINGS"]
    today = local_day(clock.now(), settings.timezone)
    days = list_figure_days(db.session(), today)
    wanted = stale_days(days, list_kept_at(db.session()), today, clock.now())
    for on in wanted:
        _keep(on, settings)
    return len(wanted)


def _keep(on: date, settings: Settings) -> None:
    now = current_app.extensions["clock"].now()
    shifts, days = list_facts(db.session(), on, settings, now)

    def work(session: Session) -> None:
        keep_day(session, on, shifts, days, now=now)

    transact(work)


def write_files() -> int:
    """Write files whose writer fell silent, and drop what nobody took in a week."""
    desk = FileDesk(
        transact, db.session, current_app.extensions["clock"], current_app.config["SETTINGS"]
    )
    now = desk.clock.now()
    left = [each for each in list_unwritten(db.session()) if is_cut_off(each.touched_at, now)]
    for file in left:
        write_or_give_up(desk, file.id)

    def work(session: Session) -> list[str]:
        return drop_old_files(session, now - WAITS_FOR)

    transact(work)
    for file_id in list_figures_files(desk.settings.instance):
        if find_file(db.session(), file_id) is None:
            figures_path(desk.settings.instance, file_id).unlink(missing_ok=True)
    return len(left)

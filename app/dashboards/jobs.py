"""By the clock: records of past days are kept, cut-off files written, digests told."""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from app.accounts.queries.branches import list_companies
from app.dashboards.actions.digest_letters import Letter, settle_letter, take_letters
from app.dashboards.actions.digests import tell_digest
from app.dashboards.actions.files import FileDesk, drop_old_files, write_or_give_up
from app.dashboards.actions.records import keep_day
from app.dashboards.gateways.figures_files import figures_path, list_figures_files
from app.dashboards.queries.digests import list_digest_readers
from app.dashboards.queries.files import find_file, list_unwritten
from app.dashboards.queries.rankings import Asked, get_standing, list_ranked, sums_before
from app.dashboards.queries.records import list_facts, list_figure_days, list_kept_at
from app.dashboards.rules.digest_letters import LetterState, after_failure
from app.dashboards.rules.digests import Digest, digest_of, packed, week_due
from app.dashboards.rules.files import WAITS_FOR, is_cut_off
from app.dashboards.rules.measures import Measure, Tally, stale_days
from app.dashboards.rules.periods import Period
from app.dashboards.views.digest_letter import digest_letter
from app.delivery.queries.channels import is_open
from app.delivery.rules import Channel, ChannelError, ChannelName, Lane, Outbound
from app.extensions import db
from app.kernel.clock import local_day
from app.settings import Settings
from app.web.transaction import transact

log = logging.getLogger(__name__)
LETTERS_AT_ONCE = 50


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


def make_digests() -> int:
    """Tell the digest of the week that is over to whoever has not got it; returns to how many."""
    clock, settings = current_app.extensions["clock"], current_app.config["SETTINGS"]
    now = clock.now()
    week_on = week_due(now, settings.timezone)
    readers = list_digest_readers(db.session(), week_on)
    if not readers:
        return 0
    body = packed(_digest(week_on, settings, now))

    def work(session: Session) -> None:
        tell_digest(session, readers, week_on, body, now=now)

    transact(work)
    return len(readers)


def send_digests() -> int:
    """Send the digest of the week that is over by e-mail to who gave an address; returns how many.

    One that may have left is not sent again; who asked for none in the app gets none here.
    """
    channel = current_app.extensions["channels"].get(ChannelName.EMAIL)
    clock, settings = current_app.extensions["clock"], current_app.config["SETTINGS"]
    now = clock.now()
    if channel is None or not is_open(db.session(), ChannelName.EMAIL, Lane.NORMAL, now):
        return 0
    week_on = week_due(now, settings.timezone)

    def take(session: Session) -> Sequence[Letter]:
        return take_letters(session, week_on, limit=LETTERS_AT_ONCE, now=now)

    sent = 0
    for letter in transact(take):
        state, code = _send(channel, letter, settings)

        def settle(
            session: Session, letter: Letter = letter, state: LetterState = state, code: str = code
        ) -> None:
            settle_letter(session, letter, state, code=code, now=clock.now())

        transact(settle)
        sent += state is LetterState.SENT
    return sent


def _send(channel: Channel, letter: Letter, settings: Settings) -> tuple[LetterState, str]:
    subject, text = digest_letter(letter.digest, settings.name, letter.locale)
    number = f"digest-{letter.digest.week_on.isoformat()}-{letter.account_id}"
    try:
        channel.send(Outbound(number, letter.address, text, title=subject))
    except ChannelError as error:
        log.warning("a digest was not sent: %s", error)
        return after_failure(error, letter.tries), error.code
    finally:
        rest = getattr(channel, "rest", None)
        if rest is not None:
            rest()
    return LetterState.SENT, ""


def _digest(week_on: date, settings: Settings, now: datetime) -> Digest:
    session = db.session()
    period = Period(week_on, week_on + timedelta(days=6))
    companies = list_companies(session)
    asked = Asked(companies, period, period.before, Measure.ANSWERED, None, outside=True)
    found = get_standing(session, asked, settings=settings, now=now)
    ranking = list_ranked(session, asked, found, settings=settings, now=now)
    days = (day.figures for each in found.companies for day in each.days if day.figures.is_heard)
    before = sums_before(session, asked, now=now)
    return digest_of(week_on, ranking, sum(days, Tally()), sum(before.values(), Tally()))

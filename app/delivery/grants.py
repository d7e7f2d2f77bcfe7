"""Tokens of providers at the edge: read before sending, and renewed once for all senders."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.delivery.actions.grants import (
    Begun,
    begin_renewal,
    fail_renewal,
    finish_renewal,
    rest_channels,
)
from app.delivery.channels.zalo_office import Renewed, Token, ZaloOffice
from app.delivery.queries.grants import find_tokens
from app.delivery.registry import ZALO as ZALO_CHANNELS
from app.delivery.registry import Channels, office_of
from app.delivery.rules import ChannelError, ChannelName, ChannelStep, ConfigProblem, NotUnderstood
from app.delivery.rules.grants import AGAIN_AFTER, ZALO, Renewal, is_due
from app.delivery.rules.zalo import FRESH_FOR, GRANT_LOST, RENEWED_BEFORE
from app.extensions import db
from app.web.transaction import transact

log = logging.getLogger(__name__)
# How long senders rest when a token is being renewed elsewhere, or could not be for the moment.
SHORT_REST = timedelta(seconds=5)
TOGETHER: tuple[ChannelName, ...] = tuple(ZALO_CHANNELS)


def make_ready(channels: Channels, at: Callable[[], datetime]) -> None:
    """Have the account send with the token that holds now, renewed where it ends soon."""
    office = office_of(channels)
    if office is None:
        return
    is_saved = _save(office)
    read_token(office)
    found = find_tokens(db.session(), ZALO)
    if not is_saved or found is None or found.grant.problem:
        return
    now = at()
    if is_due(found.grant, now, before=RENEWED_BEFORE):
        renew(office, found.grant.version, at, resting=not found.access_token)


def read_token(office: ZaloOffice) -> None:
    """Take the token as it was committed."""
    db.session.remove()  # what another process renewed must be seen
    found = find_tokens(db.session(), ZALO)
    if found is None or not found.access_token:
        office.token = None
        return
    fresh_until = found.rotated_at + FRESH_FOR if found.rotated_at else None
    office.token = Token(found.access_token, found.grant.version, fresh_until)


def renew(
    office: ZaloOffice, used: int, at: Callable[[], datetime], *, resting: bool = True
) -> None:
    """Renew a token that was refused or ends soon, unless somebody has done so meanwhile.

    The new pair is committed before anything is sent with it; until it is, none is asked for.
    `resting`: the channels rest where it could not be renewed for the moment.
    """
    if not _save(office):
        if resting:
            _rest(at() + SHORT_REST, at())
        return

    def begin(session: Session) -> Begun:
        return begin_renewal(session, ZALO, used=used, now=at())

    begun = transact(begin)
    match begun.todo:
        case Renewal.TAKE:
            read_token(office)
        case Renewal.WAIT if resting:
            _rest(at() + SHORT_REST, at())
        case Renewal.LOST:
            _give_up(GRANT_LOST, begun.version, at())
        case Renewal.BEGIN:
            _trade(office, begun, at, resting=resting)


def _trade(office: ZaloOffice, begun: Begun, at: Callable[[], datetime], *, resting: bool) -> None:
    try:
        pair = office.ask_for_new_pair(begun.refresh_token)
    except ChannelError as problem:
        _fail(problem, begun.version, at(), resting=resting)
    else:
        office.unsaved = Renewed(pair, begun.version, at())
        if not _save(office) and resting:
            _rest(at() + SHORT_REST, at())
    read_token(office)


def _fail(problem: ChannelError, begun: int, now: datetime, *, resting: bool) -> None:
    """No new token: lost only where Zalo refused the old one, else tried again in a minute."""
    if problem.code == GRANT_LOST:
        log.error("the grant of Zalo is lost: %s", problem.detail)
        _give_up(GRANT_LOST, begun, now)
        return
    log.error("Zalo gave no new token, asked again in a minute: %s", problem)
    if not _give_up("", begun, now) or not resting:
        return
    if isinstance(problem, ConfigProblem | NotUnderstood):
        _rest(now + AGAIN_AFTER, now, f"{ChannelStep.PAUSE} {problem.code}")
    else:
        _rest(now + SHORT_REST, now)


def _save(office: ZaloOffice) -> bool:
    """Commit the pair that is not committed yet; False where it still is not: tried again soon."""
    held = office.unsaved
    if held is None:
        return True

    def work(session: Session) -> bool:
        return finish_renewal(
            session,
            ZALO,
            held.pair.access,
            held.pair.refresh,
            held.pair.lasts,
            begun=held.begun,
            channels=TOGETHER,
            now=held.at,
        )

    try:
        kept = transact(work)
    except Exception:
        log.exception("a new token of Zalo could not be written down, tried again soon")
        return False
    office.unsaved = None
    if not kept:
        log.warning("another pair was pasted while a token of Zalo was renewed: that one holds")
    return True


def _give_up(lost: str, begun: int, now: datetime) -> bool:
    def work(session: Session) -> bool:
        return fail_renewal(session, ZALO, lost=lost, begun=begun, channels=TOGETHER, now=now)

    return transact(work)


def _rest(until: datetime, now: datetime, reason: str = ChannelStep.SLOW_DOWN) -> None:
    def work(session: Session) -> None:
        rest_channels(session, TOGETHER, str(reason), until=until, now=now)

    transact(work)

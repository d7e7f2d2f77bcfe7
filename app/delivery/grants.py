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
from app.delivery.channels.zalo_office import Pair, Token, ZaloOffice
from app.delivery.queries import find_tokens
from app.delivery.registry import ZALO as ZALO_CHANNELS
from app.delivery.registry import Channels, office_of
from app.delivery.rules import ChannelError, ChannelName, ChannelStep, ConfigProblem
from app.delivery.rules.grants import ZALO, Renewal, is_due
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
    read_token(office)
    found = find_tokens(db.session(), ZALO)
    if found is None or found.grant.problem:
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

    The new pair is committed before anything is sent with it. `resting`: the channels rest where
    it could not be renewed for the moment.
    """

    def begin(session: Session) -> Begun:
        return begin_renewal(session, ZALO, used=used, now=at())

    begun = transact(begin)
    match begun.todo:
        case Renewal.TAKE:
            read_token(office)
        case Renewal.WAIT if resting:
            _rest(at() + SHORT_REST, at())
        case Renewal.LOST:
            _give_up(GRANT_LOST, at())
        case Renewal.BEGIN:
            _trade(office, begun.refresh_token, at, resting=resting)


def _trade(
    office: ZaloOffice, refresh_token: str, at: Callable[[], datetime], *, resting: bool
) -> None:
    try:
        pair = office.ask_for_new_pair(refresh_token)
    except ConfigProblem as problem:
        log.error("the grant of Zalo is lost: %s", problem.code)
        _give_up(problem.code or GRANT_LOST, at())
    except ChannelError as problem:
        log.warning("Zalo gave no new token: %s", problem)
        _give_up("", at())
        if resting:
            _rest(at() + SHORT_REST, at())
    else:
        _keep(pair, at())
        read_token(office)


def _keep(pair: Pair, now: datetime) -> None:
    def work(session: Session) -> int:
        return finish_renewal(session, ZALO, pair.access, pair.refresh, pair.lasts, now=now)

    transact(work)


def _give_up(lost: str, now: datetime) -> None:
    def work(session: Session) -> None:
        fail_renewal(session, ZALO, lost=lost, channels=TOGETHER, now=now)

    transact(work)


def _rest(until: datetime, now: datetime) -> None:
    def work(session: Session) -> None:
        rest_channels(session, TOGETHER, str(ChannelStep.SLOW_DOWN), until=until, now=now)

    transact(work)

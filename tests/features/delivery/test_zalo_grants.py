"""One grant: renewed once for all senders, committed before use, and lost with a word."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from app.delivery.actions.contacts import keep_address
from app.delivery.actions.grants import (
    begin_renewal,
    fail_renewal,
    finish_renewal,
    keep_grant,
    rest_channels,
)
from app.delivery.grants import make_ready, renew
from app.delivery.jobs.rounds import send_queued
from app.delivery.jobs.sendings import Sendings
from app.delivery.models import ChannelState, ContactPoint, Delivery, ProviderGrant
from app.delivery.queries.channels import list_troubled_channels
from app.delivery.registry import Channels, build_channels, office_of
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.grants import ZALO, NoToken, Renewal
from app.delivery.rules.roads import AddressKind
from app.kernel.actors import Actor
from app.settings import Settings
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_sending import FIVE, WORKERS, queue
from tests.peers.zalo import PHONE, UID, Zalo, settings_for, zalo

Write = Callable[[Callable[[Session], Any]], Any]
TPL_UID, TPL_PHONE = ChannelName.ZALO_TPL_UID, ChannelName.ZALO_TPL_PHONE
ADMIN = Actor("a", "An")


@pytest.fixture
def peer() -> Iterator[Zalo]:
    with zalo() as told:
        yield told


@pytest.fixture
def channels(peer: Zalo, in_app: Flask, clock: SetClock, tmp_path: Any) -> Iterator[Channels]:
    """The channels of the park's account, with one call at a time."""
    given = settings_for(peer, ANCA_ZALO_CONNECTIONS="4", ANCA_ZALO_URGENT_ROOM="2")
    settings = Settings(instance=tmp_path, channel_settings=tuple(given.items()))
    made = build_channels(settings, clock.now)
    yield made
    office = office_of(made)
    assert office is not None
    office.close()


@pytest.fixture
def granted(write: Write, clock: SetClock) -> None:
    clock.at = FIVE
    write(lambda s: give(s))


def give(session: Session, access: str = "access-0", refresh: str = "refresh-0") -> None:
    keep_grant(session, ZALO, access, refresh, channels=[TPL_UID], actor=ADMIN, now=FIVE)


def queue_for(
    write: Write, cast: Cast, peer: Zalo, channel: ChannelName, *names: str, lane: Lane
) -> str:
    """A message to people who are on Zalo."""
    message_id: str = write(lambda s: queue(s, cast, *names, lane=lane))

    def work(session: Session) -> None:
        for number, name in enumerate(names):
            person = cast.sao_bac.people[name].id
            uid, phone = f"25125236254{number:04}", f"8490000{number:04}"
            peer.join(uid, phone)
            of_kind = AddressKind.PHONE if channel is TPL_PHONE else AddressKind.ZALO
            address = phone if channel is TPL_PHONE else uid
            keep_address(session, person, of_kind, address, now=FIVE)
            point = session.scalars(
                select(ContactPoint).where(
                    ContactPoint.person_id == person,
                    ContactPoint.channel == of_kind,
                    ContactPoint.gone_at.is_(None),
                )
            ).one()
            row = session.scalars(
                select(Delivery).where(
                    Delivery.person_id == person, Delivery.message_id == message_id
                )
            ).one()
            row.channel, row.contact_point_id = channel, point.id

    write(work)
    return message_id


def send(clock: SetClock, channels: Channels, **more: Any) -> Sendings:
    return send_queued(clock.now, channels=channels, **more)


def rows(session: Session) -> list[Delivery]:
    session.rollback()
    return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def grant(session: Session) -> ProviderGrant:
    session.rollback()
    return session.scalars(select(ProviderGrant)).one()


def reason(session: Session, channel: ChannelName = TPL_UID) -> str | None:
    session.rollback()
    state = session.get(ChannelState, channel)
    return state.pause_reason if state is not None and state.paused else None


@pytest.mark.usefixtures("granted")
def test_a_token_that_dies_in_a_burst_is_renewed_once_for_all_hands(
    cast: Cast, clock: SetClock, write: Write, peer: Zalo, channels: Channels, session: Session
) -> None:
    queue_for(write, cast, peer, TPL_UID, *WORKERS, lane=Lane.NORMAL)
    peer.revoke_tokens()
    done = send(clock, channels)
    assert (done.sent, peer.trades) == (4, 1)
    assert len({each.to for each in peer.taken}) == len(peer.taken) == 4
    assert {row.status for row in rows(session)} == {"sent"}
    assert reason(session) is None


@pytest.mark.usefixtures("granted")
def test_the_new_pair_is_kept_encrypted_and_before_it_is_used(
    clock: SetClock, peer: Zalo, channels: Channels, session: Session, in_app: Flask
) -> None:
    office = office_of(channels)
    assert office is not None
    make_ready(channels, clock.now)
    renew(office, 1, clock.now)
    kept = grant(session)
    assert (kept.refresh_token, kept.version) == (peer.refresh_token, 2)
    assert office.token is not None
    assert office.token.value == kept.access_token
    assert kept.access_expires_at == clock.at + timedelta(seconds=90_000)
    raw = session.execute(text("SELECT refresh_token, access_token FROM provider_grant")).one()
    assert all(b"refresh-" not in bytes(each) and b"access-" not in bytes(each) for each in raw)


@contextmanager
def unwritable_pairs(app: Flask) -> Iterator[None]:
    """A disk that is full whenever a new pair is to be written."""

    def refuse(_: Any, __: Any, statement: str, *more: Any) -> None:
        if statement.startswith("UPDATE provider_grant") and "refresh_token=" in statement:
            raise sqlite3.OperationalError("database or disk is full")

    engine = app.extensions["writer"].engine
    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.usefixtures("granted")
def test_a_pair_that_could_not_be_written_is_kept_in_mind_until_it_is(
    clock: SetClock, peer: Zalo, channels: Channels, session: Session, in_app: Flask
) -> None:
    office = office_of(channels)
    assert office is not None
    make_ready(channels, clock.now)
    traded_at = clock.at
    with unwritable_pairs(in_app):
        renew(office, 1, clock.now)
        clock.move(minutes=5)  # by now the renewal counts as cut off
        make_ready(channels, clock.now)
        renew(office, 1, clock.now)
        assert (peer.trades, peer.calls["/v4/oa/access_token"]) == (1, 1)
        assert grant(session).version == 1
    assert peer.refresh_token not in repr(office.unsaved)
    make_ready(channels, clock.now)
    kept = grant(session)
    assert (kept.refresh_token, kept.version, kept.problem) == (peer.refresh_token, 2, "")
    assert kept.access_expires_at == traded_at + timedelta(seconds=90_000)
    assert office.token is not None
    assert office.token.value == kept.access_token
    assert office.unsaved is None
    clock.move(minutes=30)
    renew(office, 2, clock.now)
    assert (peer.trades, grant(session).version) == (2, 3)


@pytest.mark.usefixtures("granted")
def test_a_pair_that_is_pasted_before_an_unwritten_one_is_the_one_that_holds(
    clock: SetClock, write: Write, channels: Channels, session: Session, in_app: Flask
) -> None:
    office = office_of(channels)
    assert office is not None
    with unwritable_pairs(in_app):
        renew(office, 1, clock.now)
    write(lambda s: give(s, "access-pasted", "refresh-pasted"))
    make_ready(channels, clock.now)
    assert grant(session).refresh_token == "refresh-pasted"
    assert office.unsaved is None
    assert office.token is not None
    assert office.token.value == "access-pasted"


@pytest.mark.usefixtures("granted")
def test_a_token_is_renewed_before_it_ends_and_not_before_that(
    clock: SetClock, peer: Zalo, channels: Channels
) -> None:
    office = office_of(channels)
    assert office is not None
    make_ready(channels, clock.now)
    renew(office, 1, clock.now)
    clock.move(hours=19)
    make_ready(channels, clock.now)
    assert peer.trades == 1
    clock.move(hours=2)
    make_ready(channels, clock.now)
    assert peer.trades == 2


@pytest.mark.usefixtures("granted")
def test_a_refresh_token_that_somebody_else_used_pauses_the_account_until_a_person_acts(
    cast: Cast, clock: SetClock, write: Write, peer: Zalo, channels: Channels, session: Session
) -> None:
    queue_for(write, cast, peer, TPL_UID, *WORKERS, lane=Lane.NORMAL)
    peer.trade_elsewhere()
    done = send(clock, channels)
    assert (done.sent, peer.trades) == (0, 0)
    assert reason(session) == "pause grant_lost"
    assert {row.status for row in rows(session)} == {"queued"}
    calls = peer.calls["/v4/oa/access_token"]
    clock.move(minutes=30)
    send(clock, channels)
    assert peer.calls["/v4/oa/access_token"] == calls == 1
    pair = (next(iter(peer.access)), peer.refresh_token)
    write(lambda s: give(s, *pair))
    assert send(clock, channels).sent == 4


@pytest.mark.usefixtures("granted")
def test_only_one_trades_and_who_comes_after_takes_what_it_got(
    clock: SetClock, write: Write, session: Session
) -> None:
    first = write(lambda s: begin_renewal(s, ZALO, used=1, now=clock.at))
    second = write(lambda s: begin_renewal(s, ZALO, used=1, now=clock.at))
    assert (first.todo, second.todo) == (Renewal.BEGIN, Renewal.WAIT)
    assert second.refresh_token == ""
    late = write(lambda s: begin_renewal(s, ZALO, used=0, now=clock.at))
    assert late.todo is Renewal.TAKE
    clock.move(minutes=1)
    again = write(lambda s: begin_renewal(s, ZALO, used=1, now=clock.at))
    assert again.todo is Renewal.BEGIN


@pytest.mark.usefixtures("granted")
def test_zalo_that_gives_no_token_for_the_moment_is_asked_again_in_a_minute(
    cast: Cast, clock: SetClock, write: Write, peer: Zalo, channels: Channels, session: Session
) -> None:
    queue_for(write, cast, peer, TPL_UID, "hoa", lane=Lane.NORMAL)
    office = office_of(channels)
    assert office is not None
    peer.revoke_tokens()
    url = peer.url
    object.__setattr__(office.account, "oauth_url", "http://127.0.0.1:9")
    assert send(clock, channels).sent == 0
    assert reason(session) == "slow_down"
    object.__setattr__(office.account, "oauth_url", url)
    clock.move(seconds=30)
    send(clock, channels)
    assert peer.trades == 0
    clock.move(seconds=40)
    send(clock, channels)
    clock.move(seconds=10)
    assert send(clock, channels).sent + len(peer.taken) >= 1
    assert peer.trades == 1


@pytest.mark.usefixtures("granted")
@pytest.mark.parametrize(
    ("says", "rests"),
    [
        ((429, {"error": -32}), "slow_down"),
        ((408, {}), "slow_down"),
        ((200, {"error": -32, "message": "rate limit"}), "pause -32"),
        ((200, {"error": -14002}), "pause -14002"),
    ],
)
def test_a_fault_that_does_not_speak_of_the_token_never_costs_the_grant(
    cast: Cast,
    clock: SetClock,
    write: Write,
    peer: Zalo,
    channels: Channels,
    session: Session,
    says: tuple[int, Any],
    rests: str,
) -> None:
    queue_for(write, cast, peer, TPL_UID, "hoa", lane=Lane.NORMAL)
    peer.revoke_tokens()
    peer.next_trades = [says]
    send(clock, channels)
    assert (reason(session), grant(session).problem) == (rests, "")
    told = list_troubled_channels(session, [TPL_UID])
    assert [each.reason for each in told] == ([rests] if "pause" in rests else [])
    clock.move(seconds=61)
    send(clock, channels)
    clock.move(seconds=6)
    send(clock, channels)
    assert (peer.trades, len(peer.taken)) == (1, 1)
    assert list_troubled_channels(session, [TPL_UID]) == []


@pytest.mark.usefixtures("granted")
@pytest.mark.parametrize("goes_well", [True, False])
def test_a_pair_that_is_pasted_during_a_renewal_is_the_one_that_holds(
    clock: SetClock, write: Write, session: Session, goes_well: bool
) -> None:
    begun = write(lambda s: begin_renewal(s, ZALO, used=1, now=clock.at))
    write(lambda s: give(s, "access-pasted", "refresh-pasted"))
    how = {"begun": begun.version, "channels": [TPL_UID], "now": clock.at}
    ends = timedelta(hours=25)
    kept = write(
        lambda s: (
            finish_renewal(s, ZALO, "a", "r", ends, **how)
            if goes_well
            else fail_renewal(s, ZALO, lost="grant_lost", **how)
        )
    )
    held = grant(session)
    assert (kept, held.refresh_token, held.problem) == (False, "refresh-pasted", "")
    assert reason(session) is None


@pytest.mark.usefixtures("granted")
def test_what_waits_for_a_person_is_not_woken_by_a_clock(
    clock: SetClock, write: Write, session: Session
) -> None:
    for until in (None, clock.at + timedelta(seconds=5)):
        reasons = "slow_down" if until else "pause grant_lost"
        write(
            lambda s, reasons=reasons, until=until: rest_channels(
                s, [TPL_UID], reasons, until=until, now=clock.at
            )
        )
    assert reason(session) == "pause grant_lost"
    assert session.get_one(ChannelState, TPL_UID).resume_at is None


@pytest.mark.parametrize("sign", ["\u200b", "\u00a0", "é", "\n", " "])
def test_a_token_with_a_sign_that_no_header_carries_is_refused(write: Write, sign: str) -> None:
    with pytest.raises(NoToken):
        write(lambda s: give(s, f"access{sign}0"))


@pytest.mark.usefixtures("granted")
def test_the_last_of_the_quota_is_kept_for_what_is_urgent(
    cast: Cast, clock: SetClock, write: Write, peer: Zalo, channels: Channels, session: Session
) -> None:
    peer.daily = 5
    queue_for(write, cast, peer, TPL_UID, *WORKERS, lane=Lane.NORMAL)
    assert send(clock, channels, limit=3).sent >= 3
    assert reason(session) == "hold_ordinary room"
    state = session.get(ChannelState, TPL_UID)
    assert state is not None
    assert state.quota_left is not None
    assert state.quota_left <= 2
    urgent = queue_for(write, cast, peer, TPL_UID, "hoa", lane=Lane.URGENT)
    left = 5 - peer.sent_today
    assert send(clock, channels).sent == 1
    assert [row.status for row in rows(session) if row.message_id == urgent] == ["sent"]
    assert 5 - peer.sent_today == left - 1


@pytest.mark.usefixtures("granted")
def test_a_quota_that_is_gone_holds_ordinary_ones_and_sends_urgent_ones_elsewhere(
    cast: Cast, clock: SetClock, write: Write, peer: Zalo, channels: Channels, session: Session
) -> None:
    peer.next_errors[PHONE] = [-144]
    queue_for(write, cast, peer, TPL_PHONE, "hoa", lane=Lane.URGENT)
    send(clock, channels, limit=1)
    (row,) = rows(session)
    assert (row.status, row.error_code) == ("queued", "-144")
    assert reason(session, TPL_PHONE) == "hold_ordinary -144"
    assert row.look_at is not None
    assert row.look_at <= clock.at


@pytest.mark.usefixtures("granted")
def test_a_phone_without_zalo_stays_good_for_sms(
    cast: Cast, clock: SetClock, write: Write, peer: Zalo, channels: Channels, session: Session
) -> None:
    queue_for(write, cast, peer, TPL_PHONE, "hoa", lane=Lane.URGENT)
    peer.users.clear()
    send(clock, channels, limit=1)
    (row,) = rows(session)
    point = session.get(ContactPoint, row.contact_point_id)
    assert point is not None
    assert (row.status, row.error_code, point.state) == ("permanent-failure", "-118", "unknown")


@pytest.mark.usefixtures("granted")
def test_what_was_taken_without_an_answer_is_not_sent_again_unasked(
    cast: Cast, clock: SetClock, write: Write, peer: Zalo, channels: Channels, session: Session
) -> None:
    queue_for(write, cast, peer, TPL_UID, "hoa", lane=Lane.NORMAL)
    peer.drops = 1
    send(clock, channels)
    clock.move(minutes=20)
    send(clock, channels)
    assert [row.status for row in rows(session)] == ["unclear"]
    assert len(peer.taken) == 1
    assert peer.calls[UID] == 1


def test_nobody_who_looks_at_the_log_learns_a_token(peer: Zalo, channels: Channels) -> None:
    office = office_of(channels)
    assert office is not None
    pair = office.ask_for_new_pair("refresh-0")
    assert peer.refresh_token not in repr(pair)
    assert json.dumps(repr(office.account)).count("secret-0123456789") == 0

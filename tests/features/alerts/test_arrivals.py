"""Notices of the province as they come to a park: twice, late or shuffled ends the same."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.alerts.rules.audience import AlertAudience
from app.alerts.rules.told import cancel_body, notice_body
from app.delivery.actions.ledger import mark_delivered
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import Delivery
from app.notices.actions.arriving import arrive_cancel, arrive_notice
from app.notices.actions.drafting import begin_correction
from app.notices.actions.reporting import tell_figures
from app.notices.actions.sending import stop_notice
from app.notices.actions.withdrawing import cancel_notice
from app.notices.jobs import run_notices, tell_untold
from app.notices.models import Notice, ProvinceNotice
from app.notices.queries.arrived import list_untold
from app.notices.rules.arriving import OfProvince, ToldFigures
from app.notices.rules.states import NoticeState
from app.notices.rules.wording import make_wording
from app.sync.models import LogEntry
from tests.conftest import SetClock
from tests.factories.notices import manager
from tests.factories.people import Cast

Write = Callable[[Callable[[Session], Any]], Any]
Reading = scoped_session[Session]
EVERYBODY = AlertAudience()


def version(
    clock: SetClock, number: int, alert_id: str = "a-1", audience: AlertAudience = EVERYBODY
) -> dict[str, Any]:
    return notice_body(
        alert_id=alert_id,
        version=number,
        sender="Sở Y tế Bắc Giang",
        wording=make_wording("Dừng xe tuyến", f"Bản thứ {number}"),
        severity="Severe",
        audience=audience,
        approved_at=clock.at,
        expires_at=clock.at + timedelta(hours=8),
        reason="",
        seal="0" * 64,
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_newest_version_counts_and_nothing_follows_on_a_cancel(
    in_app: Flask, cast: Cast, write: Write, clock: SetClock, session: Reading, seed: int
) -> None:
    dice = random.Random(seed)
    bodies = [version(clock, number) for number in (1, 2, 3)]
    cancelled = seed % 2 == 1
    if cancelled:
        bodies.append(cancel_body(alert_id="a-1", version=3, reason="Đã xong", at=clock.at))
    heap = [*bodies, *dice.choices(bodies, k=4)]
    dice.shuffle(heap)

    def arrive(body: dict[str, Any]) -> None:
        def work(inner: Session) -> None:
            if "at" in body:
                arrive_cancel(inner, body, now=clock.at)
            else:
                arrive_notice(inner, body, now=clock.at)

        write(work)

    for body in heap:
        arrive(body)
        if dice.random() < 0.5:
            run_notices(clock.now)
    run_notices(clock.now)
    going = (NoticeState.SENDING, NoticeState.SENT)
    session.rollback()
    live = session.scalars(
        select(Notice).where(Notice.state.in_(going), Notice.kind != "Cancel")
    ).all()
    newest = max(live, key=lambda each: each.version, default=None)
    if cancelled:
        row = session.scalars(select(ProvinceNotice)).one()
        last = session.get(Notice, row.notice_id) if row.notice_id else None
        assert last is None or last.state == NoticeState.CANCELLED
        assert all(each.corrects_id != (last and last.id) for each in live)
    else:
        assert newest is not None
        assert newest.texts["vi"] == "Bản thứ 3"
        assert sum(each.texts["vi"] == "Bản thứ 3" for each in live) == 1


def test_the_park_stops_it_and_nothing_else_and_the_province_hears(
    in_app: Flask, cast: Cast, write: Write, clock: SetClock, session: Reading
) -> None:
    notice_id = write(lambda s: arrive_notice(s, version(clock, 1), now=clock.at))
    lam = manager(cast)
    for deed in (
        lambda s: cancel_notice(s, notice_id, "Thôi", actor=lam, now=clock.at),
        lambda s: begin_correction(s, notice_id, "Sai", actor=lam, now=clock.at),
    ):
        with pytest.raises(OfProvince):
            write(deed)
    write(lambda s: stop_notice(s, notice_id, actor=lam, now=clock.at))
    assert tell_untold(clock.now) == 1
    assert session.get_one(ProvinceNotice, "a-1").told["state"] == "stopped"  # type: ignore[index]
    kinds = session.scalars(select(LogEntry.kind)).all()
    assert kinds == ["notice_state"]


def test_figures_that_stay_are_counted_seldom_and_never_told_after_another_state(
    in_app: Flask, cast: Cast, write: Write, clock: SetClock, session: Reading
) -> None:
    notice_id = write(lambda s: arrive_notice(s, version(clock, 1), now=clock.at))

    def untold() -> list[tuple[str, ToldFigures]]:
        session.rollback()
        return list_untold(session(), clock.at)

    assert tell_untold(clock.now) == 1
    counted = []
    for _ in range(30):
        clock.move(minutes=1)
        counted.append(len(untold()))
        assert tell_untold(clock.now) == 0
    assert sum(counted) == 3
    clock.move(minutes=30)
    [(alert_id, figures)] = untold()
    write(lambda s: stop_notice(s, notice_id, actor=manager(cast), now=clock.at))
    assert not write(lambda s: tell_figures(s, alert_id, figures, now=clock.at))
    assert tell_untold(clock.now) == 1


def test_a_version_after_the_parks_stop_goes_out(
    in_app: Flask, cast: Cast, write: Write, clock: SetClock, session: Reading
) -> None:
    first = write(lambda s: arrive_notice(s, version(clock, 1), now=clock.at))
    write(lambda s: stop_notice(s, first, actor=manager(cast), now=clock.at))
    second = write(lambda s: arrive_notice(s, version(clock, 2), now=clock.at))
    session.rollback()
    assert session.get_one(Notice, second).state == NoticeState.SENDING
    assert session.get_one(Notice, first).state == NoticeState.STOPPED


def test_who_got_it_hears_of_the_cancel_though_it_was_for_nobody_here_any_more(
    in_app: Flask, cast: Cast, write: Write, clock: SetClock, session: Reading
) -> None:
    """The second version names a company of another park only."""
    write(lambda s: arrive_notice(s, version(clock, 1), now=clock.at))
    run_notices(clock.now)
    send_queued(clock.now)
    hoa = cast.sao_bac.people["hoa"].id
    messages = session.scalars(select(Delivery.message_id).distinct()).all()
    write(lambda s: mark_delivered(s, hoa, messages, now=clock.at))
    elsewhere = version(clock, 2, audience=AlertAudience(companies=("NOBODY",)))
    write(lambda s: arrive_notice(s, elsewhere, now=clock.at))
    gone = cancel_body(alert_id="a-1", version=2, reason="Đã xong", at=clock.at)
    write(lambda s: arrive_cancel(s, gone, now=clock.at))
    session.rollback()
    told = session.scalars(select(Notice).where(Notice.kind == "Cancel")).one()
    assert (told.state, told.audience) == (NoticeState.SENDING, 1)

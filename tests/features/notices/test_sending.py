"""Urgent notices from draft to the last receipt, on both databases."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, scoped_session

from app.audit.models import AuditEntry
from app.delivery.actions.ledger import mark_delivered, mark_read
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import Delivery, Message
from app.delivery.rules import Status
from app.delivery.rules.roads import BELL
from app.kernel.refusals import Refusal
from app.notices.actions.drafting import begin_correction, change_notice
from app.notices.actions.releasing import approve_notice, return_notice
from app.notices.actions.sending import plan_chunk, stop_notice
from app.notices.actions.withdrawing import cancel_notice
from app.notices.jobs import run_notices
from app.notices.models import Notice
from app.notices.queries.audience import audience_of, count_by_line, count_people
from app.notices.queries.progress import count_progress, count_units
from app.notices.queries.showing import list_showing
from app.notices.rules.audience import Target, TargetKind
from app.notices.rules.refusals import (
    AlreadyCorrected,
    ChangedSince,
    NobodyToReach,
    NothingIsSent,
    NoticeCounting,
    NoticeSent,
    OutsideReach,
    OwnApproval,
)
from app.notices.rules.states import NoticeState
from app.reminders.queries.receivers import get_message, list_receiver_rows
from app.workforce.models import Worker
from tests.conftest import SetClock
from tests.factories.notices import (
    ask,
    begin,
    draft_for,
    make_notice,
    manager,
    officer,
    settings_with,
    to_company,
)
from tests.factories.people import Cast

Write = Callable[[Callable[[Session], Any]], Any]
Reading = scoped_session[Session]


def state_of(session: Reading, notice_id: str) -> NoticeState:
    session.rollback()
    return NoticeState(session.get_one(Notice, notice_id).state)


def own_notice(cast: Cast, clock: SetClock, **more: Any) -> str:
    company = cast.sao_bac
    return make_notice(company.id, to_company(company.id), officer(cast), clock.at, **more)


def send_all(cast: Cast, clock: SetClock, notice_id: str) -> None:
    """Ask, wait for the countdown, write everybody down, hand over."""
    assert ask(notice_id, officer(cast), clock.at) == NoticeState.COUNTDOWN
    clock.move(seconds=60)
    run_notices(clock.now)
    send_queued(clock.now)
    run_notices(clock.now)


def test_a_notice_goes_to_everybody_of_a_company_once_after_the_countdown(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading
) -> None:
    notice_id = own_notice(cast, clock)
    ask(notice_id, officer(cast), clock.at)
    clock.move(seconds=59)
    run_notices(clock.now)
    assert state_of(session, notice_id) is NoticeState.COUNTDOWN
    assert session.scalar(select(func.count()).select_from(Delivery)) == 0
    clock.move(seconds=1)
    run_notices(clock.now)
    send_queued(clock.now)
    run_notices(clock.now)
    assert state_of(session, notice_id) is NoticeState.SENT
    notice = session.get_one(Notice, notice_id)
    got = session.scalars(
        select(Delivery.person_id).where(Delivery.message_id == notice.message_id)
    ).all()
    own = session.scalars(select(Worker.id).where(Worker.company_id == cast.sao_bac.id)).all()
    assert sorted(set(got)) == sorted(own)
    message = session.get_one(Message, str(notice.message_id))
    assert message.source_key == f"n:{notice_id}:1"
    assert (message.kind, message.lane) == ("notice", "urgent")
    assert "{" not in message.texts["vi"]


def test_overlapping_parts_count_each_person_once(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading
) -> None:
    company = cast.sao_bac
    line = company.lines["Chuyền 3"]
    parts = (Target(TargetKind.LINE, line), *to_company(company.id))
    notice_id = make_notice(company.id, parts, officer(cast), clock.at)
    audience = audience_of(session(), session.get_one(Notice, notice_id))
    on = clock.at.date()
    own = session.scalar(
        select(func.count()).select_from(Worker).where(Worker.company_id == company.id)
    )
    assert count_people(session(), audience, on) == own
    assert sum(each.people for each in count_by_line(session(), audience, on)) == own


def test_an_empty_audience_is_refused(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading
) -> None:
    company = cast.sao_bac
    nobody = (Target(TargetKind.SHIFT, company.id, "ca3", clock.at.date()),)
    notice_id = make_notice(company.id, nobody, officer(cast), clock.at)
    with pytest.raises(NobodyToReach):
        ask(notice_id, officer(cast), clock.at)
    assert state_of(session, notice_id) is NoticeState.DRAFT


def test_an_officer_writes_to_the_own_company_only(
    in_app: Flask, cast: Cast, clock: SetClock
) -> None:
    for target in (
        Target(TargetKind.PARK, cast.park_id),
        Target(TargetKind.COMPANY, cast.minh_tri.id),
        Target(TargetKind.LINE, cast.minh_tri.lines["Chuyền 1"]),
        Target(TargetKind.GROUP, group_id="no such group"),
    ):
        with pytest.raises(OutsideReach):
            make_notice(cast.sao_bac.id, [target], officer(cast), clock.at)


def test_the_park_writes_to_all(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading
) -> None:
    whole = (Target(TargetKind.PARK, cast.park_id),)
    notice_id = make_notice(cast.park_id, whole, manager(cast), clock.at)
    ask(notice_id, manager(cast), clock.at)
    clock.move(seconds=60)
    run_notices(clock.now)
    everybody = session.scalar(select(func.count()).select_from(Worker))
    session.rollback()
    assert session.get_one(Notice, notice_id).planned == everybody


def test_many_people_need_a_second_person_and_exactly_what_was_seen(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    notice_id, few = own_notice(cast, clock), {"notice_approval_over": 2}
    hanh, lam = officer(cast), manager(cast)
    settings = settings_with(**few)
    assert ask(notice_id, hanh, clock.at, **few) == NoticeState.WAITING
    seen = session.get_one(Notice, notice_id).seal
    session.rollback()

    def approve(by: Any, seal: str = seen) -> Callable[[Session], None]:
        return lambda inner: approve_notice(
            inner, notice_id, seal, settings=settings, actor=by, now=clock.at
        )

    with pytest.raises(OwnApproval):
        write(approve(hanh))
    other = draft_for(to_company(cast.sao_bac.id), clock.at, text="Chữ khác.")
    write(lambda inner: change_notice(inner, notice_id, other, seen=2, actor=hanh, now=clock.at))
    assert state_of(session, notice_id) is NoticeState.DRAFT
    with pytest.raises(Refusal):
        write(approve(lam))
    ask(notice_id, hanh, clock.at, seen=3, **few)
    with pytest.raises(ChangedSince):
        write(approve(lam))
    session.rollback()
    write(approve(lam, session.get_one(Notice, notice_id).seal))
    assert state_of(session, notice_id) is NoticeState.COUNTDOWN
    clock.move(seconds=60)
    assert begin(notice_id, clock.at, **few)


def test_more_people_than_were_asked_for_do_not_slip_past_approval(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading
) -> None:
    notice_id = own_notice(cast, clock)
    ask(notice_id, officer(cast), clock.at)
    clock.move(seconds=60)
    assert not begin(notice_id, clock.at, notice_approval_over=2)
    assert state_of(session, notice_id) is NoticeState.DRAFT


def test_an_approver_may_give_it_back_with_a_reason(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    notice_id = own_notice(cast, clock)
    ask(notice_id, officer(cast), clock.at, notice_approval_over=2)
    lam = manager(cast)
    write(lambda inner: return_notice(inner, notice_id, "Sai xưởng", actor=lam, now=clock.at))
    assert state_of(session, notice_id) is NoticeState.DRAFT
    assert session.get_one(Notice, notice_id).returned_for == "Sai xưởng"


def test_a_countdown_that_is_stopped_is_a_draft_and_nobody_was_written_to(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    notice_id = own_notice(cast, clock)
    ask(notice_id, officer(cast), clock.at)
    other = draft_for(to_company(cast.sao_bac.id), clock.at)
    with pytest.raises(NoticeCounting):
        write(
            lambda inner: change_notice(
                inner, notice_id, other, seen=2, actor=officer(cast), now=clock.at
            )
        )
    write(lambda inner: stop_notice(inner, notice_id, actor=officer(cast), now=clock.at))
    clock.move(seconds=600)
    run_notices(clock.now)
    assert state_of(session, notice_id) is NoticeState.DRAFT
    assert session.scalar(select(func.count()).select_from(Message)) == 0


def one_chunk(write: Write, notice_id: str, clock: SetClock, most: int) -> None:
    settings = settings_with()
    write(lambda inner: plan_chunk(inner, notice_id, settings=settings, now=clock.at, most=most))


def fetch(write: Write, session: Reading, notice_id: str, clock: SetClock) -> None:
    """The phones of all whom it was handed over to open their inbox."""
    session.rollback()
    message_id = str(session.get_one(Notice, notice_id).message_id)
    people = session.scalars(
        select(Delivery.person_id).where(Delivery.message_id == message_id)
    ).all()

    def work(inner: Session) -> None:
        for person_id in people:
            mark_delivered(inner, person_id, [message_id], now=clock.at)

    write(work)


def test_stop_in_the_middle_ends_it_and_the_figures_add_up(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    notice_id = own_notice(cast, clock)
    ask(notice_id, officer(cast), clock.at)
    clock.move(seconds=60)
    begin(notice_id, clock.at)
    one_chunk(write, notice_id, clock, 1)
    send_queued(clock.now)
    fetch(write, session, notice_id, clock)
    one_chunk(write, notice_id, clock, 1)
    send_queued(clock.now)
    one_chunk(write, notice_id, clock, 1)
    for _twice in range(2):
        write(lambda inner: stop_notice(inner, notice_id, actor=officer(cast), now=clock.at))
    send_queued(clock.now)
    session.rollback()
    notice = session.get_one(Notice, notice_id)
    before = count_progress(session(), notice)
    run_notices(clock.now)
    session.rollback()
    notice = session.get_one(Notice, notice_id)
    after = count_progress(session(), notice)
    assert before == after
    assert (after.read, after.delivered, after.stopped) == (0, 1, notice.audience - 1)
    assert notice.swept_at is not None
    stops = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "notices.stopped")
    assert session.scalar(stops) == 1


def test_a_killed_planner_goes_on_where_it_was_and_writes_nobody_twice(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    notice_id = own_notice(cast, clock)
    ask(notice_id, officer(cast), clock.at)
    clock.move(seconds=60)
    begin(notice_id, clock.at)
    one_chunk(write, notice_id, clock, 2)
    settings = settings_with()

    def killed(inner: Session) -> None:
        plan_chunk(inner, notice_id, settings=settings, now=clock.at, most=1)
        raise RuntimeError("the power failed")

    with pytest.raises(RuntimeError):
        write(killed)
    run_notices(clock.now)
    session.rollback()
    notice = session.get_one(Notice, notice_id)
    people = session.scalars(
        select(Delivery.person_id).where(
            Delivery.message_id == notice.message_id, Delivery.channel == "in_app"
        )
    ).all()
    own = session.scalars(select(Worker.id).where(Worker.company_id == cast.sao_bac.id)).all()
    assert sorted(people) == sorted(own)
    assert notice.planned == notice.audience == len(own)


def test_finished_and_stopped_at_once_leaves_one_end(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    notice_id = own_notice(cast, clock)
    send_all(cast, clock, notice_id)
    with pytest.raises(NoticeSent):
        write(lambda inner: stop_notice(inner, notice_id, actor=officer(cast), now=clock.at))
    assert state_of(session, notice_id) is NoticeState.SENT


def test_asking_twice_starts_one_countdown(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading
) -> None:
    notice_id = own_notice(cast, clock)
    ask(notice_id, officer(cast), clock.at)
    with pytest.raises(NoticeCounting):
        ask(notice_id, officer(cast), clock.at)
    clock.move(seconds=60)
    for _again in range(3):
        run_notices(clock.now)
    assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_reading_is_counted_by_unit(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    notice_id = own_notice(cast, clock)
    send_all(cast, clock, notice_id)
    session.rollback()
    message_id = str(session.get_one(Notice, notice_id).message_id)
    hoa, men = cast.sao_bac.people["hoa"].id, cast.sao_bac.people["men"].id

    def look(inner: Session) -> None:
        mark_delivered(inner, men, [message_id], now=clock.at)
        mark_read(inner, hoa, message_id, read_at=clock.at, now=clock.at)

    write(look)
    session.rollback()
    notice = session.get_one(Notice, notice_id)
    told = count_progress(session(), notice)
    assert (told.read, told.delivered) == (1, 1)
    assert told.read + told.delivered + told.sent == told.audience
    units = {each.unit: each for each in count_units(session(), notice)}
    assert units["Chuyền 3"].of("read") == 1
    assert units["Chuyền 7"].of("delivered") == 1
    assert sum(each.people for each in units.values()) == told.audience


def test_a_correction_reaches_everybody_who_got_the_first_and_takes_its_place(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    company = cast.sao_bac
    line = (Target(TargetKind.LINE, company.lines["Chuyền 7"]),)
    first = make_notice(company.id, line, officer(cast), clock.at)
    send_all(cast, clock, first)
    fetch(write, session, first, clock)
    hanh = officer(cast)
    second = write(
        lambda inner: begin_correction(inner, first, "Sai giờ", actor=hanh, now=clock.at)
    )
    with pytest.raises(AlreadyCorrected):
        write(lambda inner: begin_correction(inner, first, "Sai giờ", actor=hanh, now=clock.at))
    elsewhere = draft_for([Target(TargetKind.LINE, company.lines["Chuyền 3"])], clock.at)
    write(lambda inner: change_notice(inner, second, elsewhere, seen=1, actor=hanh, now=clock.at))
    assert [each.version for each in list_showing(session(), None, now=clock.at)] == [1]
    ask(second, hanh, clock.at, seen=2)
    clock.move(seconds=60)
    run_notices(clock.now)
    session.rollback()
    notice = session.get_one(Notice, second)
    got = session.scalars(
        select(Delivery.person_id).where(Delivery.message_id == notice.message_id)
    ).all()
    assert company.people["men"].id in got
    assert company.people["hoa"].id in got
    shown = list_showing(session(), [company.id], now=clock.at)
    assert [(each.id, each.version, each.corrects) for each in shown] == [(first, 2, True)]
    old = session.get_one(Notice, first).message_id
    fresh = session.get_one(Message, notice.message_id)
    assert fresh.corrects_id == old, "inboxes say which of the two counts"
    with pytest.raises(AlreadyCorrected):
        write(lambda inner: cancel_notice(inner, first, "Sai", actor=hanh, now=clock.at))


def test_a_withdrawn_notice_is_told_to_who_got_it_and_only_to_them(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    notice_id = own_notice(cast, clock)
    ask(notice_id, officer(cast), clock.at)
    clock.move(seconds=60)
    begin(notice_id, clock.at)
    one_chunk(write, notice_id, clock, 2)
    send_queued(clock.now)
    fetch(write, session, notice_id, clock)
    one_chunk(write, notice_id, clock, 1)
    send_queued(clock.now)
    hanh = officer(cast)
    told_id = write(
        lambda inner: cancel_notice(inner, notice_id, "Nhầm xưởng", actor=hanh, now=clock.at)
    )
    run_notices(clock.now)
    session.rollback()
    told = session.get_one(Notice, told_id)
    first = session.get_one(Notice, notice_id)
    got = set(
        session.scalars(
            select(Delivery.person_id).where(
                Delivery.message_id == first.message_id, Delivery.delivered_at.is_not(None)
            )
        )
    )
    told_to = session.scalars(
        select(Delivery.person_id).where(Delivery.message_id == told.message_id)
    )
    assert len(got) == 2
    assert set(told_to) == got
    assert "Nhầm xưởng" in told.texts["vi"]
    crossed_out = session.get_one(Message, first.message_id)
    assert crossed_out.withdrawn_at == clock.at, "inboxes say that it was cancelled"
    shown = list_showing(session(), None, now=clock.at)
    assert [(each.id, each.cancelled) for each in shown] == [(notice_id, True)]


def test_a_dropped_draft_is_told_to_nobody(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    notice_id, hanh = own_notice(cast, clock), officer(cast)
    assert (
        write(lambda inner: cancel_notice(inner, notice_id, "Thôi", actor=hanh, now=clock.at))
        is None
    )
    assert state_of(session, notice_id) is NoticeState.CANCELLED
    assert list_showing(session(), None, now=clock.at) == []


def test_what_is_over_is_sent_to_nobody_any_more(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write
) -> None:
    notice_id = own_notice(cast, clock)
    ask(notice_id, officer(cast), clock.at)
    clock.move(seconds=60)
    begin(notice_id, clock.at)
    one_chunk(write, notice_id, clock, 1)
    clock.move(hours=9)
    run_notices(clock.now)
    assert state_of(session, notice_id) is NoticeState.EXPIRED
    with pytest.raises(Refusal):
        write(lambda inner: stop_notice(inner, notice_id, actor=officer(cast), now=clock.at))
    assert list_showing(session(), None, now=clock.at) == []


def test_stopping_a_draft_says_that_nothing_is_sent(
    in_app: Flask, cast: Cast, clock: SetClock, write: Write
) -> None:
    notice_id = own_notice(cast, clock)
    with pytest.raises(NothingIsSent):
        write(lambda inner: stop_notice(inner, notice_id, actor=officer(cast), now=clock.at))


@pytest.mark.parametrize("most", [1, 2, 3])
def test_chunks_of_any_size_write_the_same_people(
    in_app: Flask, cast: Cast, clock: SetClock, session: Reading, write: Write, most: int
) -> None:
    notice_id = own_notice(cast, clock)
    ask(notice_id, officer(cast), clock.at)
    clock.move(seconds=60)
    begin(notice_id, clock.at)
    settings = settings_with()
    for _turn in itertools.takewhile(
        lambda _: (
            not write(
                lambda inner: plan_chunk(
                    inner, notice_id, settings=settings, now=clock.at, most=most
                )
            ).done
        ),
        itertools.count(),
    ):
        pass
    session.rollback()
    notice = session.get_one(Notice, notice_id)
    own = select(func.count()).select_from(Worker).where(Worker.company_id == cast.sao_bac.id)
    assert notice.planned == session.scalar(own)
    assert sum(notice.roads.get(name, 0) for name in ("in_app",)) == notice.planned


def ring_everybody(session: Session) -> None:
    """For every inbox a bell that arrived at a phone."""
    rows = session.execute(select(Delivery.__table__)).mappings().all()
    rung = {"channel": BELL, "status": Status.DELIVERED, "once_key": None}
    session.execute(
        insert(Delivery),
        [
            {**row, **rung, "id": f"bell-{n}", "delivered_at": row["sent_at"]}
            for n, row in enumerate(rows)
        ],
    )


def test_a_bell_that_rang_told_nobody_anything(
    in_app: Flask, cast: Cast, write: Write, clock: SetClock, session: Reading
) -> None:
    notice_id = own_notice(cast, clock)
    send_all(cast, clock, notice_id)

    def figures() -> tuple[Any, ...]:
        session.rollback()
        notice = session.get_one(Notice, notice_id)
        message_id = str(notice.message_id)
        shown = get_message(session(), message_id, ["/"])
        assert shown is not None
        named = list_receiver_rows(
            session(), message_id, ["/"], [Status.DELIVERED], limit=9, offset=0
        )
        return count_progress(session(), notice), shown.counts, named

    before = figures()
    write(ring_everybody)
    assert figures() == before
    told = write(lambda s: cancel_notice(s, notice_id, "Sai", actor=officer(cast), now=clock.at))
    assert told is None, "nobody had opened it"

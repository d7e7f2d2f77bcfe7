"""Lines, holidays, buses, languages and days that differ, from the page to who gets what."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.checkins.jobs import plan_due_duties
from app.delivery.models import Delivery, Message
from app.delivery.rules.roads import Roads
from app.reminders.actions.one_days import OneSend, add_send, leave_out, move_send, undo_one_day
from app.reminders.actions.schedules import set_running
from app.reminders.jobs import plan_due_reminders
from app.reminders.models import ReminderOccurrence, ReminderOneDay, ReminderSchedule
from app.reminders.queries.outlook import look_ahead
from app.reminders.queries.schedules import as_rule, find_schedule
from app.reminders.rules import Anchor
from app.reminders.rules.calendar import (
    AlreadyCome,
    ComesThatDay,
    MomentPassed,
    NotThatDay,
    TooFarMoved,
)
from app.reminders.rules.planning import NoBuses, NoTextInLanguage, UnknownUnit, WhollyPast
from app.settings import Settings
from app.workforce.actions.schedules import assign_pattern, pattern_named
from app.workforce.actions.timetables import mark_holiday
from app.workforce.models import Membership, PatternAssignment, WorkGroup
from app.workforce.rules.shifts import Pattern, ShiftCode
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast
from tests.factories.reminders import BEFORE_SHIFT, make_schedule, only_message

Write = Callable[[Callable[[Any], Any]], Any]
FIVE = datetime(2026, 11, 23, 22, tzinfo=UTC)  # 05:00 on Tuesday 24/11 in the park
BEFORE = FIVE - timedelta(minutes=30)
TUESDAY = date(2026, 11, 24)
CA1 = ShiftCode.CA1


@pytest.fixture
def settings(in_app: Flask) -> Settings:
    """The park's settings."""
    found: Settings = in_app.config["SETTINGS"]
    return found


@pytest.fixture
def early(cast: Cast, clock: SetClock, write: Write) -> Cast:
    """The park at half past four, with who works today and tomorrow planned."""
    clock.at = BEFORE
    plan_due_duties()
    plan_due_reminders(BEFORE)
    return cast


def receivers(session: Any) -> set[str]:
    session.rollback()
    return set(session.scalars(select(Delivery.person_id)))


def ids(cast: Cast, *names: str) -> set[str]:
    return {cast.sao_bac.people[name].id for name in names}


def due_at(session: Any) -> list[datetime]:
    session.rollback()
    return list(
        session.scalars(
            select(ReminderOccurrence.due_at)
            .where(ReminderOccurrence.state == "planned")
            .order_by(ReminderOccurrence.due_at)
        )
    )


def test_only_a_line_is_told(early: Cast, session: Any, write: Write, settings: Settings) -> None:
    line = early.sao_bac.lines["Chuyền 7"]
    write(
        lambda s: make_schedule(s, early.sao_bac.id, settings, BEFORE, branch_ids=frozenset({line}))
    )
    plan_due_reminders(FIVE)
    assert receivers(session) == ids(early, "men")


def test_another_companys_line_is_refused(early: Cast, write: Write, settings: Settings) -> None:
    line = early.minh_tri.lines["Chuyền 1"]
    for unit in (line, early.sao_bac.id, early.park_id, 10**6):
        with pytest.raises(UnknownUnit):
            write(
                lambda s, unit=unit: make_schedule(
                    s, early.sao_bac.id, settings, BEFORE, branch_ids=frozenset({unit})
                )
            )


@pytest.mark.parametrize(("on_holidays", "came"), [(False, 0), (True, 4)])
def test_a_day_off_is_quiet_unless_the_schedule_says_so(
    early: Cast, session: Any, write: Write, settings: Settings, on_holidays: bool, came: int
) -> None:
    def work(s: Any) -> None:
        mark_holiday(s, early.sao_bac.id, TUESDAY, "Nghỉ bù", actor=STORY, now=BEFORE)
        make_schedule(
            s,
            early.sao_bac.id,
            settings,
            BEFORE,
            text="Ở nhà cho khoẻ.",
            anchor=Anchor.CLOCK,
            clock_time=time(5),
            offset_minutes=0,
            only_unanswered=False,
            on_holidays=on_holidays,
        )

    write(work)
    plan_due_reminders(FIVE)
    assert len(receivers(session)) == came


def test_a_language_may_be_forced_and_needs_its_text(
    early: Cast, session: Any, write: Write, settings: Settings
) -> None:
    company_id = early.sao_bac.id
    with pytest.raises(NoTextInLanguage):
        write(lambda s: make_schedule(s, company_id, settings, BEFORE, language="en"))
    write(
        lambda s: make_schedule(s, company_id, settings, BEFORE, en="Hello {line}", language="en")
    )
    plan_due_reminders(FIVE)
    session.rollback()
    message = session.scalars(select(Message)).one()
    assert message.texts == {"en": "Hello {line}"}
    assert set(session.scalars(select(Delivery.locale))) == {"en"}


def test_a_schedule_wholly_in_the_past_is_refused_while_it_is_to_run(
    early: Cast, write: Write, settings: Settings
) -> None:
    company_id, past = early.sao_bac.id, TUESDAY - timedelta(days=1)
    with pytest.raises(WhollyPast):
        write(lambda s: make_schedule(s, company_id, settings, BEFORE, to_on=past))
    paused = write(
        lambda s: make_schedule(s, company_id, settings, BEFORE, to_on=past, active=False)
    )
    with pytest.raises(WhollyPast):
        write(
            lambda s: set_running(
                s, paused, active=True, settings=settings, actor=STORY, now=BEFORE
            )
        )
    write(lambda s: make_schedule(s, company_id, settings, BEFORE, to_on=TUESDAY))


def ride(session: Any, group_id: str, *worker_ids: str, departures: tuple[str, ...] = ()) -> None:
    group = session.get(WorkGroup, group_id)
    group.departures = list(departures)
    session.add_all(
        Membership(
            id=f"{group_id}{n}", worker_id=each, group_id=group_id, from_on=date(2026, 11, 1)
        )
        for n, each in enumerate(worker_ids)
    )


def test_each_bus_is_reminded_by_its_own_departure(
    early: Cast, session: Any, write: Write, settings: Settings
) -> None:
    company_id, people = early.sao_bac.id, early.sao_bac.people

    def work(s: Any) -> None:
        s.add_all(
            WorkGroup(id=each, company_id=company_id, kind="bus", name=f"Xe {each}")
            for each in ("b1", "b2")
        )
        s.flush()
        ride(s, "b1", people["hoa"].id, people["anh"].id, departures=("05:20", "13:10"))
        ride(s, "b2", people["men"].id)
        make_schedule(
            s,
            company_id,
            settings,
            BEFORE,
            text="{bus} chạy lúc {time}",
            anchor=Anchor.BUS_DEPARTURE,
            offset_minutes=-10,
            only_unanswered=False,
        )

    write(work)
    plan_due_reminders(FIVE + timedelta(minutes=5))  # b2: 05:15 less ten
    assert receivers(session) == ids(early, "men")
    plan_due_reminders(FIVE + timedelta(minutes=10))
    assert receivers(session) == ids(early, "men", "hoa", "anh"), "Nhung rides in no bus"
    texts = [row.texts["vi"] for row in session.scalars(select(Message).order_by(Message.id))]
    assert texts == ["{bus} chạy lúc 05:15", "{bus} chạy lúc 05:20"]
    plan_due_reminders(FIVE + timedelta(minutes=12))
    assert len(receivers(session)) == 3


def test_without_a_bus_nothing_is_tied_to_departures(
    early: Cast, write: Write, settings: Settings
) -> None:
    with pytest.raises(NoBuses):
        write(
            lambda s: make_schedule(
                s, early.sao_bac.id, settings, BEFORE, text="Lên xe", anchor=Anchor.BUS_DEPARTURE
            )
        )


@pytest.fixture
def send(early: Cast, write: Write, settings: Settings) -> OneSend:
    """The send of this morning, half an hour before it comes."""
    schedule_id = write(lambda s: make_schedule(s, early.sao_bac.id, settings, BEFORE))
    return OneSend(schedule_id, TUESDAY, CA1)


@pytest.fixture
def by(settings: Settings) -> dict[str, Any]:
    """Who says so, and when."""
    return {"settings": settings, "actor": STORY, "now": BEFORE}


def test_one_send_is_left_out_and_the_next_day_comes(
    send: OneSend, session: Any, write: Write, by: dict[str, Any]
) -> None:
    write(lambda s: leave_out(s, send, **by))
    plan_due_reminders(FIVE)
    assert due_at(session) == []
    plan_due_duties()
    plan_due_reminders(FIVE + timedelta(days=1))
    assert due_at(session) == [FIVE + timedelta(days=1)]


def test_left_out_and_undone_it_comes(
    send: OneSend, session: Any, write: Write, by: dict[str, Any]
) -> None:
    one_day = write(lambda s: leave_out(s, send, **by))
    write(lambda s: undo_one_day(s, send.schedule_id, one_day, **by))
    plan_due_reminders(FIVE)
    assert due_at(session) == [FIVE]


def test_moved_it_comes_once_at_the_other_time_and_names_the_same_shift(
    send: OneSend, session: Any, write: Write, by: dict[str, Any]
) -> None:
    later = FIVE + timedelta(minutes=40)
    write(lambda s: move_send(s, send, later, **by))
    plan_due_reminders(FIVE)
    assert due_at(session) == []
    plan_due_reminders(later)
    assert due_at(session) == [later]
    assert only_message(session).not_before == later
    assert "ca 1" in only_message(session).texts["vi"]


def test_moved_twice_only_the_last_stands(
    send: OneSend, session: Any, write: Write, by: dict[str, Any]
) -> None:
    for minutes in (20, 50):
        at = FIVE + timedelta(minutes=minutes)
        write(lambda s, at=at: move_send(s, send, at, **by))
    session.rollback()
    standing = session.scalars(
        select(ReminderOneDay.due_at).where(ReminderOneDay.undone_at.is_(None))
    ).all()
    assert standing == [FIVE + timedelta(minutes=50)]


def test_an_extra_send_on_a_day_without_one(
    early: Cast, session: Any, write: Write, settings: Settings, by: dict[str, Any]
) -> None:
    schedule_id = write(
        lambda s: make_schedule(
            s, early.sao_bac.id, settings, BEFORE, weekdays=frozenset({6}), shifts=frozenset({CA1})
        )
    )
    today = OneSend(schedule_id, TUESDAY, CA1)
    at = FIVE + timedelta(minutes=10)
    one_day = write(lambda s: add_send(s, today, at, **by))
    with pytest.raises(ComesThatDay):
        write(lambda s: add_send(s, today, at, **by))
    plan_due_reminders(at)
    assert due_at(session) == [at]
    assert len(receivers(session)) == 4
    with pytest.raises(AlreadyCome):
        write(lambda s: undo_one_day(s, schedule_id, one_day, **by))


def test_an_extra_send_is_simply_withdrawn(
    early: Cast, session: Any, write: Write, settings: Settings, by: dict[str, Any]
) -> None:
    schedule_id = write(
        lambda s: make_schedule(s, early.sao_bac.id, settings, BEFORE, weekdays=frozenset({6}))
    )
    today = OneSend(schedule_id, TUESDAY, CA1)
    write(lambda s: add_send(s, today, FIVE, **by))
    write(lambda s: leave_out(s, today, **by))
    plan_due_reminders(FIVE)
    assert due_at(session) == []


def test_what_cannot_differ_is_refused(send: OneSend, write: Write, by: dict[str, Any]) -> None:
    with pytest.raises(NotThatDay):
        write(lambda s: leave_out(s, replace(send, shift=None), **by))
    with pytest.raises(MomentPassed):
        write(lambda s: move_send(s, send, BEFORE, **by))
    with pytest.raises(TooFarMoved):
        write(lambda s: move_send(s, send, FIVE + timedelta(days=1, minutes=1), **by))
    with pytest.raises(ComesThatDay):
        write(lambda s: add_send(s, send, FIVE + timedelta(minutes=1), **by))
    plan_due_reminders(FIVE)
    late = by | {"now": FIVE + timedelta(minutes=1)}
    with pytest.raises(AlreadyCome):
        write(lambda s: leave_out(s, send, **late))
    with pytest.raises(AlreadyCome):
        write(lambda s: move_send(s, send, FIVE + timedelta(hours=1), **late))


def test_left_out_after_it_was_noted_nobody_is_told(
    send: OneSend, session: Any, write: Write, by: dict[str, Any]
) -> None:
    """Between the look at the clock and the writing of the list, somebody said no."""

    def noted(s: Any) -> None:
        s.add(
            ReminderOccurrence(
                id="o",
                schedule_id=send.schedule_id,
                company_id=only_company(s, send.schedule_id),
                shift_on=TUESDAY,
                shift="ca1",
                due_at=FIVE,
                state="due",
            )
        )
        s.add(
            ReminderOneDay(
                id="d",
                schedule_id=send.schedule_id,
                company_id=only_company(s, send.schedule_id),
                on=TUESDAY,
                shift="ca1",
                kind="skip",
                made_at=BEFORE,
            )
        )

    write(noted)
    plan_due_reminders(FIVE)
    assert receivers(session) == set()
    assert session.get(ReminderOccurrence, "o").state == "stopped"


def only_company(session: Any, schedule_id: str) -> int:
    found = find_schedule(session, schedule_id)
    assert found
    return found.company_id


def outlook(session: Any, cast: Cast, settings: Settings, schedule_id: str, now: datetime) -> Any:
    session.rollback()
    row = find_schedule(session, schedule_id)
    assert row
    return look_ahead(
        session,
        cast.sao_bac.id,
        row.schedule,
        row.texts,
        None,
        roads=Roads(),
        now=now,
        zone=settings.timezone,
    )


def test_ten_sends_are_counted_by_duties_then_by_patterns(
    early: Cast, session: Any, write: Write, settings: Settings
) -> None:
    schedule_id = write(lambda s: make_schedule(s, early.sao_bac.id, settings, BEFORE))
    thursday = TUESDAY + timedelta(days=9)  # beyond what duties are planned for

    def changes(s: Any) -> None:
        mark_holiday(s, early.sao_bac.id, thursday, "Lễ", actor=STORY, now=BEFORE)
        off = pattern_named(
            s, early.sao_bac.id, "Nghỉ", Pattern((None,), date(2026, 11, 1)), now=BEFORE
        )
        assign_pattern(
            s,
            early.sao_bac.id,
            [early.sao_bac.people["men"].id],
            off,
            from_on=TUESDAY + timedelta(days=6),
            actor=STORY,
            now=BEFORE,
        )

    write(changes)
    sends = outlook(session, early, settings, schedule_id, BEFORE).sends
    assert len(sends) == 10
    assert [each.people for each in sends] == [4] * 6 + [3, 3, 3, 0]
    assert [each.due_on for each in sends] == [TUESDAY + timedelta(days=n) for n in range(10)]
    assert not any(each.is_quiet for each in sends)


def test_where_nobody_planned_the_number_is_not_known(
    early: Cast, session: Any, write: Write, settings: Settings
) -> None:
    schedule_id = write(lambda s: make_schedule(s, early.sao_bac.id, settings, BEFORE))

    def stop(s: Any) -> None:
        for row in s.scalars(select(PatternAssignment)):
            row.to_on = TUESDAY + timedelta(days=4)

    write(stop)
    people = [each.people for each in outlook(session, early, settings, schedule_id, BEFORE).sends]
    assert people == [4] * 5 + [None] * 5


def test_sends_in_the_quiet_hours_are_marked(
    early: Cast, session: Any, write: Write, settings: Settings
) -> None:
    schedule_id = write(
        lambda s: make_schedule(
            s,
            early.sao_bac.id,
            settings,
            BEFORE,
            text="Đêm",
            anchor=Anchor.CLOCK,
            clock_time=time(23),
            offset_minutes=0,
            only_unanswered=False,
        )
    )
    sends = outlook(session, early, settings, schedule_id, BEFORE).sends
    assert all(each.is_quiet for each in sends)
    assert {each.people for each in sends} == {4}


def test_the_rule_and_the_row_say_the_same(
    early: Cast, session: Any, write: Write, settings: Settings
) -> None:
    wanted = replace(
        BEFORE_SHIFT,
        branch_ids=frozenset(early.sao_bac.lines.values()),
        on_holidays=False,
        language="vi",
        to_on=TUESDAY,
    )
    schedule_id = write(
        lambda s: make_schedule(s, early.sao_bac.id, settings, BEFORE, schedule=wanted)
    )
    stored = as_rule(session.get_one(ReminderSchedule, schedule_id))
    assert stored == replace(wanted, id=schedule_id, template=stored.template)

"""Reminders come due, once for each person, in time or not at all."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Branch
from app.checkins.actions.levels import mark_absent
from app.delivery.jobs.rounds import send_due_deliveries
from app.delivery.models import Delivery
from app.kernel.ids import new_id
from app.reminders.actions.planning import plan_chunk
from app.reminders.actions.schedules import set_running
from app.reminders.actions.stopping import stop_reminder
from app.reminders.jobs import Tick, plan_due_reminders
from app.reminders.models import ReminderOccurrence, ReminderSchedule
from app.reminders.rules import Anchor, Audience
from app.settings import Settings
from app.workforce.actions.people import end_work
from app.workforce.actions.schedules import add_leave
from app.workforce.models import Membership, RosterImport, Worker, WorkGroup
from app.workforce.rules.importing import ImportState
from app.workforce.rules.shifts import Pattern, ShiftCode
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast, make_worker
from tests.factories.reminders import (
    check_in,
    inbox,
    make_schedule,
    send,
    statuses,
)

Write = Callable[[Callable[[Any], Any]], Any]
TUESDAY = date(2026, 11, 24)
FIVE = datetime(2026, 11, 23, 22, tzinfo=UTC)  # 05:00 on Tuesday in the park
WORKERS = ("hoa", "anh", "men", "nhung")


@pytest.fixture
def settings(in_app: Flask) -> Settings:
    """The park's settings."""
    found: Settings = in_app.config["SETTINGS"]
    return found


@pytest.fixture
def scheduled(cast: Cast, write: Write, settings: Settings, clock: SetClock) -> Cast:
    """SAOBAC reminds before each shift; nobody has looked at the clock yet."""
    clock.at = FIVE - timedelta(minutes=10)
    write(lambda s: make_schedule(s, cast.sao_bac.id, settings, clock.at))
    return cast


def tick(clock: SetClock, at: datetime) -> Tick:
    clock.at = at
    return plan_due_reminders(at)


def ids(cast: Cast, *names: str) -> set[str]:
    return {cast.sao_bac.people[name].id for name in names}


def test_a_reminder_goes_once_to_everybody_expected_on_the_shift(
    scheduled: Cast, clock: SetClock, session: Any, client: FlaskClient
) -> None:
    early = tick(clock, FIVE - timedelta(minutes=1))
    first, again = tick(clock, FIVE), tick(clock, FIVE)
    later = tick(clock, FIVE + timedelta(minutes=1))
    assert [each.due for each in (early, first, again, later)] == [0, 1, 0, 0]
    assert [each.planned for each in (first, again, later)] == [4, 0, 0]
    assert statuses(session) == {each: ["sent"] for each in ids(scheduled, *WORKERS)}
    assert inbox(client, scheduled.minh_tri.people["binh"]) == []
    told = inbox(client, scheduled.sao_bac.people["hoa"])
    assert [each["text"] for each in told] == [
        "Chào bạn Chuyền 3, hãy khai báo trước ca 1: mục Khai báo"
    ]
    assert told[0]["title"] == "Khai báo trước ca"
    assert told[0]["sent_at"] == "2026-11-24T05:00:00+07:00"
    assert told[0]["from"] == "Điện tử Sao Bắc"


def saving(company_id: int, now: datetime) -> RosterImport:
    """A staff list of a company in the middle of being saved."""
    return RosterImport(
        id=new_id(now),
        company_id=company_id,
        file_name="DS.xlsx",
        state=ImportState.APPLYING,
        done=40,
        total=900,
        created_at=now,
        touched_at=now,
    )


def test_a_reminder_waits_for_the_whole_staff_list(
    scheduled: Cast, write: Write, clock: SetClock, session: Any
) -> None:
    begun = FIVE - timedelta(seconds=20)
    import_id = write(lambda s: _added(s, saving(scheduled.sao_bac.id, begun)))
    waiting = tick(clock, FIVE)
    assert (waiting.due, waiting.planned) == (1, 0)

    def through(s: Any) -> None:
        s.get_one(RosterImport, import_id).state = ImportState.APPLIED

    write(through)
    assert tick(clock, FIVE + timedelta(seconds=20)).planned == 4
    assert statuses(session) == {each: ["sent"] for each in ids(scheduled, *WORKERS)}


def test_a_list_that_nobody_goes_on_with_holds_no_reminder_up(
    scheduled: Cast, write: Write, clock: SetClock
) -> None:
    write(lambda s: _added(s, saving(scheduled.sao_bac.id, FIVE - timedelta(minutes=3))))
    assert tick(clock, FIVE).planned == 4


def test_a_list_that_takes_long_makes_no_reminder_too_late(
    scheduled: Cast, write: Write, clock: SetClock
) -> None:
    import_id = write(lambda s: _added(s, saving(scheduled.sao_bac.id, FIVE)))
    planned = []
    for minute in range(7):
        clock.at = FIVE + timedelta(minutes=minute)

        def touch(s: Any) -> None:
            s.get_one(RosterImport, import_id).touched_at = clock.at

        write(touch)
        planned.append(tick(clock, clock.at).planned)
    assert planned == [0, 0, 0, 0, 0, 0, 4]


def test_another_company_s_list_holds_nothing_up(
    scheduled: Cast, write: Write, clock: SetClock
) -> None:
    write(lambda s: _added(s, saving(scheduled.minh_tri.id, FIVE)))
    assert tick(clock, FIVE).planned == 4


def _added(session: Any, row: RosterImport) -> str:
    session.add(row)
    return row.id


def test_a_whole_week_by_the_minute_reminds_each_person_once_a_shift(
    scheduled: Cast, clock: SetClock, session: Any
) -> None:
    """Ticks of uneven length, some of them doubled; the duties reach two days ahead."""
    at, step, days = FIVE - timedelta(minutes=30), 0, 2
    while at < FIVE + timedelta(days=days):
        tick(clock, at)
        if step % 7 == 0:
            tick(clock, at)
        at += timedelta(minutes=3 + step % 11)
        step += 1
    session.rollback()
    counted = session.execute(
        select(Delivery.person_id, Delivery.once_key).order_by(Delivery.once_key)
    ).all()
    assert len(counted) == len(set(counted)) == 4 * days


def test_who_has_answered_or_is_absent_gets_none(
    scheduled: Cast, clock: SetClock, session: Any, client: FlaskClient, write: Write
) -> None:
    people = scheduled.sao_bac.people
    assert send(client, people["hoa"], check_in(clock.at))[0]["outcome"] == "applied"
    write(
        lambda s: mark_absent(s, people["anh"].id, TUESDAY, "ca1", "ốm", actor=STORY, now=clock.at)
    )
    done = tick(clock, FIVE)
    assert dict(done.skipped) == {"answered": 1, "absent": 1}
    assert statuses(session).keys() == ids(scheduled, "men", "nhung")


def test_who_left_or_is_on_leave_gets_none(
    scheduled: Cast, clock: SetClock, session: Any, write: Write, settings: Settings
) -> None:
    people, company_id = scheduled.sao_bac.people, scheduled.sao_bac.id
    dormitory = {"anchor": Anchor.CLOCK, "offset_minutes": 0, "only_unanswered": False}

    def change(s: Any) -> None:
        hoa, anh = s.get_one(Worker, people["hoa"].id), s.get_one(Worker, people["anh"].id)
        end_work(s, hoa, last_on=TUESDAY - timedelta(days=1), actor=STORY, now=clock.at)
        add_leave(s, anh, from_on=TUESDAY, to_on=TUESDAY, reason="", actor=STORY, now=clock.at)
        at = time(5)
        make_schedule(s, company_id, settings, clock.at, text="Tin", clock_time=at, **dormitory)

    write(change)
    tick(clock, FIVE)
    assert statuses(session) == {each: ["sent", "sent"] for each in ids(scheduled, "men", "nhung")}


def test_what_is_noticed_too_late_is_missed_and_never_sent(
    scheduled: Cast, clock: SetClock, session: Any
) -> None:
    tick(clock, FIVE - timedelta(minutes=5))
    late = tick(clock, FIVE + timedelta(minutes=16))
    assert (late.due, late.missed, late.planned) == (0, 1, 0)
    assert tick(clock, FIVE + timedelta(minutes=17)).missed == 0
    assert statuses(session) == {}
    just = tick(clock, FIVE + timedelta(days=1, minutes=15))
    assert (just.due, just.missed, just.planned) == (1, 0, 4)


def test_a_day_without_a_look_is_missed_shift_by_shift(
    scheduled: Cast, clock: SetClock, session: Any
) -> None:
    tick(clock, FIVE - timedelta(minutes=5))
    done = tick(clock, FIVE + timedelta(days=1, hours=2))
    assert (done.due, done.missed) == (0, 2)


def test_a_clock_that_ran_ahead_loses_nothing_and_doubles_nothing(
    scheduled: Cast, clock: SetClock, session: Any
) -> None:
    tick(clock, FIVE - timedelta(minutes=5))
    ahead = tick(clock, FIVE + timedelta(days=1, hours=3))
    assert ahead.missed == 2
    back = tick(clock, FIVE + timedelta(minutes=2))
    assert (back.due, back.planned) == (1, 4)
    assert tick(clock, FIVE + timedelta(minutes=3)).planned == 0
    assert tick(clock, FIVE + timedelta(days=1)).planned == 4
    session.rollback()
    states = session.scalars(select(ReminderOccurrence.state)).all()
    assert states == ["planned", "planned"]


def test_overlapping_groups_and_schedules_count_a_person_once(
    scheduled: Cast, clock: SetClock, session: Any, write: Write, settings: Settings
) -> None:
    people, company_id = scheduled.sao_bac.people, scheduled.sao_bac.id

    def overlap(s: Any) -> None:
        held = [new_id(clock.at) for _ in range(2)]
        s.add_all(
            WorkGroup(id=group_id, company_id=company_id, kind="ad_hoc", name=f"Nhóm {n}")
            for n, group_id in enumerate(held)
        )
        s.flush()
        s.add_all(
            Membership(
                id=new_id(clock.at), worker_id=people[name].id, group_id=group_id, from_on=TUESDAY
            )
            for name in ("hoa", "anh")
            for group_id in held
        )
        make_schedule(s, company_id, settings, clock.at, group_ids=frozenset(held))

    write(overlap)
    done = tick(clock, FIVE)
    assert (done.due, done.planned, dict(done.skipped)) == (2, 4, {"already": 2})
    assert all(each == ["sent"] for each in statuses(session).values())


def test_a_group_schedule_reaches_only_its_members_of_that_day(
    cast: Cast, clock: SetClock, session: Any, write: Write, settings: Settings
) -> None:
    people, company_id = cast.sao_bac.people, cast.sao_bac.id
    yesterday = TUESDAY - timedelta(days=1)

    def bus(s: Any) -> None:
        s.add(
            WorkGroup(id=(bus_id := new_id(clock.at)), company_id=company_id, kind="bus", name="12")
        )
        s.flush()
        s.add(
            Membership(
                id=new_id(clock.at), worker_id=people["hoa"].id, group_id=bus_id, from_on=TUESDAY
            )
        )
        s.add(
            Membership(
                id=new_id(clock.at),
                worker_id=people["anh"].id,
                group_id=bus_id,
                from_on=yesterday,
                to_on=yesterday,
            )
        )
        make_schedule(
            s, company_id, settings, clock.at, text="Xe {bus}", group_ids=frozenset({bus_id})
        )
        make_schedule(s, company_id, settings, clock.at, text="Tuyến {bus}")

    write(bus)
    done = tick(clock, FIVE)
    assert (done.due, done.planned, dict(done.skipped)) == (2, 2, {"no_value": 3})
    assert statuses(session) == {people["hoa"].id: ["sent", "sent"]}


def test_a_team_reminder_reaches_the_safety_team_on_duty(
    cast: Cast, clock: SetClock, session: Any, write: Write, settings: Settings
) -> None:
    people, company_id = cast.sao_bac.people, cast.sao_bac.id

    def team(s: Any) -> None:
        s.add(
            WorkGroup(
                id=(team_id := new_id(clock.at)),
                company_id=company_id,
                kind="safety_team",
                name="Tổ an toàn ca 1",
            )
        )
        s.flush()
        s.add(
            Membership(
                id=new_id(clock.at), worker_id=people["men"].id, group_id=team_id, from_on=TUESDAY
            )
        )
        make_schedule(
            s,
            company_id,
            settings,
            clock.at,
            text="Tổ an toàn {line}: điểm danh",
            audience=Audience.TEAM,
            only_unanswered=False,
        )

    write(team)
    tick(clock, FIVE)
    assert statuses(session).keys() == ids(cast, "men", "nhung")


@pytest.fixture
def begun(scheduled: Cast, clock: SetClock, session: Any, write: Write, settings: Settings) -> str:
    """An occurrence that came due and was interrupted after its first two people."""
    tick(clock, FIVE - timedelta(minutes=1))
    row = ReminderOccurrence(
        id=new_id(FIVE),
        schedule_id=session.scalars(select(ReminderSchedule.id)).one(),
        company_id=scheduled.sao_bac.id,
        shift_on=TUESDAY,
        shift="ca1",
        due_at=FIVE,
        state="due",
        skipped={},
    )
    occurrence_id: str = row.id
    write(lambda s: s.add(row))
    done = write(lambda s: plan_chunk(s, occurrence_id, settings=settings, now=FIVE, most=2))
    assert (done.done, done.planned) == (False, 2)
    return occurrence_id


@pytest.mark.usefixtures("begun")
def test_a_message_is_unseen_until_its_last_person_is_written(
    scheduled: Cast, clock: SetClock, session: Any, client: FlaskClient
) -> None:
    everybody = [scheduled.sao_bac.people[name] for name in WORKERS]
    assert [inbox(client, person) for person in everybody] == [[]] * 4
    assert sorted(statuses(session).values()) == [["queued"]] * 2
    done = tick(clock, FIVE + timedelta(minutes=1))
    assert (done.due, done.planned) == (0, 2)
    assert [len(inbox(client, person)) for person in everybody] == [1] * 4


@pytest.mark.usefixtures("begun")
def test_an_interrupted_reminder_that_became_late_is_missed_by_all(
    scheduled: Cast, clock: SetClock, session: Any, client: FlaskClient
) -> None:
    done = tick(clock, FIVE + timedelta(minutes=20))
    assert (done.missed, done.planned) == (1, 0)
    clock.move(minutes=41)
    send_due_deliveries()
    assert sorted(statuses(session).values()) == [["expired"]] * 2
    assert inbox(client, scheduled.sao_bac.people["hoa"]) == []


def test_a_reminder_stopped_between_two_chunks_is_written_to_nobody_more(
    begun: str, cast: Cast, clock: SetClock, session: Any, write: Write
) -> None:
    message_id = session.get_one(ReminderOccurrence, begun).message_id
    write(lambda s: stop_reminder(s, message_id, actor=STORY, now=FIVE))
    done = tick(clock, FIVE + timedelta(minutes=1))
    assert (done.planned, done.missed) == (0, 0)
    assert len(statuses(session)) == 2
    assert session.get_one(ReminderOccurrence, begun).state == "stopped"


@pytest.mark.usefixtures("begun")
def test_an_answer_between_two_chunks_stops_the_reminder(
    scheduled: Cast, clock: SetClock, session: Any, client: FlaskClient
) -> None:
    clock.at = FIVE + timedelta(seconds=1)
    everybody = [scheduled.sao_bac.people[name] for name in WORKERS]
    for person in (everybody[0], everybody[3]):
        send(client, person, check_in(clock.at))
    done = tick(clock, FIVE + timedelta(seconds=2))
    assert (done.planned, dict(done.skipped)) == (1, {"answered": 1})
    told = statuses(session)
    assert [told.get(person.id) for person in everybody] == [["skipped"], ["sent"], ["sent"], None]


def test_a_paused_schedule_reminds_nobody_and_goes_on_without_catching_up(
    scheduled: Cast, clock: SetClock, session: Any, write: Write, settings: Settings
) -> None:
    schedule_id = session.scalars(select(ReminderSchedule.id)).one()

    def run(*, active: bool) -> None:
        write(
            lambda s: set_running(
                s, schedule_id, active=active, settings=settings, actor=STORY, now=clock.at
            )
        )

    run(active=False)
    assert tick(clock, FIVE).due == 0
    run(active=True)
    assert tick(clock, FIVE + timedelta(minutes=5)).due == 0
    assert tick(clock, FIVE + timedelta(days=1)).planned == 4


def test_a_night_shift_belongs_to_its_start_date(
    cast: Cast, clock: SetClock, session: Any, write: Write, settings: Settings
) -> None:
    """Two hours into shift 3 it is the next day; the reminder is still of the day before."""
    nights = Pattern((ShiftCode.CA3,) * 7, date(2026, 11, 2))

    def night(s: Any) -> str:
        line = s.get_one(Branch, cast.sao_bac.lines["Chuyền 3"])
        late = make_worker(s, line, "SB-30001", "Lương Văn Đêm", clock.at, pattern=nights)
        make_schedule(s, cast.sao_bac.id, settings, clock.at, offset_minutes=240)
        return late.id

    worker_id = write(night)
    two = datetime(2026, 11, 24, 19, tzinfo=UTC)  # 02:00 on Wednesday
    assert tick(clock, two).planned == 1
    session.rollback()
    keys = session.scalars(select(Delivery.once_key).where(Delivery.person_id == worker_id)).all()
    assert [":2026-11-24:ca3:" in key for key in keys] == [True]

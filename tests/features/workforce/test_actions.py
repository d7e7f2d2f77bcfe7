"""What officers do to people and timetables, and that duties follow."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.actions.duties import plan_duties
from app.checkins.models import Duty
from app.checkins.queries.duties import list_shift_counts
from app.workforce.actions.people import (
    Particulars,
    add_worker,
    end_work,
    move_worker,
    take_back,
)
from app.workforce.actions.schedules import (
    add_leave,
    assign_pattern,
    cancel_leave,
)
from app.workforce.actions.timetables import (
    change_hours,
    mark_holiday,
    remove_holiday,
    save_pattern,
    tell_work_changed,
)
from app.workforce.models import Worker
from app.workforce.queries.schedules import get_hours
from app.workforce.queries.timetables import find_pattern_of, forecast_company, list_patterns
from app.workforce.queries.workers import list_groups_of
from app.workforce.rules.groups import BadgeTaken, EndsBeforeStart
from app.workforce.rules.shifts import EmptyPattern, Pattern, ShiftCode, ShiftHours
from app.workforce.rules.timetables import HolidayStands, PatternNameTaken
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast

TODAY = date(2026, 11, 24)
TOMORROW = TODAY + timedelta(days=1)
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def planned(cast: Cast, write: Write, clock: SetClock) -> Cast:
    """The cast with duties for today and the two days after."""
    ids = [person.id for person in cast.sao_bac.people.values() if person.badge]
    write(
        lambda s: plan_duties(
            s, cast.sao_bac.id, ids, TODAY, TODAY + timedelta(days=2), now=clock.at
        )
    )
    return cast


def expected(session: Session, branch_id: int, on: date, shift: str = "ca1") -> int:
    session.rollback()
    counts = list_shift_counts(session, [branch_id], on).get(shift)
    duties = session.scalar(
        select(func.count())
        .select_from(Duty)
        .where(Duty.shift_on == on, Duty.shift == shift, Duty.state == "expected")
        .where((Duty.branch_id == branch_id) | (Duty.company_id == branch_id))
    )
    shown = counts.expected if counts else 0
    assert shown == duties
    return shown


def test_leave_takes_the_days_off_the_list_and_cancelling_puts_them_back(
    planned: Cast, write: Write, session: Session, clock: SetClock
) -> None:
    hoa, company = planned.sao_bac.people["hoa"].id, planned.sao_bac.id
    assert expected(session, company, TOMORROW) == 4

    def leave(s: Session) -> str:
        return add_leave(
            s,
            s.get_one(Worker, hoa),
            from_on=TOMORROW,
            to_on=TOMORROW,
            reason="Về quê",
            actor=STORY,
            now=clock.at,
        )

    leave_id = write(leave)
    assert expected(session, company, TOMORROW) == 3
    assert expected(session, company, TODAY) == 4

    def cancel(s: Session) -> bool:
        return cancel_leave(s, s.get_one(Worker, hoa), leave_id, actor=STORY, now=clock.at)

    assert write(cancel)
    assert expected(session, company, TOMORROW) == 4
    assert not write(cancel)


def test_leave_cannot_end_before_it_starts(cast: Cast, write: Write, clock: SetClock) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    with pytest.raises(EndsBeforeStart):
        write(
            lambda s: add_leave(
                s,
                s.get_one(Worker, hoa),
                from_on=TOMORROW,
                to_on=TODAY,
                reason="",
                actor=STORY,
                now=clock.at,
            )
        )


def test_somebody_who_moves_is_expected_on_the_new_line_only(
    planned: Cast, write: Write, session: Session, clock: SetClock
) -> None:
    hoa, lines = planned.sao_bac.people["hoa"].id, planned.sao_bac.lines

    def move(s: Session) -> None:
        unit = s.get_one(Branch, lines["Chuyền 7"])
        move_worker(s, s.get_one(Worker, hoa), unit, on=TODAY, actor=STORY, now=clock.at)

    assert expected(session, lines["Chuyền 3"], TOMORROW) == 3
    write(move)
    assert expected(session, lines["Chuyền 3"], TOMORROW) == 2
    assert expected(session, lines["Chuyền 7"], TOMORROW) == 2
    assert expected(session, planned.sao_bac.id, TOMORROW) == 4


def test_whoever_leaves_is_expected_up_to_the_last_day_and_again_when_taken_back(
    planned: Cast, write: Write, session: Session, clock: SetClock
) -> None:
    hoa, company = planned.sao_bac.people["hoa"].id, planned.sao_bac.id

    def leave(s: Session) -> None:
        end_work(s, s.get_one(Worker, hoa), last_on=TODAY, actor=STORY, now=clock.at)

    write(leave)
    assert expected(session, company, TODAY) == 4
    assert expected(session, company, TOMORROW) == 3
    assert not list_groups_of(session, hoa, TOMORROW)
    write(lambda s: take_back(s, s.get_one(Worker, hoa), on=TODAY, actor=STORY, now=clock.at))
    assert expected(session, company, TOMORROW) == 4


def test_a_badge_is_taken_however_it_is_written(cast: Cast, write: Write, clock: SetClock) -> None:
    line = cast.sao_bac.lines["Chuyền 3"]
    with pytest.raises(BadgeTaken):
        write(
            lambda s: add_worker(
                s,
                s.get_one(Branch, line),
                Particulars("sb 20417", "Ai Đó"),
                actor=STORY,
                now=clock.at,
            )
        )


def test_the_same_badge_is_free_in_another_company(
    cast: Cast, write: Write, clock: SetClock
) -> None:
    line = cast.minh_tri.lines["Chuyền 1"]
    assert write(
        lambda s: add_worker(
            s, s.get_one(Branch, line), Particulars("SB-20417", "Ai Đó"), actor=STORY, now=clock.at
        )
    )


def test_another_pattern_replaces_the_old_one_from_its_day_on(
    planned: Cast, write: Write, session: Session, clock: SetClock
) -> None:
    hoa, company = planned.sao_bac.people["hoa"].id, planned.sao_bac.id
    nights = Pattern((ShiftCode.CA3,), TODAY)

    def work(s: Session) -> None:
        pattern_id = save_pattern(s, company, None, "Đêm", nights, actor=STORY, now=clock.at)
        assign_pattern(s, company, [hoa], pattern_id, from_on=TOMORROW, actor=STORY, now=clock.at)

    write(work)
    assert expected(session, company, TODAY) == 4
    assert expected(session, company, TOMORROW) == 3
    assert expected(session, company, TOMORROW, "ca3") == 1
    before, after = (find_pattern_of(session, hoa, on) for on in (TODAY, TOMORROW))
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == ("Ca 1 cả tuần", "Đêm")


def test_a_changed_cycle_changes_who_is_expected(
    planned: Cast, write: Write, session: Session, clock: SetClock
) -> None:
    company = planned.sao_bac.id
    kept = list_patterns(session, company, TODAY)[0]
    ids = [person.id for person in planned.sao_bac.people.values() if person.badge]

    def work(s: Session) -> None:
        off = Pattern((ShiftCode.CA1, None), TODAY)
        save_pattern(s, company, kept.id, kept.name, off, actor=STORY, now=clock.at)
        tell_work_changed(s, company, ids, TODAY, now=clock.at)

    write(work)
    assert expected(session, company, TODAY) == 4
    assert expected(session, company, TOMORROW) == 0


def test_two_patterns_of_a_company_do_not_share_a_name(
    cast: Cast, write: Write, clock: SetClock
) -> None:
    pattern = Pattern((ShiftCode.CA2,), TODAY)
    with pytest.raises(PatternNameTaken):
        write(
            lambda s: save_pattern(
                s, cast.sao_bac.id, None, " Ca 1  cả tuần", pattern, actor=STORY, now=clock.at
            )
        )


def test_a_pattern_needs_a_day() -> None:
    with pytest.raises(EmptyPattern):
        Pattern((), TODAY)


def test_a_holiday_empties_the_day_and_can_be_taken_away(
    planned: Cast, write: Write, session: Session, clock: SetClock
) -> None:
    company, path = planned.sao_bac.id, planned.sao_bac.path

    def mark(s: Session) -> None:
        mark_holiday(s, company, TOMORROW, "Kiểm kê", actor=STORY, now=clock.at)

    write(mark)
    days = forecast_company(session, company, path, TODAY, 2)
    assert [day.expected for day in days] == [4, 0]
    with pytest.raises(HolidayStands):
        write(mark)
    from_page = 1
    assert (
        write(
            lambda s: remove_holiday(s, planned.minh_tri.id, from_page, actor=STORY, now=clock.at)
        )
        is None
    )
    removed = write(lambda s: remove_holiday(s, company, from_page, actor=STORY, now=clock.at))
    assert removed == TOMORROW
    session.rollback()
    days = forecast_company(session, company, path, TODAY, 2)
    assert [day.expected for day in days] == [4, 4]


def test_new_hours_count_from_their_day_and_replace_those_of_the_same_day(
    cast: Cast, write: Write, session: Session, clock: SetClock
) -> None:
    company = cast.sao_bac.id
    for starts in (time(7), time(7, 30)):
        hours = {ShiftCode.CA1: ShiftHours(starts, time(15))}
        write(
            lambda s, hours=hours: change_hours(
                s, company, hours, from_on=TOMORROW, actor=STORY, now=clock.at
            )
        )
    session.rollback()
    book = get_hours(session, company)
    assert book.at(ShiftCode.CA1, TODAY).starts == time(6)
    assert book.at(ShiftCode.CA1, TOMORROW).starts == time(7, 30)
    assert book.at(ShiftCode.CA2, TOMORROW).starts == time(14)

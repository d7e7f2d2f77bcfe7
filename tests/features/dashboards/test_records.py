"""What is kept of past shifts agrees with its sources, counted here by another route."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from app.accounts.models import Branch
from app.cases.models import FollowUpCase
from app.checkins.actions.counting import add_counts
from app.checkins.models import ShiftCount
from app.checkins.rules import Counts
from app.dashboards.actions.records import keep_day
from app.dashboards.jobs import keep_records
from app.dashboards.models import DayRecord, ShiftRecord
from app.dashboards.queries.compliance import get_compliance, sum_period
from app.dashboards.queries.records import DayFacts, list_facts
from app.dashboards.queries.tallies import sum_records
from app.dashboards.rules.measures import Measure
from app.dashboards.rules.periods import Period
from app.delivery.models import Delivery, Message
from app.kernel.ids import new_id
from app.reminders.models import ReminderOccurrence, ReminderSchedule
from app.sync.actions.summaries import make_due_summaries
from app.workforce.models import Worker
from tests.conftest import Node, SetClock
from tests.factories.people import Cast

Write = Callable[[Callable[[Any], Any]], Any]
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
TEN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 10:00 on Tuesday in the park
STATUSES = (
    *("read", "read", "delivered", "sent", "expired"),
    *("skipped", "cancelled", "temporary-failure", "queued"),
)


def remind(session: Any, company_id: int, on: date, shift: str, at: datetime) -> None:
    """A reminder to as many people as there are statuses, each at one of them."""
    schedule_id, message_id = new_id(at), new_id(at)
    session.execute(
        insert(ReminderSchedule).values(
            id=schedule_id,
            company_id=company_id,
            name="Nhắc",
            template="own",
            texts={"vi": "Khai báo"},
            audience="worker",
            anchor="shift_start",
            offset_minutes=-60,
            weekdays=[0, 1, 2, 3, 4, 5, 6],
            shifts=[shift],
            updated_at=at,
        )
    )
    session.execute(
        insert(Message).values(
            id=message_id,
            kind="reminder",
            lane="normal",
            company_id=company_id,
            texts={"vi": "Khai báo"},
            created_at=at,
            not_before=at,
            expires_at=at + timedelta(hours=8),
            planned_at=at,
        )
    )
    session.execute(
        insert(ReminderOccurrence).values(
            id=new_id(at),
            schedule_id=schedule_id,
            company_id=company_id,
            shift_on=on,
            shift=shift,
            due_at=at,
            state="planned",
            message_id=message_id,
            reached=len(STATUSES),
        )
    )
    people = session.scalars(select(Worker.id).where(Worker.company_id == company_id)).all()
    session.execute(
        insert(Delivery),
        [
            {
                "id": new_id(at),
                "message_id": message_id,
                "person_id": people[place % len(people)],
                "channel": f"way{place}",
                "status": status,
                "lane": "normal",
                "created_at": at,
                "expires_at": at + timedelta(hours=8),
            }
            for place, status in enumerate(STATUSES)
        ],
    )


@pytest.fixture
def told(cast: Cast, clock: SetClock, write: Write) -> Cast:
    """Sao Bắc worked on Monday and Tuesday; somebody was amber on Monday; both were reminded."""
    clock.at = TEN

    def work(session: Any) -> None:
        session.execute(delete(ShiftCount))
        for on, counts in (
            (MONDAY, Counts(expected=40, answered=40, on_time=30, green=39, amber=1)),
            (TUESDAY, Counts(expected=40, answered=30, on_time=20, green=30)),
        ):
            for branch_id in (cast.sao_bac.id, *cast.sao_bac.lines.values()):
                add_counts(
                    session,
                    {branch_id: counts},
                    company_id=cast.sao_bac.id,
                    shift_on=on,
                    shift="ca1",
                    now=TEN - timedelta(hours=2),
                )
            at = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(hours=2)
            remind(session, cast.sao_bac.id, on, "ca1", at)

    write(work)
    return cast


def kept(session: Any, company_id: int) -> dict[date, ShiftRecord]:
    rows = session.scalars(select(ShiftRecord).where(ShiftRecord.company_id == company_id))
    return {row.shift_on: row for row in rows}


def test_reminders_are_counted_as_the_ledger_has_them(
    told: Cast, in_app: Any, session: Any
) -> None:
    keep_records()
    wanted = Counter(STATUSES)
    for on in (MONDAY, TUESDAY):
        row = kept(session, told.sao_bac.id)[on]
        assert row.wanted == len(STATUSES) - wanted["skipped"] - wanted["cancelled"]
        assert row.delivered == wanted["delivered"] + wanted["read"]
        assert row.read == wanted["read"]


def test_a_final_summary_counts_from_its_cut_off_and_a_zero_report_is_told_from_silence(
    told: Cast, in_app: Any, session: Any, write: Write, node: Node
) -> None:
    settings = node.app.config["SETTINGS"]
    write(lambda s: make_due_summaries(s, settings, TEN))
    keep_records()
    rows = kept(session, told.sao_bac.id)
    assert all(row.final_seq is not None and row.final_due_at <= TEN for row in rows.values())
    assert (rows[MONDAY].zero, rows[TUESDAY].zero) == (False, True)


def test_without_any_summary_nothing_was_due(told: Cast, in_app: Any, session: Any) -> None:
    keep_records()
    ids = [told.sao_bac.id]
    sums = sum_records(session, ids, MONDAY, TUESDAY, now=TEN)[told.sao_bac.id]
    assert sums[Measure.FINAL].share is None
    assert sums[Measure.ZERO].share is None


def test_a_company_that_worked_no_shift_has_no_record_of_one(
    told: Cast, in_app: Any, session: Any
) -> None:
    keep_records()
    assert kept(session, told.minh_tri.id) == {}


def test_a_record_is_made_anew_while_it_may_move_and_then_once_only(
    told: Cast, in_app: Any, session: Any, clock: SetClock
) -> None:
    assert keep_records() == 2
    clock.at = TEN + timedelta(days=1)
    assert keep_records() == 2  # yesterday, and the day before that once more after half a day
    assert keep_records() == 1
    clock.at = TEN + timedelta(days=40)
    assert keep_records() == 0


def test_follow_ups_of_a_day_that_is_over_stay_as_they_were(
    told: Cast, session: Any, write: Write
) -> None:
    company_id = told.sao_bac.id
    now = DayFacts(company_id, 2, 1, cases_open=5, cases_overdue=2)
    later = DayFacts(company_id, 2, 2)
    write(lambda s: keep_day(s, MONDAY, [], [now], now=TEN))
    write(lambda s: keep_day(s, MONDAY, [], [later], now=TEN + timedelta(days=1)))
    row = session.get_one(DayRecord, (company_id, MONDAY))
    assert (row.cases_open, row.cases_overdue, row.teams_staffed) == (5, 2, 2)


def test_every_measure_of_the_page_adds_up_to_the_records(
    told: Cast, in_app: Any, session: Any, write: Write, node: Node
) -> None:
    settings = node.app.config["SETTINGS"]
    write(lambda s: make_due_summaries(s, settings, TEN))
    keep_records()
    companies = session.scalars(select(Branch).where(Branch.kind == "company")).all()
    period = Period(MONDAY - timedelta(days=6), TUESDAY)
    ids = [company.id for company in companies]
    for measure in Measure:
        found = get_compliance(
            session, companies, period.days, settings=settings, now=TEN, measure=measure
        )
        sums = sum_period(session, ids, period, measure, now=TEN)
        for company in found.companies:
            days = [day.figures for day in company.days if day.figures.is_heard]
            tally = sums.get(company.id)
            done = tally.done if tally else 0
            of = tally.of if tally else 0
            assert sum(day.done for day in days) == done, measure
            assert sum(day.of for day in days) == of, measure


def test_figures_of_answers_are_those_of_the_duties(told: Cast, session: Any, node: Node) -> None:
    sums = sum_period(
        session, [told.sao_bac.id], Period(MONDAY, TUESDAY), Measure.ON_TIME, now=TEN
    )[told.sao_bac.id]
    assert (sums.done, sums.of) == (30 + 20, 40 + 40)


def test_a_small_company_tells_nothing_of_health_to_whoever_stands_outside(
    told: Cast, session: Any, write: Write, node: Node
) -> None:
    company = session.get_one(Branch, told.sao_bac.id)
    few = DayFacts(company.id, 2, 1, cases_open=1, cases_overdue=1)
    write(lambda s: keep_day(s, TUESDAY, [], [few], now=TEN))
    settings = node.app.config["SETTINGS"]
    for outside, told_of in ((False, 1), (True, 0)):
        (found,) = get_compliance(
            session,
            [company],
            [TUESDAY],
            settings=settings,
            now=TEN,
            measure=Measure.FOLLOWED,
            outside=outside,
        ).companies
        assert found.days[-1].figures.of == told_of
        assert not found.is_silent


def test_open_cases_are_those_of_the_cases_themselves(
    told: Cast, session: Any, write: Write, node: Node
) -> None:
    _, days = list_facts(session, TUESDAY, node.app.config["SETTINGS"], TEN)
    held = session.scalars(select(FollowUpCase).where(FollowUpCase.closed_at.is_(None))).all()
    assert sum(day.cases_open or 0 for day in days) == len(held)
    _, before = list_facts(session, MONDAY, node.app.config["SETTINGS"], TEN)
    assert all(day.cases_open is None for day in before)

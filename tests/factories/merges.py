"""Two records of one person, and what stands in the tables that count them."""

from collections import Counter
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.actions.answers import record_check_in
from app.checkins.models import CheckIn, Duty, HealthState, ShiftCount, SymptomCount
from app.checkins.rules import COLUMNS, Counts, DutyMark, DutyState, Level, tally
from app.checkins.rules.requests import CheckInRequest
from app.delivery.models import Delivery
from app.kernel.clock import local_day
from app.workforce.actions.merging import merge_workers, unmerge_workers
from app.workforce.models import Membership, Worker
from app.workforce.queries.duplicates import records_mark
from app.workforce.rules.shifts import ShiftCode
from tests.factories.people import STORY, Company, Person, make_worker

TODAY = date(2026, 11, 24)
WELL: dict[str, Any] = {"symptoms": [], "temperature_c": 36.5, "exposures": {"contact_case": False}}
ACHE: dict[str, Any] = {**WELL, "symptoms": ["headache"]}
FEVER: dict[str, Any] = {**WELL, "temperature_c": 38.9, "symptoms": ["fever"]}
NAME = "Nguyễn Thị Hoà"


def make_twins(session: Session, company: Company, now: datetime, many: int = 2) -> list[Person]:
    """Records of one name on different lines."""
    lines = [session.get_one(Branch, line_id) for line_id in company.lines.values()]
    people = []
    for n in range(many):
        name = NAME if n % 2 else "Nguyễn Thị Hòa"
        person = make_worker(session, lines[n % len(lines)], f"SB-3000{n}", name, now)
        worker = session.get_one(Worker, person.id)
        worker.born_on, worker.birth_year = date(1995, 3, 2), 1995
        people.append(person)
    session.flush()
    return people


def answer(
    session: Session,
    worker_id: str,
    answers: dict[str, Any],
    now: datetime,
    on: date = TODAY,
    shift: ShiftCode = ShiftCode.CA1,
) -> str:
    """An answer that somebody of the office took down; returns its id."""
    request = CheckInRequest(worker_id, on, shift, answers, now)
    settings = current_app.config["SETTINGS"]
    return record_check_in(session, request, settings=settings, actor=STORY, now=now).check_in_id


def merge(
    session: Session, kept: str, gone: str, now: datetime, taken: tuple[str, ...] = ()
) -> int:
    """Merge two records as they are now."""
    seen = records_mark(session, (kept, gone))
    on = local_day(now, current_app.config["SETTINGS"].timezone)
    return merge_workers(session, kept, gone, taken, seen=seen, on=on, actor=STORY, now=now)


def unmerge(session: Session, merge_id: int, now: datetime) -> None:
    """Take a merge back."""
    on = local_day(now, current_app.config["SETTINGS"].timezone)
    unmerge_workers(session, merge_id, on=on, actor=STORY, now=now)


def holdings(session: Session, worker_id: str) -> dict[str, Any]:
    """All that is one record's: what a merge must give back."""
    worker = (
        session.execute(select(Worker.__table__).where(Worker.id == worker_id)).mappings().one()
    )
    by_table: dict[str, Any] = {
        "worker": {k: v for k, v in worker.items() if k != "updated_at"},
    }
    for model, column in (
        (CheckIn, CheckIn.worker_id),
        (Duty, Duty.worker_id),
        (HealthState, HealthState.worker_id),
        (Membership, Membership.worker_id),
        (Delivery, Delivery.person_id),
    ):
        rows = session.execute(select(model.__table__).where(column == worker_id)).mappings()
        by_table[model.__tablename__] = sorted(
            sorted((k, str(v)) for k, v in row.items()) for row in rows
        )
    return by_table


def recounted(session: Session) -> dict[tuple[int, date, str], Counts]:
    """The figures of every unit and company, counted anew from the duties."""
    found: dict[tuple[int, date, str], Counts] = {}
    for duty in session.scalars(select(Duty)):
        mark = DutyMark(
            DutyState(duty.state), Level(duty.level) if duty.level else None, duty.on_time
        )
        for branch_id in {duty.branch_id, duty.company_id}:
            key = (branch_id, duty.shift_on, duty.shift)
            found[key] = found.get(key, Counts()) + tally(mark)
    return found


def counted(session: Session) -> dict[tuple[int, date, str], Counts]:
    """The figures as they were rolled up, but for those that are all zero."""
    rows = session.scalars(select(ShiftCount))
    found = {
        (row.branch_id, row.shift_on, row.shift): Counts(*(getattr(row, c) for c in COLUMNS))
        for row in rows
    }
    return {key: counts for key, counts in found.items() if counts != Counts()}


def symptoms_recounted(session: Session) -> dict[tuple[Any, ...], int]:
    """Symptoms of the answers that count, counted anew."""
    rows = session.execute(
        select(Duty.company_id, Duty.shift_on, Duty.shift, CheckIn.answers).join(
            CheckIn, CheckIn.id == Duty.check_in_id
        )
    )
    return Counter(
        (company_id, on, shift, symptom)
        for company_id, on, shift, answers in rows
        for symptom in answers["symptoms"]
    )


def symptoms_counted(session: Session) -> dict[tuple[Any, ...], int]:
    """Symptoms as they were rolled up."""
    return {
        (row.company_id, row.shift_on, row.shift, row.symptom): row.count
        for row in session.scalars(select(SymptomCount))
        if row.count
    }


def assert_sound(session: Session) -> None:
    """Figures are what is counted anew, and nothing of health stands with a merged record."""
    session.flush()
    assert counted(session) == recounted(session)
    assert symptoms_counted(session) == symptoms_recounted(session)
    away = set(session.scalars(select(Worker.id).where(Worker.merged_into_id.is_not(None))))
    for model in (CheckIn, Duty, HealthState):
        assert not away & set(session.scalars(select(model.worker_id)))  # type: ignore[attr-defined]

"""Every figure of compliance, counted again from the raw answers of a whole park."""

import io
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.queries.branches import list_companies
from app.checkins.models import CheckIn, Duty
from app.dashboards.queries.compliance import get_compliance, list_not_begun, sum_period
from app.dashboards.queries.files import list_unit_shifts
from app.dashboards.queries.lines import list_lines
from app.dashboards.rules.lines import told_outside
from app.dashboards.rules.measures import Measure
from app.dashboards.rules.periods import Period, period_of
from app.extensions import db
from app.kernel.clock import local_day
from app.settings import Settings
from app.workforce.rules.shifts import DEFAULT_HOURS, ShiftCode, shift_window
from tests.conftest import Node

Raw = dict[tuple[int, int, date, str], list[int]]


def recounted(session: Session) -> Raw:
    """Expected, answered, on time, absent and not asked, from each person's own answers."""
    latest: dict[tuple[str, date, str], CheckIn] = {}
    for answer in session.scalars(select(CheckIn).order_by(CheckIn.version)):
        latest[answer.worker_id, answer.shift_on, answer.shift] = answer
    found: Raw = defaultdict(lambda: [0, 0, 0, 0, 0])
    for duty in session.scalars(select(Duty)):
        answer = latest.get((duty.worker_id, duty.shift_on, duty.shift))
        cell = found[duty.company_id, duty.branch_id, duty.shift_on, duty.shift]
        cell[0] += 1
        cell[1] += answer is not None and duty.state == "answered"
        cell[2] += answer is not None and duty.state == "answered" and answer.on_time
        cell[3] += duty.state == "absent"
        cell[4] += duty.state == "not_asked"
    return found


@pytest.fixture
def park(node: Node) -> dict[str, Any]:
    """A demo park of several companies over 9 days."""
    order = ("--workers", "200", "--days", "9", "--seed", "5")
    done = node.app.test_cli_runner().invoke(args=["demo", "load", *order, "--json"])
    told: dict[str, Any] = json.loads(done.output)
    return told


@pytest.fixture
def at(node: Node, park: dict[str, Any], in_app: Any) -> tuple[Settings, datetime, date]:
    settings: Settings = node.app.config["SETTINGS"]
    now: datetime = node.app.extensions["clock"].now()
    return settings, now, local_day(now, settings.timezone)


def has_begun(on: date, shift: str, settings: Settings, now: datetime) -> bool:
    code = ShiftCode(shift)
    return shift_window(DEFAULT_HOURS[code], on, settings.timezone).starts_at <= now


def by_company_day(
    raw: Raw, keep: Callable[[date, str], bool]
) -> dict[tuple[int, date], list[int]]:
    sums: dict[tuple[int, date], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for (company_id, _, on, shift), cell in raw.items():
        if keep(on, shift):
            sums[company_id, on] = [a + b for a, b in zip(sums[company_id, on], cell, strict=True)]
    return sums


@pytest.mark.parametrize("shift", [None, "ca1", "office"])
def test_every_cell_of_the_heat_map_is_what_people_answered(
    at: tuple[Settings, datetime, date], shift: str | None
) -> None:
    settings, now, today = at
    session = db.session()
    period = period_of(None, today, 10, today)
    raw = by_company_day(
        recounted(session),
        lambda on, code: (
            shift in {None, code} and (on != today or has_begun(on, code, settings, now))
        ),
    )
    companies = list_companies(session)
    for measure, place in ((Measure.ANSWERED, 1), (Measure.ON_TIME, 2)):
        found = get_compliance(
            session,
            companies,
            period.days,
            settings=settings,
            now=now,
            measure=measure,
            shift=shift,
        )
        assert len(found.companies) == len(companies) > 5
        for company in found.companies:
            for day in company.days:
                cell = raw.get((company.id, day.on), [0, 0, 0, 0, 0])
                if day.figures.is_heard:
                    assert day.figures.done == cell[place]
                    assert day.figures.of == cell[0] - cell[3]
                else:
                    assert sum(cell[1:]) == 0


def test_a_period_comes_to_what_its_days_come_to(at: tuple[Settings, datetime, date]) -> None:
    _, now, today = at
    session = db.session()
    period = period_of(None, today, 8, today).before
    period = Period(period.from_on, today)
    companies = list_companies(session)
    raw = by_company_day(recounted(session), lambda on, code: period.from_on <= on <= today)
    sums = sum_period(session, [c.id for c in companies], period, Measure.ANSWERED, now=now)
    for company in companies:
        days = [cell for (owner, _), cell in raw.items() if owner == company.id if sum(cell[1:])]
        assert sums[company.id].done == sum(cell[1] for cell in days)
        assert sums[company.id].of == sum(cell[0] - cell[3] for cell in days)


def test_lines_add_up_to_their_company_seen_from_inside_and_from_outside(
    at: tuple[Settings, datetime, date],
) -> None:
    settings, now, today = at
    session = db.session()
    span = period_of(None, today, 9, today).days
    raw = recounted(session)
    for company in list_companies(session):
        besides = list_not_begun(session, [company.id], today, settings, now)
        lines = list_lines(session, company.id, span, None, besides)
        total = sum(
            cell[1]
            for (owner, _, on, code), cell in raw.items()
            if owner == company.id and on >= span[0] and (on, code) not in besides
        )
        assert sum(f.answered for line in lines for f in line.figures_by_day.values()) == total
        outside = told_outside(lines, settings.small_cell)
        if outside:
            told = sum(f.answered for line in outside for f in line.figures_by_day.values())
            assert told == total
            assert all(line.people >= settings.small_cell for line in outside)


def test_every_row_of_the_large_file_is_what_people_answered(
    at: tuple[Settings, datetime, date],
) -> None:
    _, _, today = at
    session = db.session()
    raw = recounted(session)
    names = {branch.id: branch.name for branch in session.scalars(select(Branch))}
    for company in list_companies(session):
        rows = list_unit_shifts(session, company.id, date(2000, 1, 1), today)
        found = {
            (row.unit, row.on, row.shift): (
                row.figures.expected,
                row.figures.answered,
                row.figures.on_time,
                row.figures.absent,
            )
            for row in rows
        }
        counted = {
            ("" if unit == company.id else names[unit], on, shift): tuple(cell[:4])
            for (owner, unit, on, shift), cell in raw.items()
            if owner == company.id and on <= today
        }
        assert found == counted


def test_the_workbook_of_a_browser_says_the_same(
    at: tuple[Settings, datetime, date], park: dict[str, Any], node: Node
) -> None:
    _, _, today = at
    manager = next(each for each in park["accounts"] if each["role"] == "park_manager")
    client: FlaskClient = node.app.test_client()
    node.app.config["WTF_CSRF_ENABLED"], kept = False, node.app.config["WTF_CSRF_ENABLED"]
    try:
        client.post("/sign-in", data={"login": manager["login"], "secret": manager["secret"]})
    finally:
        node.app.config["WTF_CSRF_ENABLED"] = kept
    answer = client.get("/compliance/figures.xlsx?days=10")
    assert answer.status_code == 200, answer.headers
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(2)
    rows = [row for row in sheet.to_python()[1:] if row[2] != today]
    first = min(row[2] for row in rows)
    raw = recounted(db.session())
    held = [cell for (_, _, on, _), cell in raw.items() if first <= on < today]
    assert sum(row[4] for row in rows) == sum(cell[0] for cell in held)
    assert sum(row[5] for row in rows) == sum(cell[1] for cell in held)
    assert sum(row[6] for row in rows) == sum(cell[2] for cell in held)
    assert sum(row[7] for row in rows) == sum(cell[3] for cell in held)

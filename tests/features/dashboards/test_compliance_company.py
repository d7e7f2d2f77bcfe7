"""One company down to its lines; ranking, periods and comparisons; whose eyes see what."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from app.accounts.models import Branch
from app.checkins.actions.counting import add_counts
from app.checkins.models import ShiftCount
from app.checkins.rules import Counts
from tests.conftest import SetClock
from tests.factories.people import Cast, Person

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Any], Any]], Any]
TUESDAY = date(2026, 11, 24)
TEN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 10:00 on Tuesday in the park


def counts(expected: int, answered: int, on_time: int = 0) -> Counts:
    return Counts(expected=expected, answered=answered, on_time=on_time, green=answered)


@pytest.fixture
def lines(cast: Cast, clock: SetClock, write: Write) -> Cast:
    """Sao Bắc: a line of 30 and one of 4 on two days; the small one answered badly."""
    clock.at = TEN
    large, small = cast.sao_bac.lines.values()

    def work(session: Any) -> None:
        session.execute(delete(ShiftCount))
        for on in (TUESDAY - timedelta(days=1), TUESDAY, TUESDAY - timedelta(days=40)):
            for branch_id, told in (
                (large, counts(30, 29, 20)),
                (small, counts(4, 1)),
                (cast.sao_bac.id, counts(40, 33, 20)),
            ):
                add_counts(
                    session,
                    {branch_id: told},
                    company_id=cast.sao_bac.id,
                    shift_on=on,
                    shift="ca1",
                    now=TEN,
                )

    write(work)
    return cast


def test_a_park_manager_sees_no_small_line_by_itself(lines: Cast, enter: Enter) -> None:
    page = enter(lines.people["lam"]).get("/compliance/companies/SAOBAC").text
    large, small = lines.sao_bac.lines
    assert large in page
    assert small not in page
    assert "2 chuyền ít người, tính chung" in page


def test_the_officer_sees_every_line_of_the_own_company(lines: Cast, enter: Enter) -> None:
    page = enter(lines.sao_bac.people["hanh"]).get("/compliance/companies/SAOBAC").text
    for name in lines.sao_bac.lines:
        assert name in page
    assert "Chưa xếp chuyền" in page


def test_another_company_does_not_exist_for_an_officer(lines: Cast, enter: Enter) -> None:
    browser = enter(lines.sao_bac.people["hanh"])
    assert browser.get("/compliance/companies/MINHTRI").status_code == 404
    assert browser.get("/compliance/companies/NOBODY").status_code == 404


def test_nobody_is_named_on_the_page_of_a_company(lines: Cast, enter: Enter) -> None:
    page = enter(lines.people["lam"]).get("/compliance/companies/SAOBAC").text
    for person in lines.sao_bac.people.values():
        assert person.name not in page


def test_a_ranking_says_why_and_leads_to_where_it_is_seen(lines: Cast, enter: Enter) -> None:
    browser = enter(lines.people["lam"])
    page = browser.get("/compliance?view=rank").text
    assert "2 ngày dưới mục tiêu, thấp nhất 83" in page
    assert "#d2026-11-23" in page
    assert "khai báo đúng giờ" in page
    seen = browser.get("/compliance/companies/SAOBAC?from=2026-10-26&to=2026-11-24").text
    assert 'id="d2026-11-23"' in seen


def test_two_periods_stand_side_by_side_and_the_whole_above_them(lines: Cast, enter: Enter) -> None:
    browser = enter(lines.people["lam"])
    page = browser.get("/compliance?view=compare&days=30").text
    assert "26/09–25/10" in page
    assert page.index("Cả khu") < page.index("Điện tử Minh Trí")
    own = browser.get("/compliance?view=compare&days=30&than=2026-10-20").text
    assert "21/09–20/10" in own


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("from=2016-01-01&to=2026-11-24", 92),
        ("from=2026-11-24&to=2026-11-01", 24),
        ("from=2030-01-01&to=2031-01-01", 1),
        ("from=0001-01-01&to=0001-01-02", 92),
        ("to=9999-12-31", 30),
        ("from=2026-11-24&to=2026-11-24", 1),
    ],
)
@pytest.mark.parametrize("view", ["heat", "table", "rank", "compare"])
def test_any_period_is_a_page(lines: Cast, enter: Enter, query: str, days: int, view: str) -> None:
    page = enter(lines.people["lam"]).get(f"/compliance?{query}&view={view}&than=0001-01-01")
    assert page.status_code == 200
    assert f"{days} ngày, " in page.text


def test_a_period_of_ten_years_says_that_it_was_cut(lines: Cast, enter: Enter) -> None:
    page = enter(lines.people["lam"]).get("/compliance?from=2016-01-01&to=2026-11-24").text
    assert "nhiều nhất 92 ngày" in page


@pytest.mark.parametrize(
    "measure", ["on_time", "final", "zero", "delivered", "read", "teams", "followed", "nonsense"]
)
@pytest.mark.parametrize("view", ["heat", "table", "rank", "compare"])
def test_every_measure_has_every_view(lines: Cast, enter: Enter, measure: str, view: str) -> None:
    browser = enter(lines.people["lam"])
    page = browser.get(f"/compliance?measure={measure}&view={view}&shift=ca1")
    assert page.status_code == 200
    company = browser.get(f"/compliance/companies/SAOBAC?measure={measure}&shift=ca2")
    assert company.status_code == 200


def test_a_company_without_workers_and_a_day_without_shifts_are_pages(
    lines: Cast, enter: Enter, write: Write
) -> None:
    write(lambda s: s.execute(delete(ShiftCount)))
    browser = enter(lines.people["lam"])
    for address in (
        "/compliance",
        "/compliance/companies/MINHTRI",
        "/compliance?view=rank",
        "/compliance?view=compare",
        "/compliance/files",
        "/compliance/report.pdf",
        "/compliance/figures.xlsx",
    ):
        assert browser.get(address).status_code == 200, address


def test_the_report_as_pdf_holds_text_that_is_no_markup(
    lines: Cast, enter: Enter, write: Write
) -> None:
    write(
        lambda s: s.execute(
            update(Branch).where(Branch.id == lines.sao_bac.id).values(name="A & <b>B</b>")
        )
    )
    answer = enter(lines.people["lam"]).get("/compliance/report.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")

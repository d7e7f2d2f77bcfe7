"""The compliance page: whose figures it shows, what it leaves open, and its files."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, update

from app.accounts.models import Branch
from app.checkins.actions.counting import add_counts
from app.checkins.models import ShiftCount
from app.checkins.rules import Counts
from app.dashboards.queries.compliance import get_compliance
from app.dashboards.rules.periods import Period
from app.kernel.actors import Actor
from app.risk.actions.assessments import begin_assessment, save_assessment
from app.risk.queries.data_files import list_built_in_sets
from app.risk.queries.sets import SetShown
from app.risk.rules.index_sets import Component, IndexSet
from app.risk.rules.records import Kept
from app.risk.rules.scoring import Answer, awarded, chosen
from app.workforce.actions.schedules import add_holiday
from tests.conftest import Node, SetClock
from tests.factories.people import STORY, Cast, Person

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Any], Any]], Any]
TUESDAY = date(2026, 11, 24)
TEN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 10:00 on Tuesday in the park
ALL = Counts(expected=40, answered=40, on_time=30, green=37, amber=2, red=1)
SOME = Counts(expected=40, answered=27, on_time=20, absent=10, green=27)


@pytest.fixture
def tell(write: Write) -> Callable[..., None]:
    """Put figures of a company on a shift."""

    def told(company_id: int, on: date, shift: str, counts: Counts, at: datetime = TEN) -> None:
        write(
            lambda s: add_counts(
                s, {company_id: counts}, company_id=company_id, shift_on=on, shift=shift, now=at
            )
        )

    return told


@pytest.fixture
def two_companies(cast: Cast, clock: SetClock, write: Write, tell: Callable[..., None]) -> Cast:
    """Sao Bắc has answered for two days; of Minh Trí nothing was heard since Sunday."""
    clock.at = TEN
    write(lambda s: s.execute(delete(ShiftCount)))
    for on in (TUESDAY - timedelta(days=1), TUESDAY):
        tell(cast.sao_bac.id, on, "ca1", ALL)
        tell(cast.minh_tri.id, on, "ca1", Counts(expected=12))
    tell(cast.minh_tri.id, TUESDAY - timedelta(days=2), "ca1", SOME, TEN - timedelta(days=2))
    tell(cast.sao_bac.id, TUESDAY, "ca2", Counts(expected=40))
    return cast


def test_the_park_manager_sees_every_company_and_the_silent_one_first(
    two_companies: Cast, enter: Enter
) -> None:
    page = enter(two_companies.people["lam"]).get("/compliance").text
    assert page.index("Điện tử Minh Trí") < page.index("Điện tử Sao Bắc")
    assert "Không có dữ liệu từ 22/11 10:00" in page


def test_an_officer_sees_the_own_company_only(two_companies: Cast, enter: Enter) -> None:
    browser = enter(two_companies.sao_bac.people["hanh"])
    for address in ("/compliance", "/compliance?view=table", "/compliance/figures.csv"):
        page = browser.get(address).text
        assert "Điện tử Sao Bắc" in page
        assert "Minh Trí" not in page


def test_a_team_member_may_not_look(two_companies: Cast, enter: Enter) -> None:
    browser = enter(two_companies.sao_bac.people["nhung"])
    for address in ("/compliance", "/compliance/figures.csv", "/compliance/figures.xlsx"):
        assert browser.get(address).status_code == 403


def test_nobody_is_named_and_no_health_figure_is_told(two_companies: Cast, enter: Enter) -> None:
    browser = enter(two_companies.people["lam"])
    text = browser.get("/compliance").text + browser.get("/compliance/figures.csv").text
    for person in two_companies.sao_bac.people.values():
        assert person.name not in text
    assert "Nguy cơ" not in text
    assert "Theo dõi" not in text


def test_a_shift_that_has_not_begun_does_not_lower_the_day(
    two_companies: Cast, enter: Enter, node: Node
) -> None:
    page = enter(two_companies.sao_bac.people["hanh"]).get("/compliance").text
    assert "100,0" in page
    assert "33,3" not in page


def test_before_the_first_shift_the_day_is_neither_silent_nor_zero(
    two_companies: Cast, enter: Enter, clock: SetClock
) -> None:
    clock.at = TEN - timedelta(hours=5)
    page = enter(two_companies.sao_bac.people["hanh"]).get("/compliance").text
    assert "chưa vào ca" in page
    assert "Không có dữ liệu" not in page


def test_a_holiday_is_a_day_off_and_a_day_without_a_plan_is_no_data(
    two_companies: Cast, session: Any, write: Write, node: Node
) -> None:
    sunday = TUESDAY - timedelta(days=3)
    write(lambda s: add_holiday(s, two_companies.park_id, sunday, "Nghỉ", actor=STORY, now=TEN))
    companies = [session.get_one(Branch, two_companies.sao_bac.id)]
    span = Period(sunday - timedelta(days=1), TUESDAY).days
    settings = node.app.config["SETTINGS"]
    (found,) = get_compliance(session, companies, span, settings=settings, now=TEN).companies
    assert [day.off for day in found.days] == [False, True, False, False, False]
    assert [day.is_silent for day in found.days] == [True, False, True, False, False]


def test_the_csv_holds_every_shift_and_no_formula(
    two_companies: Cast, enter: Enter, write: Write
) -> None:
    write(
        lambda s: s.execute(
            update(Branch).where(Branch.id == two_companies.sao_bac.id).values(name="=1+1")
        )
    )
    answer = enter(two_companies.people["lam"]).get("/compliance/figures.csv")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[1:]
    assert {row[0] for row in rows} == {"'=1+1", "Điện tử Minh Trí"}
    last = next(row for row in rows if row[1] == "SAOBAC" and row[2] == "2026-11-24")
    assert last[3:] == ["Ca 1", "40", "40", "30", "0", "0", "0", "1.0000"]
    assert not [row for row in rows if row[3] == "Ca 2"]


def test_the_workbook_holds_the_same_as_text_and_numbers(two_companies: Cast, enter: Enter) -> None:
    answer = enter(two_companies.people["lam"]).get("/compliance/figures.xlsx?days=7")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    grid = book.get_sheet_by_index(1).to_python()
    assert grid[0][-1] == TUESDAY
    by_name = {row[0]: row[1:] for row in grid[1:]}
    assert by_name["Điện tử Sao Bắc"][-1] == 1.0
    assert by_name["Điện tử Minh Trí"][-1] == "không có dữ liệu"
    assert by_name["Điện tử Minh Trí"][-3] == 0.9


@pytest.mark.parametrize("query", ["?days=0", "?days=99999", "?days=x", "?sort=-name", "?to=today"])
def test_odd_addresses_still_show_a_page(two_companies: Cast, enter: Enter, query: str) -> None:
    assert enter(two_companies.people["lam"]).get(f"/compliance{query}").status_code == 200


def test_a_day_that_is_none_is_refused(two_companies: Cast, enter: Enter) -> None:
    assert enter(two_companies.people["lam"]).get("/compliance?to=soon").status_code == 422


def test_a_park_without_companies_says_what_to_do(cast: Cast, enter: Enter, write: Write) -> None:
    closed = update(Branch).where(Branch.kind == "company").values(closed_on=date(2026, 1, 1))
    write(lambda s: s.execute(closed))
    assert "Chưa có doanh nghiệp nào" in enter(cast.people["lam"]).get("/compliance").text


def test_the_heat_map_tells_the_newest_complete_score_of_each_company_and_who_has_none(
    two_companies: Cast, enter: Enter, write: Write
) -> None:
    officer = Actor(two_companies.sao_bac.people["hanh"].id, "Hạnh")
    shown = next(each for each in list_built_in_sets() if each.id == "qd1203_hcmc")

    def assess(session: Any) -> None:
        place = session.get_one(Branch, two_companies.sao_bac.id)
        for points, on in ((2, date(2026, 10, 1)), (6, TUESDAY), (None, TUESDAY)):
            id_ = begin_assessment(
                session,
                place,
                SetShown(shown, "built_in"),
                on,
                today=TUESDAY,
                actor=officer,
                now=TEN,
            )
            if points is not None:
                answers = {each.id: Kept(_near(each, points)) for each in shown.components}
                save_assessment(session, id_, 0, answers, {}, "", actor=officer, now=TEN)

    page = enter(two_companies.people["lam"]).get("/compliance").text
    assert "Chưa doanh nghiệp nào được chấm điểm." in page
    write(assess)
    page = enter(two_companies.people["lam"]).get("/compliance").text
    row = page[page.index("Điện tử Sao Bắc</a>") :].split("</tr>")[0]
    rank = shown.rank(shown.band_at(_pct(shown)))
    assert ("Rất thấp", "Thấp", "Trung bình", "Cao", "Rất cao")[rank] in row
    other = page[page.index("Điện tử Minh Trí</a>") :].split("</tr>")[0]
    assert "chưa chấm" in other
    assert "1 doanh nghiệp chưa chấm" in page


def _near(component: Component, points: int) -> Answer:
    if not component.is_chosen:
        return awarded(component, Fraction(points), Fraction(10))
    places = range(len(component.options))
    near = min(places, key=lambda place: abs((component.options[place].points or 0) - points))
    return chosen(component, near)


def _pct(index_set: IndexSet) -> Fraction:
    points = sum((_near(each, 6).points for each in index_set.components), Fraction(0))
    return 100 * points / index_set.max_points

"""The weekly digest: once a week and person, of what changed, and only to whoever wants it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from app.accounts.models import Account
from app.checkins.actions.counting import add_counts
from app.checkins.models import ShiftCount
from app.checkins.rules import Counts
from app.dashboards.jobs import make_digests
from app.dashboards.models import WeeklyDigest
from tests.conftest import SetClock
from tests.factories.people import Cast, Person

Enter = Callable[[Person], FlaskClient]
Csrf = Callable[[FlaskClient, str], dict[str, str]]
Write = Callable[[Callable[[Any], Any]], Any]
LAST_WEEK = date(2026, 11, 16)
MONDAY_SEVEN = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 07:00 in the park


@pytest.fixture
def two_weeks(cast: Cast, clock: SetClock, write: Write) -> Cast:
    """Sao Bắc fell from 90 % to 60 %; Minh Trí stayed as it was."""
    clock.at = MONDAY_SEVEN

    def work(session: Any) -> None:
        session.execute(delete(ShiftCount))
        for days, share in ((14, 18), (7, 12)):
            for company, answered in ((cast.sao_bac, share), (cast.minh_tri, 19)):
                for day in range(7):
                    add_counts(
                        session,
                        {company.id: Counts(expected=20, answered=answered, green=answered)},
                        company_id=company.id,
                        shift_on=date(2026, 11, 23) - timedelta(days=days - day),
                        shift="ca1",
                        now=MONDAY_SEVEN - timedelta(days=days - day),
                    )

    write(work)
    return cast


def digests(session: Any) -> list[WeeklyDigest]:
    return list(session.scalars(select(WeeklyDigest)))


def test_the_park_manager_gets_it_on_monday_morning_and_never_twice(
    two_weeks: Cast, in_app: Any, session: Any, clock: SetClock
) -> None:
    clock.at = MONDAY_SEVEN - timedelta(minutes=1)
    assert make_digests() == 1  # the week before is still the last one that is over
    clock.at = MONDAY_SEVEN
    assert make_digests() == 1
    clock.at = MONDAY_SEVEN + timedelta(days=6)
    assert make_digests() == 0
    assert {(row.account_id, row.week_on) for row in digests(session)} == {
        (two_weeks.people["lam"].id, LAST_WEEK),
    } | {(row.account_id, row.week_on) for row in digests(session) if row.week_on < LAST_WEEK}


def test_it_tells_what_changed_and_leaves_out_what_did_not(
    two_weeks: Cast, in_app: Any, session: Any
) -> None:
    make_digests()
    (row,) = digests(session)
    assert row.body["share"] == pytest.approx((12 + 19) / 40)
    assert row.body["before"] == pytest.approx((18 + 19) / 40)
    (change,) = row.body["changes"]
    assert (change["code"], change["share"], change["before"]) == ("SAOBAC", 0.6, 0.9)
    assert {reason["why"] for reason in change["reasons"]} >= {"low_days", "worse"}


def test_whoever_wants_none_gets_none_until_they_want_it_again(
    two_weeks: Cast, in_app: Any, session: Any, enter: Enter, csrf: Csrf
) -> None:
    browser = enter(two_weeks.people["lam"])
    token = csrf(browser, "/compliance/digest")
    assert (
        browser.post("/compliance/digest/choice", data={**token, "wanted": "0"}).status_code == 302
    )
    assert make_digests() == 0
    browser.post("/compliance/digest/choice", data={**token, "wanted": "1"})
    session.rollback()  # a job reads anew each time
    assert make_digests() == 1


def test_a_choice_that_is_none_and_a_week_that_is_none_are_refused(
    two_weeks: Cast, enter: Enter, csrf: Csrf
) -> None:
    browser = enter(two_weeks.people["lam"])
    token = csrf(browser, "/compliance/digest")
    for address, field in (("choice", "wanted"), ("read", "week")):
        answer = browser.post(f"/compliance/digest/{address}", data={**token, field: "soon"})
        assert answer.status_code == 422


def test_an_account_that_is_closed_gets_none(two_weeks: Cast, in_app: Any, write: Write) -> None:
    person = two_weeks.people["lam"]
    write(lambda s: s.execute(update(Account).where(Account.id == person.id).values(active=False)))
    assert make_digests() == 0


def test_it_stands_on_the_page_until_it_is_read(
    two_weeks: Cast, in_app: Any, enter: Enter, csrf: Csrf
) -> None:
    make_digests()
    browser = enter(two_weeks.people["lam"])
    page = browser.get("/compliance").text
    assert "Xem bản tin" in page
    assert "77,5" in page
    shown = browser.get("/compliance/digest").text
    assert "Điện tử Sao Bắc" in shown
    assert "Giảm 30 điểm" in shown
    assert "Điện tử Minh Trí" not in shown
    token = csrf(browser, "/compliance/digest")
    browser.post("/compliance/digest/read", data={**token, "week": LAST_WEEK.isoformat()})
    assert "Xem bản tin" not in browser.get("/compliance").text


def test_an_officer_gets_none(two_weeks: Cast, in_app: Any, enter: Enter) -> None:
    make_digests()
    browser = enter(two_weeks.sao_bac.people["hanh"])
    assert "Bản tin tuần" not in browser.get("/compliance").text
    assert browser.get("/compliance/digest").status_code == 403

"""Pages of what is to change: on the record, in the list, for many at once; refusals in words."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.workforce.models import PlannedChange, Worker
from tests.factories.browser import Browser
from tests.factories.people import Cast

COMING = "2026-12-01"
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def officer(browser: Browser, cast: Cast) -> Browser:
    browser.sign_in(cast.sao_bac.people["hanh"])
    return browser


@pytest.fixture
def hoa(cast: Cast) -> str:
    return cast.sao_bac.people["hoa"].id


def plans(session: scoped_session[Session]) -> list[tuple[str, date, str]]:
    session.rollback()
    rows = session.execute(
        select(PlannedChange.kind, PlannedChange.from_on, PlannedChange.outcome).order_by(
            PlannedChange.from_on, PlannedChange.worker_id
        )
    )
    return [(row.kind, row.from_on, row.outcome) for row in rows]


def chosen(officer: Browser, *worker_ids: str, **values: str) -> dict[str, Any]:
    officer.open("/workers/change?" + "&".join(f"worker={each}" for each in worker_ids))
    token = officer.form("/workers/change").values["csrf_token"]
    return {"csrf_token": token, "worker": list(worker_ids), **values}


def test_a_coming_move_and_end_are_on_the_record_and_in_the_list_until_withdrawn(
    officer: Browser, hoa: str, cast: Cast, session: scoped_session[Session]
) -> None:
    officer.open(f"/workers/{hoa}")
    line7 = str(cast.sao_bac.lines["Chuyền 7"])
    page = officer.send("/move", move__unit=line7, move__on=COMING)
    assert "Sẽ chuyển sang Chuyền 7 từ ngày 01/12/2026" in page.text
    page = officer.send("/end-work", end__last_on="2026-12-31")
    assert "Nghỉ việc, ngày làm cuối 31/12/2026." in page.text
    assert session.get_one(Worker, hoa).left_on is None
    page = officer.open("/workers/planned")
    assert page.text.count("Nguyễn Thị Hoa</a>") == 2
    assert "Không có thay đổi nào loại này" in officer.open("/workers/planned?kind=join").text
    officer.open("/workers/planned?kind=leave")
    page = officer.send("/withdraw")
    assert "Đã bỏ, không còn gì thay đổi" in page.text
    assert plans(session) == [
        ("move", date(2026, 12, 1), ""),
        ("leave", date(2027, 1, 1), "withdrawn"),
    ]


def test_a_clash_is_told_at_the_form_and_a_second_withdrawal_is_refused(
    officer: Browser, hoa: str, session: scoped_session[Session]
) -> None:
    officer.open(f"/workers/{hoa}")
    officer.send("/end-work", end__last_on="2026-12-31")
    page = officer.send("/end-work", end__last_on="2026-12-15")
    assert page.status_code == 409
    assert "Đã có thay đổi khác được ghi trước cho ngày 31/12/2026" in page.text
    form = officer.form("/withdraw")
    assert officer.post(form.action, form.values).status_code == 302
    assert officer.post(form.action, form.values).status_code == 409


@pytest.mark.parametrize(
    ("part", "field", "on", "told"),
    [
        ("end-work", "end-last_on", "2027-11-26", "Chỉ ghi trước được một năm"),
        ("end-work", "end-last_on", "2025-11-20", "Chỉ ghi lùi được một năm"),
        ("end-work", "end-last_on", "", "Chọn một ngày"),
        ("move", "move-on", "2027-11-26", "Chỉ ghi trước được một năm"),
    ],
)
def test_a_day_out_of_reach_is_told_and_changes_nothing(
    officer: Browser,
    hoa: str,
    session: scoped_session[Session],
    part: str,
    field: str,
    on: str,
    told: str,
) -> None:
    officer.open(f"/workers/{hoa}")
    page = officer.send(f"/{part}", **{field.replace("-", "__"): on})
    assert page.status_code == 422
    assert told in page.text
    assert plans(session) == []


def test_somebody_who_left_is_taken_back_on_a_coming_day(
    officer: Browser, hoa: str, session: scoped_session[Session]
) -> None:
    officer.open(f"/workers/{hoa}")
    officer.send("/end-work", end__last_on="2026-11-24")
    page = officer.send("/take-back", back__on="2026-11-23")
    assert "Chọn hôm nay hoặc ngày tới" in page.text
    page = officer.send("/take-back", back__on=COMING)
    assert "Nhận lại vào làm từ ngày 01/12/2026." in page.text
    assert plans(session) == [("return", date(2026, 12, 1), "")]


def test_a_first_day_still_to_come_is_in_the_list_with_a_way_to_change_it(
    officer: Browser, hoa: str
) -> None:
    officer.open(f"/workers/{hoa}/edit")
    page = officer.send("/edit", joined_on="2026-12-07")
    assert "Vào làm ngày 07/12/2026." in page.text
    page = officer.open("/workers/planned")
    assert f"/workers/{hoa}/edit" in page.text
    officer.open(f"/workers/{hoa}/edit")
    assert officer.send("/edit", joined_on="2028-01-01").status_code == 422


def test_many_people_leave_on_one_coming_day(
    officer: Browser, cast: Cast, session: scoped_session[Session]
) -> None:
    ids = [cast.sao_bac.people[name].id for name in ("hoa", "anh")]
    page = officer.open("/workers").text
    assert 'name="worker"' in page
    values = chosen(officer, *ids, kind="leave", **{"end-last_on": "2026-12-31"})
    answer = officer.post("/workers/change", values)
    assert answer.status_code == 302
    assert answer.location.endswith("/workers/planned")
    assert plans(session) == [("leave", date(2027, 1, 1), "")] * 2


def test_of_many_who_move_those_who_cannot_are_told_by_name_and_the_others_move(
    officer: Browser, cast: Cast, session: scoped_session[Session]
) -> None:
    line7 = cast.sao_bac.lines["Chuyền 7"]
    ids = [cast.sao_bac.people[name].id for name in ("hoa", "men")]
    values = chosen(officer, *ids, kind="move")
    values |= {"move-unit": str(line7), "move-on": "2026-11-24"}
    page = officer.post("/workers/change", values)
    assert page.status_code == 409
    assert "Đã ghi cho 1 người" in page.text
    assert "Người này đang ở đúng đơn vị đó." in page.text
    assert "Nguyễn Thị Hoa" not in page.text
    session.rollback()
    assert session.get_one(Worker, ids[0]).branch_id == line7


def test_nobody_of_another_company_and_no_unit_of_one_is_taken(
    officer: Browser, cast: Cast, hoa: str, session: scoped_session[Session]
) -> None:
    binh = cast.minh_tri.people["binh"].id
    assert "Chưa chọn ai" in officer.open(f"/workers/change?worker={binh}").text
    values = chosen(officer, hoa, kind="leave", **{"end-last_on": COMING})
    assert officer.post("/workers/change", {**values, "worker": [binh]}).status_code == 422
    values = chosen(officer, hoa, kind="move")
    values |= {"move-unit": str(cast.minh_tri.lines["Chuyền 1"]), "move-on": COMING}
    assert officer.post("/workers/change", values).status_code == 422
    assert plans(session) == []


def test_a_team_member_sees_what_changes_on_the_own_line_and_takes_nothing_back(
    officer: Browser, other_browser: Browser, cast: Cast, hoa: str
) -> None:
    men = cast.sao_bac.people["men"].id
    for each in (hoa, men):
        officer.open(f"/workers/{each}")
        officer.send("/end-work", end__last_on="2026-12-31")
    other_browser.sign_in(cast.sao_bac.people["nhung"])
    page = other_browser.open("/workers/planned").text
    assert "Nguyễn Thị Hoa" in page
    assert "Giáp Thị Mến" not in page
    assert "/withdraw" not in page
    assert other_browser.open("/workers/change").status_code == 403


def test_a_forged_withdrawal_is_refused(officer: Browser, hoa: str) -> None:
    assert officer.post_forged(f"/workers/{hoa}/planned/x/withdraw").status_code == 400

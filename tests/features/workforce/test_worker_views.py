"""Pages of workers, PIN slips and timetables, as an officer and a team member use them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import get_branch
from app.accounts.queries.signing_in import find_by_badge
from app.audit.models import AuditEntry
from app.extensions import is_secret
from app.workforce.actions.people import Particulars, add_worker
from app.workforce.models import Leave, Worker
from app.workforce.queries.schedules import get_hours
from app.workforce.queries.timetables import find_pattern_of, list_named_holidays, list_patterns
from app.workforce.queries.units import list_units
from app.workforce.queries.workers import list_groups_of
from app.workforce.rules.shifts import ShiftCode
from app.workforce.views.slips import fitting_pin
from tests.conftest import SetClock
from tests.factories.browser import Browser
from tests.factories.people import PIN, STORY, Cast, make_worker

TODAY, TOMORROW = "2026-11-24", "2026-11-25"
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def officer(browser: Browser, cast: Cast) -> Browser:
    """The browser of the officer of Sao Bắc."""
    browser.sign_in(cast.sao_bac.people["hanh"])
    return browser


@pytest.fixture
def team_member(browser: Browser, cast: Cast) -> Browser:
    """The browser of the team member of line 3."""
    browser.sign_in(cast.sao_bac.people["nhung"])
    return browser


def acts(session: Session, subject_id: str) -> list[str]:
    session.rollback()
    return list(
        session.scalars(
            select(AuditEntry.act)
            .where(AuditEntry.subject_id == subject_id)
            .order_by(AuditEntry.at, AuditEntry.id)
        )
    )


def pins_on(page: str) -> dict[str, str]:
    """PINs by badge as the slips show them."""
    found = re.findall(
        r'<dd class="num">([A-Z]{2}-\d+)</dd>.*?slip-pin">(\d{3})&nbsp;(\d{3})', page, re.DOTALL
    )
    return {badge: first + last for badge, first, last in found}


# The list


def test_an_officer_sees_the_whole_company_and_a_team_member_the_own_line(
    officer: Browser, other_browser: Browser, cast: Cast
) -> None:
    page = officer.open("/workers").text
    assert all(person.name in page for person in cast.sao_bac.people.values() if person.badge)
    assert "Trần Văn Bình" not in page
    assert "Thêm người" in page
    other_browser.sign_in(cast.sao_bac.people["nhung"])
    page = other_browser.open("/workers").text
    assert "Nguyễn Thị Hoa" in page
    assert "Giáp Thị Mến" not in page
    assert "Thêm người" not in page


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ("q=hoa+nguyen", "Nguyễn Thị Hoa", "Giáp Thị Mến"),
        ("q=sb20733", "Giáp Thị Mến", "Nguyễn Thị Hoa"),
        ("q=0900+000+118", "Nguyễn Thị Hoa", "Giáp Thị Mến"),
        ("pin=own", "Nguyễn Thị Hoa", "Không có ai khớp"),
        ("pin=none", "Không có ai khớp", "Nguyễn Thị Hoa"),
        ("left=1", "Không có ai khớp", "Nguyễn Thị Hoa"),
    ],
)
def test_people_are_found_by_name_badge_phone_and_state(
    officer: Browser, query: str, found: str, not_found: str
) -> None:
    page = officer.open(f"/workers?{query}").text
    assert found in page
    assert not_found not in page


def test_a_unit_narrows_the_list_to_itself_and_what_is_below(officer: Browser, cast: Cast) -> None:
    page = officer.open(f"/workers?unit={cast.sao_bac.lines['Chuyền 7']}").text
    assert "Giáp Thị Mến" in page
    assert "Nguyễn Thị Hoa" not in page
    foreign = officer.open(f"/workers?unit={cast.minh_tri.lines['Chuyền 1']}").text
    assert "Trần Văn Bình" not in foreign


def test_the_order_can_be_turned_round(officer: Browser) -> None:
    page = officer.open("/workers?sort=-name").text
    assert page.index("Vũ Thị Nhung") < page.index("Giáp Thị Mến")
    page = officer.open("/workers?sort=badge").text
    assert page.index("SB-20001") < page.index("SB-20417") < page.index("SB-20733")


# One record


def test_a_record_says_what_is_expected_of_the_next_days_and_why_not(
    officer: Browser, cast: Cast
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    officer.open(f"/workers/{hoa}")
    officer.send("/leave", leave__from_on=TOMORROW, leave__to_on=TOMORROW, leave__reason="Về quê")
    page = officer.page.text if officer.page else ""
    assert "Hoàn tác" in page
    assert page.count("Nghỉ phép</span>") == 1
    assert 'href="tel:0900000118"' in page


def test_a_leave_is_undone_by_the_button_beside_the_message(
    officer: Browser, cast: Cast, session: Session
) -> None:
    officer.open(f"/workers/{cast.sao_bac.people['hoa'].id}")
    officer.send("/leave", leave__from_on=TOMORROW, leave__to_on=TOMORROW)
    officer.send("/cancel")
    session.rollback()
    assert session.scalars(select(Leave.cancelled_at)).one() is not None
    assert "Hoàn tác" not in (officer.page.text if officer.page else "")


@pytest.mark.parametrize(
    ("from_on", "to_on", "told"),
    [
        ("2026-11-26", "2026-11-25", "Ngày cuối trước ngày đầu"),
        ("2026-11-25", "2028-11-25", "Dài quá 400 ngày"),
        ("", "", "Chọn một ngày"),
        ("32/13/2026", "2026-11-25", "Chưa đúng ngày"),
    ],
)
def test_a_leave_that_cannot_be_is_refused_at_its_field(
    officer: Browser, cast: Cast, from_on: str, to_on: str, told: str
) -> None:
    officer.open(f"/workers/{cast.sao_bac.people['hoa'].id}")
    page = officer.send("/leave", leave__from_on=from_on, leave__to_on=to_on)
    assert page.status_code == 422
    assert told in page.text


def test_an_id_number_is_masked_until_asked_for_and_every_look_is_kept(
    officer: Browser, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    officer.open(f"/workers/{hoa}/edit")
    officer.send("/edit", id_number="024095001234")
    assert "024095001234" not in officer.open(f"/workers/{hoa}").text
    assert "024095001234" in officer.send("/id-number").text
    assert acts(session, hoa).count("workforce.id_number_shown") == 1


def test_looking_at_particulars_is_no_look_at_health_and_the_health_tab_is(
    officer: Browser, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    officer.open(f"/workers/{hoa}")
    assert "health.viewed" not in acts(session, hoa)
    assert officer.open(f"/workers/{hoa}/health").status_code == 200
    assert acts(session, hoa).count("health.viewed") == 1
    assert "Nguyễn Thị Hạnh" in officer.open(f"/workers/{hoa}/health").text.split("Ai đã xem")[1]


def test_a_team_member_reads_the_own_line_and_changes_nothing(
    team_member: Browser, cast: Cast
) -> None:
    hoa, men = cast.sao_bac.people["hoa"].id, cast.sao_bac.people["men"].id
    page = team_member.open(f"/workers/{hoa}")
    assert page.status_code == 200
    for word in ("Sửa hồ sơ", "Thêm ngày nghỉ", "Đặt lại mã PIN", "Ghi nghỉ việc", "Xem cả số"):
        assert word not in page.text
    assert team_member.open(f"/workers/{hoa}/health").status_code == 200
    assert team_member.open(f"/workers/{men}").status_code == 404
    assert team_member.open(f"/workers/{men}/health").status_code == 404
    team_member.open("/my-account")
    token = team_member.form("/my-account/pin").values["csrf_token"]
    for address in (f"/workers/{hoa}/leave", f"/workers/{hoa}/end-work", "/workers/pins"):
        assert team_member.post(address, {"csrf_token": token}).status_code in {403, 404}


def test_another_companys_worker_does_not_exist(officer: Browser, cast: Cast) -> None:
    binh = cast.minh_tri.people["binh"].id
    officer.open("/workers/new")
    token = officer.form("/new").values["csrf_token"]
    for part in ("", "/health", "/edit"):
        assert officer.open(f"/workers/{binh}{part}").status_code == 404
    for part in ("leave", "move", "end-work", "take-back", "id-number", "pattern"):
        sent = officer.post(f"/workers/{binh}/{part}", {"csrf_token": token})
        assert sent.status_code == 404
    slip = {"csrf_token": token, "worker": binh, "as_of": "2026-11-24T00:00:00+00:00"}
    assert officer.post("/workers/pins", slip).status_code == 404


def test_the_admin_and_the_park_manager_do_not_see_workers(browser: Browser, cast: Cast) -> None:
    for name in ("an", "lam"):
        browser.sign_in(cast.people[name])
        assert browser.open("/workers").status_code == 403
        assert browser.open("/settings/schedule").status_code == 403
        browser.open("/my-account")
        browser.send("/sign-out")


def test_a_move_takes_the_group_of_the_line_along(
    officer: Browser, cast: Cast, session: Session, clock: SetClock
) -> None:
    hoa, line7 = cast.sao_bac.people["hoa"].id, cast.sao_bac.lines["Chuyền 7"]
    officer.open(f"/workers/{hoa}")
    page = officer.send("/move", move__unit=str(line7), move__on=TODAY)
    assert "Đã chuyển sang Chuyền 7" in page.text
    session.rollback()
    assert session.get_one(Worker, hoa).branch_id == line7
    groups = list_groups_of(session, hoa, clock.at.date() + timedelta(days=1))
    assert [group.name for group in groups] == ["Chuyền 7"]


@pytest.mark.parametrize("on", ["2027-11-26", "2026-10-23", "2026-09-01"])
def test_a_move_is_written_for_a_month_back_to_a_year_ahead(
    officer: Browser, cast: Cast, on: str
) -> None:
    officer.open(f"/workers/{cast.sao_bac.people['hoa'].id}")
    unit = str(cast.sao_bac.lines["Chuyền 7"])
    assert officer.send("/move", move__unit=unit, move__on=on).status_code == 422


def test_nobody_is_moved_into_another_company(officer: Browser, cast: Cast) -> None:
    officer.open(f"/workers/{cast.sao_bac.people['hoa'].id}")
    unit = str(cast.minh_tri.lines["Chuyền 1"])
    assert officer.send("/move", move__unit=unit, move__on=TODAY).status_code == 422


def test_whoever_left_cannot_sign_in_until_taken_back(
    officer: Browser, cast: Cast, other_browser: Browser
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    officer.open(f"/workers/{hoa.id}")
    page = officer.send("/end-work", end__last_on=TODAY)
    assert "Đã nghỉ việc, ngày làm cuối" in page.text
    assert other_browser.sign_in(hoa).status_code == 401
    assert "Nguyễn Thị Hoa" in officer.open("/workers?left=1").text
    officer.open(f"/workers/{hoa.id}")
    officer.send("/take-back")
    assert other_browser.sign_in(hoa).status_code == 200


def test_a_lost_phone_is_signed_out_from_the_record(officer: Browser, cast: Cast) -> None:
    hoa = cast.sao_bac.people["hoa"]
    officer.open(f"/workers/{hoa.id}")
    officer.send("/revoke")
    assert officer.call("/api/v1/me", hoa.headers).status_code == 401


# By hand


def test_somebody_added_by_hand_is_cleaned_placed_and_expected(
    officer: Browser, cast: Cast, session: Session, clock: SetClock
) -> None:
    session.rollback()
    pattern = list_patterns(session, cast.sao_bac.id, clock.at.date())[0]
    officer.open("/workers/new")
    page = officer.send(
        "/new",
        name="  NGUYỄN  VĂN   TÁM ",
        badge="SB-30001",
        unit=str(cast.sao_bac.lines["Chuyền 3"]),
        pattern=pattern.id,
        phone="01690 000 118",
        id_number="024 095 001 234",
        born_on="12/04/1995",
    )
    assert page.status_code == 200
    assert "Nguyễn Văn Tám" in page.text
    assert "0390 000 118" in page.text
    session.rollback()
    worker = session.scalars(select(Worker).where(Worker.badge == "SB-30001")).one()
    assert (worker.id_number, worker.birth_year) == ("024095001234", 1995)
    today = clock.at.date() + timedelta(days=1)  # the park is a day ahead of UTC by now
    assert find_pattern_of(session, worker.id, today) is not None
    assert [group.name for group in list_groups_of(session, worker.id, today)] == ["Chuyền 3"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"badge": "sb20417"}, "đã có người dùng"),
        ({"name": "Hoa 2"}, "Tên không có chữ số"),
        ({"phone": "12345"}, "Cần đủ 10 chữ số"),
        ({"id_number": "12"}, "Cần 9 hoặc 12 chữ số"),
        ({"born_on": "2025-01-01"}, "Xem lại năm sinh"),
        ({"unit": "0"}, "Chọn một đơn vị"),
        ({"unit": "1"}, "Chọn một mục trong danh sách"),
    ],
)
def test_particulars_that_cannot_be_are_refused_and_what_was_typed_stays(
    officer: Browser, cast: Cast, changed: dict[str, str], told: str
) -> None:
    officer.open("/workers/new")
    typed = {
        "name": "Lê Văn Chín",
        "badge": "SB-30002",
        "unit": str(cast.sao_bac.lines["Chuyền 3"]),
        "position": "Thợ điện",
    }
    page = officer.send("/new", **(typed | changed))
    assert page.status_code in {409, 422}
    assert told in page.text
    assert "Thợ điện" in page.text


def test_a_changed_badge_signs_in_and_the_old_one_does_not(
    officer: Browser, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    officer.open(f"/workers/{hoa.id}/edit")
    officer.send("/edit", badge="SB-99999")
    session.rollback()
    assert find_by_badge(session, cast.sao_bac.id, "SB-20417") is None
    found = find_by_badge(session, cast.sao_bac.id, "sb 99999")
    assert found is not None
    assert found.account_id == hoa.id


def test_a_changed_badge_may_not_be_somebody_elses(officer: Browser, cast: Cast) -> None:
    officer.open(f"/workers/{cast.sao_bac.people['hoa'].id}/edit")
    page = officer.send("/edit", badge="SB-20418")
    assert page.status_code == 409
    assert "đã có người dùng" in page.text


# PIN slips


@pytest.fixture
def newcomers(write: Write, cast: Cast, clock: SetClock) -> list[str]:
    """Eleven people of line 7 without a PIN; their badges."""

    def work(s: Session) -> list[str]:
        unit = next(u for u in list_units(s, [cast.sao_bac.path]) if u.name == "Chuyền 7")
        badges = [f"SB-4{number:04}" for number in range(11)]
        for badge in badges:
            line = get_branch(s, unit.id)
            make_worker(s, line, badge, f"Người Mới {badge[-2:]}", clock.at, pin=None)
        return badges

    return write(work)


def test_slips_are_for_whoever_has_no_pin_and_open_the_door_once_printed(
    officer: Browser, cast: Cast, newcomers: list[str], session: Session
) -> None:
    officer.open("/workers/pins")
    page = officer.send("/pins", unit=str(cast.sao_bac.lines["Chuyền 7"]))
    pins = pins_on(page.text)
    assert sorted(pins) == newcomers
    assert page.text.count('<section class="paper"') == 2
    assert page.headers["Cache-Control"] == "no-store"
    session.rollback()
    for badge, pin in pins.items():
        subject = find_by_badge(session, cast.sao_bac.id, badge)
        assert subject is not None
        assert is_secret(pin, subject.secret_hash)
        assert subject.must_change


def test_a_reload_of_the_slips_issues_nothing_again(
    officer: Browser, cast: Cast, newcomers: list[str], session: Session, clock: SetClock
) -> None:
    officer.open("/workers/pins")
    form = officer.form("/pins")
    values = form.values | {"unit": str(cast.sao_bac.lines["Chuyền 7"])}
    clock.move(seconds=5)
    pins = pins_on(officer.post("/workers/pins", values).text)
    clock.move(seconds=5)
    again = officer.post("/workers/pins", values)
    assert again.status_code == 409
    assert "vừa được cấp" in again.text
    session.rollback()
    for badge, pin in pins.items():
        subject = find_by_badge(session, cast.sao_bac.id, badge)
        assert subject is not None
        assert is_secret(pin, subject.secret_hash)


def test_chosen_pins_stay_unless_everybody_is_asked_for(
    officer: Browser, cast: Cast, newcomers: list[str], session: Session, clock: SetClock
) -> None:
    line7 = str(cast.sao_bac.lines["Chuyền 7"])
    officer.open("/workers/pins")
    assert "SB-20733" not in pins_on(officer.send("/pins", unit=line7).text)
    clock.move(minutes=1)
    officer.open("/workers/pins")
    everybody = pins_on(officer.send("/pins", unit=line7, everybody="1").text)
    assert set(everybody) == {*newcomers, "SB-20733"}
    session.rollback()
    men = find_by_badge(session, cast.sao_bac.id, "SB-20733")
    assert men is not None
    assert not is_secret(PIN, men.secret_hash)


def test_slips_for_newcomers_only_leave_those_handed_out_alone(
    officer: Browser, cast: Cast, newcomers: list[str], write: Write, clock: SetClock
) -> None:
    line7 = cast.sao_bac.lines["Chuyền 7"]
    officer.open("/workers/pins")
    officer.send("/pins", unit=str(line7))

    def late(s: Session) -> None:
        person = Particulars("SB-50000", "Người Tới Sau")
        add_worker(s, get_branch(s, line7), person, actor=STORY, now=clock.at)

    write(late)
    clock.move(minutes=1)
    officer.open("/workers/pins")
    page = officer.send("/pins", unit=str(line7), only_new="1")
    assert list(pins_on(page.text)) == ["SB-50000"]


def test_one_worker_gets_one_slip_from_the_record(
    officer: Browser, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    officer.open(f"/workers/{hoa.id}")
    pins = pins_on(officer.send("/pins").text)
    assert list(pins) == ["SB-20417"]
    assert "accounts.pin_issued" in acts(session, hoa.id)


def test_a_slip_opens_a_door_that_wrong_tries_had_locked(
    officer: Browser, other_browser: Browser, cast: Cast
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    other_browser.open("/sign-in")
    typed = {"company": "SAOBAC", "badge": hoa.badge}
    for _ in range(6):
        locked = other_browser.send("/sign-in", **typed, pin="000000")
    assert locked.status_code == 429
    officer.open(f"/workers/{hoa.id}")
    pins = pins_on(officer.send("/pins").text)
    another_phone = Browser(officer.client.application.test_client())
    another_phone.open("/sign-in")
    assert another_phone.send("/sign-in", **typed, pin=pins[hoa.badge]).status_code == 200


def test_a_unit_of_another_company_gets_no_slips(officer: Browser, cast: Cast) -> None:
    officer.open("/workers/pins")
    foreign = str(cast.minh_tri.lines["Chuyền 1"])
    assert officer.send("/pins", unit=foreign).status_code == 404
    officer.open("/workers/pins")
    assert officer.send("/pins", unit="khong").status_code == 404


def test_issued_pins_are_never_ones_the_rules_refuse() -> None:
    for number in range(300):
        badge = f"SB-{number:06}"
        pin = fitting_pin(badge)
        assert len(set(pin)) > 2
        assert pin not in badge


# The timetable


def test_the_days_ahead_show_how_many_are_expected(officer: Browser) -> None:
    page = officer.open("/settings/schedule").text
    assert "14 ngày tới" in page
    assert re.search(r'hôm nay</span>.*?<td class="num\s*">4</td>', page, re.DOTALL)


def test_hours_change_from_their_day_on(
    officer: Browser, cast: Cast, session: Session, clock: SetClock
) -> None:
    officer.open("/settings/schedule/hours")
    page = officer.send("/hours", ca1__starts="07:00", ca1__ends="15:00", from_on=TOMORROW)
    assert "Đã lưu giờ ca" in page.text
    session.rollback()
    book = get_hours(session, cast.sao_bac.id)
    today = clock.at.date() + timedelta(days=1)  # the park is a day ahead of UTC by now
    assert book.at(ShiftCode.CA1, today).starts.hour == 6
    assert book.at(ShiftCode.CA1, today + timedelta(days=1)).starts.hour == 7
    assert "Không có giờ nào thay đổi" in officer.send("/hours", from_on=TOMORROW).text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"ca1__ends": "06:00"}, "Giờ vào và giờ ra giống nhau"),
        ({"ca1__ends": ""}, "Cần giờ vào và giờ ra"),
        ({"ca1__meal": "20:00"}, "Giờ ăn nằm ngoài ca"),
        ({"ca3__meal": "12:00"}, "Giờ ăn nằm ngoài ca"),
        ({"from_on": "2026-11-23"}, "Chọn hôm nay hoặc một ngày tới"),
    ],
)
def test_hours_that_cannot_be_are_refused(
    officer: Browser, changed: dict[str, str], told: str
) -> None:
    officer.open("/settings/schedule/hours")
    page = officer.send("/hours", **changed)
    assert page.status_code == 422
    assert told in page.text


def test_a_new_cycle_is_laid_out_saved_and_followed_by_a_unit(
    officer: Browser, cast: Cast, session: Session, clock: SetClock
) -> None:
    officer.open("/settings/schedule/patterns/new?start=three&days=21")
    page = officer.send("/new", name="Xoay ba ca", anchor_on="2026-11-23", day__21="ca3")
    assert "Đã lưu lịch Xoay ba ca" in page.text
    session.rollback()
    today = clock.at.date() + timedelta(days=1)
    rows = list_patterns(session, cast.sao_bac.id, today)
    made = next(row for row in rows if row.name == "Xoay ba ca")
    assert len(made.pattern.cycle) == 21
    assert made.pattern.cycle[20] is ShiftCode.CA3
    page = officer.send(
        "/assign",
        unit=str(cast.sao_bac.lines["Chuyền 3"]),
        pattern=made.id,
        from_on=TOMORROW,
    )
    assert "Đã xếp lịch cho 3 người" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    session.rollback()
    tomorrow = today + timedelta(days=1)
    assert list_patterns(session, cast.sao_bac.id, tomorrow)[1].followers == 3


def test_a_changed_cycle_keeps_its_followers(
    officer: Browser, cast: Cast, session: Session, clock: SetClock
) -> None:
    today = clock.at.date() + timedelta(days=1)
    row = list_patterns(session, cast.sao_bac.id, today)[0]
    officer.open(f"/settings/schedule/patterns/{row.id}")
    officer.send(f"/{row.id}", day__2="off")
    session.rollback()
    after = list_patterns(session, cast.sao_bac.id, today)[0]
    assert after.pattern.cycle[1] is None
    assert after.followers == row.followers


def test_two_patterns_with_one_name_are_refused_with_the_days_kept(officer: Browser) -> None:
    officer.open("/settings/schedule/patterns/new?days=3")
    page = officer.send("/new", name="Ca 1 cả tuần", day__3="night12")
    assert page.status_code == 409
    assert officer.form("/new").values["day-3"] == "night12"


def test_another_companys_pattern_and_timetable_do_not_exist(
    officer: Browser, cast: Cast, session: Session, clock: SetClock
) -> None:
    foreign = list_patterns(session, cast.minh_tri.id, clock.at.date())[0].id
    assert officer.open(f"/settings/schedule/patterns/{foreign}").status_code == 404
    for part in ("", "/hours", "/patterns", "/holidays"):
        asked = f"/settings/schedule{part}?company={cast.minh_tri.id}"
        assert officer.open(asked).status_code == 404


def test_a_holiday_is_added_once_and_taken_away(
    officer: Browser, cast: Cast, session: Session, clock: SetClock
) -> None:
    officer.open("/settings/schedule/holidays")
    officer.send("/holidays", on="2026-12-05", name="Kiểm kê")
    again = officer.send("/holidays", on="2026-12-05", name="Kiểm kê")
    assert again.status_code == 409
    assert "đã là ngày nghỉ" in again.text
    officer.send("/remove")
    session.rollback()
    assert not list_named_holidays(session, cast.sao_bac.id, clock.at.date())


@pytest.mark.parametrize(
    "address",
    [
        "/workers/new",
        "/workers/pins",
        "/workers/change",
        "/settings/schedule/hours",
        "/settings/schedule/holidays",
        "/settings/schedule/patterns/new",
        "/settings/schedule/patterns/assign",
    ],
)
def test_a_forged_post_is_refused(officer: Browser, address: str) -> None:
    assert officer.post_forged(address).status_code == 400


@pytest.mark.parametrize(
    "part", ["leave", "move", "end-work", "take-back", "pattern", "id-number", "edit"]
)
def test_a_forged_post_about_a_worker_is_refused(officer: Browser, cast: Cast, part: str) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    assert officer.post_forged(f"/workers/{hoa}/{part}").status_code == 400

"""Reminding by hand: counted before, once a person and shift, undone while it waits; calls."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import DeviceToken
from app.checkins.actions.counting import add_counts
from app.checkins.models import Duty
from app.checkins.rules import Counts
from app.delivery.jobs.rounds import send_due_deliveries
from app.delivery.models import Delivery, Message
from app.reminders.queries.nudging import count_reach, find_nudges
from app.reminders.queries.ran import count_reminders
from app.reminders.rules.nudging import Reach
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import SetClock
from tests.factories.people import Cast, Person
from tests.factories.reminders import inbox, statuses
from tests.features.dashboards.test_today import FEVER, answer, token_in

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Any], Any]], Any]
TODAY = date(2026, 11, 24)
SLOT = (TODAY, ShiftCode.CA1)
WELL = {"symptoms": [], "temperature_c": None, "exposures": {}}


def reach(session: Any, cast: Cast, clock: SetClock) -> Reach:
    session.rollback()
    nudges = find_nudges(session, cast.sao_bac.id, [SLOT])
    return count_reach(session, [cast.sao_bac.path], nudges, now=clock.at)


def press(browser: FlaskClient, address: str = "/today/nudge?shift=ca1") -> Any:
    token = token_in(browser.get("/today?shift=ca1").text)
    return browser.post(address, data={"csrf_token": token})


def undo_in(page: str) -> str:
    found = re.search(r'action="(/today/nudge/undo[^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


@pytest.fixture
def phoneless(write: Write, cast: Cast) -> Person:
    """Mến has never signed in on a phone."""
    men = cast.sao_bac.people["men"]
    write(
        lambda s: s.execute(DeviceToken.__table__.delete().where(DeviceToken.account_id == men.id))
    )
    return men


def test_the_button_says_how_many_and_that_many_get_it_once(
    cast: Cast, enter: Enter, phoneless: Person, session: Any, clock: SetClock, in_app: Flask
) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    page = browser.get("/today?shift=ca1").text
    assert "Nhắc ngay 3 người" in page
    assert "1 người chưa dùng ứng dụng" in page
    assert press(browser).status_code == 302
    people = cast.sao_bac.people
    told = {people[name].id: ["queued"] for name in ("hoa", "anh", "nhung")}
    assert statuses(session) == told
    assert reach(session, cast, clock) == Reach(4, 0, 3, 1)
    again = press(browser)
    assert again.status_code == 409
    assert statuses(session) == told
    clock.move(seconds=31)
    send_due_deliveries()
    assert statuses(session) == {person: ["sent"] for person in told}
    clock.move(hours=1)
    assert press(enter(people["nhung"])).status_code == 409


def test_what_arrives_says_who_asks_and_for_which_shift(
    cast: Cast, enter: Enter, clock: SetClock, client: FlaskClient, in_app: Flask
) -> None:
    press(enter(cast.sao_bac.people["hanh"]))
    hoa = cast.sao_bac.people["hoa"]
    assert inbox(client, hoa) == []
    clock.move(seconds=31)
    send_due_deliveries()
    (item,) = inbox(client, hoa)
    assert "Điện tử Sao Bắc" in item["text"]
    assert "ca 1" in item["text"]
    assert "{" not in item["text"]


def test_taken_back_while_it_waits_nobody_gets_it_and_it_can_be_sent_anew(
    cast: Cast, enter: Enter, session: Any, clock: SetClock, in_app: Flask
) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    press(browser)
    page = browser.get("/today?shift=ca1").text
    assert "Sẽ nhắc 4 người" in page
    token = token_in(page)
    assert browser.post(undo_in(page), data={"csrf_token": token}).status_code == 302
    assert "Không ai được nhắc" in browser.get("/today").text
    clock.move(seconds=31)
    send_due_deliveries()
    assert statuses(session) == {}
    assert reach(session, cast, clock) == Reach(4, 4, 0, 0)
    assert press(browser).status_code == 302
    clock.move(seconds=31)
    send_due_deliveries()
    assert [held[-1] for held in statuses(session).values()] == ["sent"] * 4


def test_taken_back_too_late_says_how_many_had_it(
    cast: Cast, enter: Enter, session: Any, clock: SetClock, in_app: Flask
) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    press(browser)
    page = browser.get("/today?shift=ca1").text
    clock.move(seconds=31)
    send_due_deliveries()
    browser.post(undo_in(page), data={"csrf_token": token_in(page)})
    assert "4 lời nhắc đã gửi" in browser.get("/today").text
    assert {each for held in statuses(session).values() for each in held} == {"sent"}


def test_nobody_takes_back_what_somebody_else_sent(
    cast: Cast, enter: Enter, session: Any, clock: SetClock
) -> None:
    press(enter(cast.sao_bac.people["hanh"]))
    session.rollback()
    message = session.scalars(select(Message.id)).one()
    for name, asked in (("nhung", message), ("hanh", "no-such-message")):
        browser = enter(cast.sao_bac.people[name])
        token = token_in(browser.get("/today").text)
        address = f"/today/nudge/undo?message={asked}&at={clock.at.isoformat().replace('+', '%2B')}"
        assert browser.post(address, data={"csrf_token": token}).status_code == 404
    assert {each for held in statuses(session).values() for each in held} == {"queued"}


def test_who_answers_before_it_goes_gets_nothing(
    cast: Cast, enter: Enter, session: Any, clock: SetClock, in_app: Flask, write: Write
) -> None:
    press(enter(cast.sao_bac.people["hanh"]))
    hoa = cast.sao_bac.people["hoa"]
    write(lambda s: answer(s, hoa.id, WELL, in_app, clock))
    clock.move(seconds=31)
    send_due_deliveries()
    assert statuses(session)[hoa.id] == ["skipped"]


def test_a_team_member_reminds_the_own_line_only(cast: Cast, enter: Enter, session: Any) -> None:
    browser = enter(cast.sao_bac.people["nhung"])
    assert "Nhắc ngay 3 người" in browser.get("/today?shift=ca1").text
    press(browser)
    assert cast.sao_bac.people["men"].id not in statuses(session)
    line7 = cast.sao_bac.lines["Chuyền 7"]
    assert press(browser, f"/today/nudge?shift=ca1&unit={line7}").status_code == 404


def test_one_line_is_reminded_by_itself(cast: Cast, enter: Enter, session: Any) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    line7 = cast.sao_bac.lines["Chuyền 7"]
    assert f"/today/calls?unit={line7}&amp;" in browser.get("/today?shift=ca1").text
    done = press(browser, f"/today/nudge?shift=ca1&unit={line7}")
    assert done.location.startswith("/today/calls?")
    assert set(statuses(session)) == {cast.sao_bac.people["men"].id}


def test_a_shift_that_has_ended_reminds_nobody(
    cast: Cast, enter: Enter, clock: SetClock, session: Any
) -> None:
    clock.move(hours=20)
    browser = enter(cast.sao_bac.people["hanh"])
    page = browser.get("/today?on=2026-11-24&shift=ca1").text
    assert "Nhắc ngay" not in page
    token = token_in(page)
    refused = browser.post("/today/nudge?on=2026-11-24&shift=ca1", data={"csrf_token": token})
    assert refused.status_code == 409
    assert statuses(session) == {}


def test_a_worker_in_two_shifts_is_one_person_who_is_reminded_of_each(
    cast: Cast, enter: Enter, session: Any, write: Write, clock: SetClock
) -> None:
    hoa = cast.sao_bac.people["hoa"]

    def add(session: Any) -> None:
        first = session.get_one(Duty, (hoa.id, TODAY, "ca1"))
        place = {"company_id": first.company_id, "branch_id": first.branch_id}
        session.add(Duty(worker_id=hoa.id, shift_on=TODAY, shift="ca2", state="expected", **place))
        units = dict.fromkeys(place.values(), Counts(expected=1))
        on = {"company_id": first.company_id, "shift_on": TODAY, "shift": "ca2"}
        add_counts(session, units, now=clock.at, **on)

    write(add)
    begun = clock.at
    clock.move(hours=9, minutes=20)
    later = enter(cast.sao_bac.people["hanh"]).get("/today?shift=day").text
    assert "Nhắc ngay 1 người" in later
    assert "4 người thuộc ca đã tan" in later
    clock.at = begun
    browser = enter(cast.sao_bac.people["hanh"])
    assert "Nhắc ngay 4 người" in browser.get("/today?shift=day").text
    press(browser, "/today/nudge?shift=day")
    assert "Sẽ nhắc 4 người" in browser.get("/today?shift=day").text
    session.rollback()
    keys = session.scalars(select(Delivery.answer_key).where(Delivery.person_id == hoa.id)).all()
    assert sorted(keys) == ["2026-11-24:ca1", "2026-11-24:ca2"]
    assert sum(len(held) for held in statuses(session).values()) == 5


def test_a_reminder_by_hand_counts_among_those_sent(
    cast: Cast, enter: Enter, session: Any, clock: SetClock, in_app: Flask
) -> None:
    press(enter(cast.sao_bac.people["hanh"]))
    clock.move(seconds=31)
    send_due_deliveries()
    session.rollback()
    assert count_reminders(session, cast.sao_bac.id, TODAY, "ca1") == (4, 0)
    assert count_reminders(session, cast.minh_tri.id, TODAY, "ca1") == (0, 0)


def test_taking_back_the_second_press_leaves_the_first(
    cast: Cast, enter: Enter, session: Any, clock: SetClock, in_app: Flask
) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    press(browser, f"/today/nudge?shift=ca1&unit={cast.sao_bac.lines['Chuyền 7']}")
    browser.get("/today?shift=ca1")  # the word of the first press is read
    clock.move(seconds=5)
    press(browser)
    page = browser.get("/today?shift=ca1").text
    browser.post(undo_in(page), data={"csrf_token": token_in(page)})
    assert statuses(session) == {cast.sao_bac.people["men"].id: ["queued"]}


@pytest.mark.parametrize("at", ["", "gestern", "2026-11-24T05:10:00"])
def test_what_is_taken_back_must_be_named(cast: Cast, enter: Enter, at: str) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    token = token_in(browser.get("/today").text)
    answer = browser.post(f"/today/nudge/undo?message=x&at={at}", data={"csrf_token": token})
    assert answer.status_code == 404


def test_the_call_list_has_who_is_ill_who_no_message_reaches_and_who_was_reminded_in_vain(
    cast: Cast,
    enter: Enter,
    phoneless: Person,
    write: Write,
    in_app: Flask,
    clock: SetClock,
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    write(lambda s: answer(s, hoa.id, FEVER, in_app, clock))
    browser = enter(cast.sao_bac.people["hanh"])
    ill = browser.get("/today/calls?shift=ca1").text
    assert 'href="tel:0900000118"' in ill
    assert "Giáp Thị Mến" not in ill
    unreached = browser.get("/today/calls?shift=ca1&list=unreachable").text
    assert "Giáp Thị Mến" in unreached
    assert "chưa dùng ứng dụng" in unreached
    assert "Nguyễn Thị Hoa" not in unreached
    press(browser)
    assert "lời nhắc đang chờ gửi" in browser.get("/today/calls?shift=ca1&list=told").text
    clock.move(seconds=31)
    send_due_deliveries()
    told = browser.get("/today/calls?shift=ca1&list=told").text
    assert "Thân Thị Ngọc Ánh" in told
    assert "nhắc 1 lần" in told
    assert "Giáp Thị Mến" not in told
    team = enter(cast.sao_bac.people["nhung"])
    assert "Giáp Thị Mến" not in team.get("/today/calls?shift=ca1&list=unreachable").text
    assert team.get(f"/today/calls?unit={cast.sao_bac.lines['Chuyền 7']}").status_code == 404


def test_the_lists_hold_as_many_as_their_counts_say(
    cast: Cast, enter: Enter, phoneless: Person, clock: SetClock, session: Any
) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    press(browser, f"/today/nudge?shift=ca1&unit={cast.sao_bac.lines['Chuyền 3']}")
    found = reach(session, cast, clock)
    assert found.silent == found.to_tell + found.told + found.without_app
    for name, count in (("unreachable", found.without_app), ("told", found.told)):
        page = browser.get(f"/today/calls?shift=ca1&list={name}").text
        assert page.count("/absence?") == count

"""Notes from one shift to the next: seen by whom they concern, until taken over, never changed."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.checkins.models import HandOverNote, HandOverReading
from tests.conftest import SetClock
from tests.factories.people import Cast, Person
from tests.features.dashboards.test_today import token_in

Enter = Callable[[Person], FlaskClient]
TEXT = "Gọi lại chị Ánh trước 22:00.\n\n  Chuyền 3 thiếu nhiệt kế.  "


def leave(browser: FlaskClient, unit: int, text: str = TEXT, address: str = "/today/notes") -> Any:
    token = token_in(browser.get("/today?shift=ca1").text)
    form = {"csrf_token": token, "unit": str(unit), "text": text}
    return browser.post(f"{address}?shift=ca1", data=form)


def only_note(session: Any) -> HandOverNote:
    session.rollback()
    note: HandOverNote = session.scalars(select(HandOverNote)).one()
    return note


def test_a_note_stands_on_the_board_until_somebody_takes_it_over(
    cast: Cast, enter: Enter, session: Any, clock: SetClock
) -> None:
    officer, team = (enter(cast.sao_bac.people[name]) for name in ("hanh", "nhung"))
    assert leave(officer, cast.sao_bac.id).status_code == 302
    note = only_note(session)
    assert note.text == "Gọi lại chị Ánh trước 22:00.\nChuyền 3 thiếu nhiệt kế."
    assert (note.written_by, note.shift) == ("Nguyễn Thị Hạnh", "ca1")
    clock.move(hours=8)
    officer, team = (enter(cast.sao_bac.people[name]) for name in ("hanh", "nhung"))
    for browser in (officer, team):
        page = browser.get("/today").text
        assert "Ca trước để lại" in page
        assert "Chuyền 3 thiếu nhiệt kế." in page
    token = token_in(team.get("/today").text)
    assert team.post(f"/today/notes/{note.id}/read", data={"csrf_token": token}).status_code == 302
    for browser in (officer, team):
        assert "Ca trước để lại" not in browser.get("/today").text
        history = browser.get("/today/notes").text
        assert "Chuyền 3 thiếu nhiệt kế." in history
        assert "Vũ Thị Nhung đã nhận" in history


def test_who_takes_it_over_second_changes_nothing(cast: Cast, enter: Enter, session: Any) -> None:
    officer, team = (enter(cast.sao_bac.people[name]) for name in ("hanh", "nhung"))
    leave(officer, cast.sao_bac.id)
    address = f"/today/notes/{only_note(session).id}/read"
    for browser in (team, officer):
        token = token_in(browser.get("/today").text)
        assert browser.post(address, data={"csrf_token": token}).status_code == 302
    session.rollback()
    assert session.scalars(select(HandOverReading.read_by)).all() == ["Vũ Thị Nhung"]


def test_a_note_of_another_line_or_company_is_not_seen_and_not_taken(
    cast: Cast, enter: Enter, session: Any
) -> None:
    leave(enter(cast.sao_bac.people["hanh"]), cast.sao_bac.lines["Chuyền 7"])
    address = f"/today/notes/{only_note(session).id}/read"
    for person in (cast.sao_bac.people["nhung"], cast.minh_tri.people["khoi"]):
        browser = enter(person)
        assert "thiếu nhiệt kế" not in browser.get("/today").text
        assert "thiếu nhiệt kế" not in browser.get("/today/notes").text
        token = token_in(browser.get("/today").text)
        assert browser.post(address, data={"csrf_token": token}).status_code == 404


def test_nobody_leaves_a_note_where_they_see_nothing(cast: Cast, enter: Enter) -> None:
    team = enter(cast.sao_bac.people["nhung"])
    assert leave(team, cast.sao_bac.lines["Chuyền 3"]).status_code == 302
    for unit in (cast.sao_bac.lines["Chuyền 7"], cast.sao_bac.id, cast.minh_tri.id, 999):
        assert leave(team, unit).status_code == 404


def test_an_empty_note_and_one_too_long_are_refused(cast: Cast, enter: Enter, session: Any) -> None:
    officer = enter(cast.sao_bac.people["hanh"])
    assert leave(officer, cast.sao_bac.id, " \n ").status_code == 422
    assert leave(officer, cast.sao_bac.id, "a" * 1001).status_code == 422
    session.rollback()
    assert session.scalars(select(HandOverNote)).all() == []


def test_the_text_is_sealed_in_the_database(cast: Cast, enter: Enter, session: Any) -> None:
    leave(enter(cast.sao_bac.people["hanh"]), cast.sao_bac.id)
    session.rollback()
    raw = session.connection().exec_driver_sql("SELECT text FROM hand_over_note").scalar_one()
    assert "nhiệt kế".encode() not in bytes(raw)

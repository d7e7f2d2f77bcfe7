"""A worker asks about the own data; the officer answers in time; both see how it stands."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.kernel.ids import new_id
from app.workforce.models import Holiday, Worker
from app.workforce.queries.data_requests import list_requests_of
from tests.conftest import SetClock
from tests.factories.browser import Browser
from tests.factories.people import Cast, Person

Ask = Callable[..., dict[str, Any]]
WRONG_DAY = "Ngày sinh của tôi là 02/03/1998, không phải 03/02/1998."


@pytest.fixture
def officer(browser: Browser, cast: Cast) -> Browser:
    """The browser of the officer of Sao Bắc."""
    browser.sign_in(cast.sao_bac.people["hanh"])
    return browser


@pytest.fixture
def ask(client: FlaskClient, clock: SetClock) -> Ask:
    """Hand a `data_request` in; the one result."""

    def post(person: Person, kind: Any = "correct", text: Any = WRONG_DAY) -> dict[str, Any]:
        command = {
            "key": new_id(clock.at),
            "kind": "data_request",
            "made_at": clock.at.isoformat(),
            "body": {"kind": kind, "text": text},
        }
        answer = client.post(
            "/api/v1/commands", json={"commands": [command]}, headers=person.headers
        )
        assert answer.json is not None
        result: dict[str, Any] = answer.json["results"][0]
        return result

    return post


def record_of(client: FlaskClient, person: Person) -> dict[str, Any]:
    answer = Browser(client).call("/api/v1/my-record", person.headers)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.get_json()
    return told


def test_a_request_is_due_two_working_days_after_the_park_has_it(
    cast: Cast, client: FlaskClient, ask: Ask, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    result = ask(hoa)
    assert result["outcome"] == "applied"
    assert result["result"]["due_on"] == "2026-11-26"
    asked = record_of(client, hoa)["requests"]
    assert [(each["kind"], each["text"], each["state"]) for each in asked] == [
        ("correct", WRONG_DAY, "open")
    ]
    assert asked[0]["received_at"].endswith("+07:00")
    session.rollback()
    kept = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == hoa.id)).all()
    assert "workforce.data_requested" in [each.act for each in kept]
    assert WRONG_DAY not in str([each.details for each in kept])


def test_holidays_of_the_park_are_not_counted(
    cast: Cast, clock: SetClock, ask: Ask, write: Callable[..., Any]
) -> None:
    off = clock.at.date().replace(day=25)
    write(lambda s: s.add(Holiday(branch_id=cast.park_id, on=off, name="Nghỉ")))
    assert ask(cast.sao_bac.people["hoa"])["result"]["due_on"] == "2026-11-27"


@pytest.mark.parametrize(
    ("kind", "text"), [("burn", WRONG_DAY), ("delete", " "), ("delete", "x" * 1001), (None, None)]
)
def test_a_request_without_sense_is_refused(cast: Cast, ask: Ask, kind: Any, text: Any) -> None:
    result = ask(cast.sao_bac.people["hoa"], kind, text)
    assert (result["outcome"], result["code"]) == ("refused", "fields.invalid")


def test_who_is_no_worker_asks_nothing(cast: Cast, ask: Ask) -> None:
    result = ask(cast.sao_bac.people["hanh"])
    assert (result["outcome"], result["code"]) == ("refused", "accounts.not_allowed")


def test_a_sixth_request_waits_for_the_first(cast: Cast, ask: Ask) -> None:
    hoa = cast.sao_bac.people["hoa"]
    outcomes = [ask(hoa, text=f"Sai số {n}") for n in range(6)]
    assert [each["outcome"] for each in outcomes] == ["applied"] * 5 + ["refused"]
    assert outcomes[5]["code"] == "workforce.too_many_data_requests"
    assert ask(cast.sao_bac.people["anh"])["outcome"] == "applied"


def test_the_text_is_sealed_in_the_database(cast: Cast, ask: Ask, session: Session) -> None:
    ask(cast.sao_bac.people["hoa"])
    session.rollback()
    raw = session.connection().exec_driver_sql("SELECT text FROM data_request").scalar_one()
    assert WRONG_DAY.encode() not in bytes(raw)


def test_the_officer_answers_and_the_worker_reads_it(
    cast: Cast, officer: Browser, client: FlaskClient, ask: Ask
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    request_id = ask(hoa)["result"]["request_id"]
    listed = officer.open("/data-requests").text
    assert "Nguyễn Thị Hoa" in listed
    assert "Hạn hết ngày 26/11" in listed
    assert WRONG_DAY not in listed
    assert WRONG_DAY in officer.open(f"/data-requests/{request_id}").text
    said = {"decision": "granted", "text": "Đã nhận, sửa trong ngày."}
    officer.send(f"/data-requests/{request_id}", **said)
    assert record_of(client, hoa)["requests"][0]["state"] == "granted"
    assert "Đã nhận, còn phải làm" in officer.open("/data-requests").text
    officer.open(f"/data-requests/{request_id}")
    officer.send(f"/data-requests/{request_id}", decision="done", text="Đã sửa ngày sinh.")
    told = record_of(client, hoa)
    asked = told["requests"][0]
    assert asked["state"] == "done"
    assert [each["text"] for each in asked["answers"]] == [
        "Đã nhận, sửa trong ngày.",
        "Đã sửa ngày sinh.",
    ]
    assert {each["by"] for each in asked["answers"]} == {"Nguyễn Thị Hạnh"}
    # Reading the request was a look at the record.
    looks = [(each["who"], each["what"]) for each in told["reads"]]
    assert ("Nguyễn Thị Hạnh", "Yêu cầu về dữ liệu") in looks


def test_an_answer_without_a_reason_changes_nothing(
    cast: Cast, officer: Browser, ask: Ask, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    request_id = ask(hoa)["result"]["request_id"]
    officer.open(f"/data-requests/{request_id}")
    page = officer.send(f"/data-requests/{request_id}", decision="done", text=" ")
    assert page.status_code == 422
    assert "Cần điền mục này" in page.text
    session.rollback()
    assert list_requests_of(session, hoa.id)[0].answers == ()


def test_two_officers_do_not_answer_past_each_other(
    cast: Cast, officer: Browser, ask: Ask, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    request_id = ask(hoa)["result"]["request_id"]
    address = f"/data-requests/{request_id}"
    officer.open(address)
    officer.send(address, decision="declined", text="Phải giữ để truy vết.", seen="0")
    officer.open(address)
    late = officer.send(address, decision="done", text="Đã sửa.", seen="0")
    assert late.status_code == 409
    session.rollback()
    assert len(list_requests_of(session, hoa.id)[0].answers) == 1


def test_what_nobody_answered_in_time_is_said_to_be_late(
    cast: Cast, browser: Browser, client: FlaskClient, clock: SetClock, ask: Ask
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    ask(hoa)
    clock.move(days=2)
    assert record_of(client, hoa)["requests"][0]["late"] is False
    clock.move(days=1)
    assert record_of(client, hoa)["requests"][0]["late"] is True
    browser.sign_in(cast.sao_bac.people["hanh"])
    assert "Quá hạn từ hết ngày 26/11" in browser.open("/data-requests").text


def test_a_request_is_of_its_company_only(
    cast: Cast, browser: Browser, ask: Ask, session: Session
) -> None:
    request_id = ask(cast.sao_bac.people["hoa"])["result"]["request_id"]
    browser.sign_in(cast.minh_tri.people["khoi"])
    assert "Nguyễn Thị Hoa" not in browser.open("/data-requests").text
    assert browser.open(f"/data-requests/{request_id}").status_code == 404


def test_the_officer_notes_what_somebody_without_a_phone_says(
    cast: Cast, officer: Browser, session: Session
) -> None:
    men = cast.sao_bac.people["men"]
    address = f"/workers/{men.id}/data-request"
    officer.open(address)
    empty = officer.send(address, kind="delete", text="")
    assert empty.status_code == 422
    officer.send(address, kind="delete", text="Xoá số điện thoại cũ")
    session.rollback()
    asked = list_requests_of(session, men.id)
    assert [(each.text, each.noted_by) for each in asked] == [
        ("Xoá số điện thoại cũ", "Nguyễn Thị Hạnh")
    ]


def test_the_menu_counts_what_waits(cast: Cast, officer: Browser, ask: Ask) -> None:
    assert "Yêu cầu dữ liệu" not in officer.open("/workers").text
    ask(cast.sao_bac.people["hoa"])
    assert "Yêu cầu dữ liệu" in officer.open("/workers").text


def test_a_request_of_a_merged_record_is_the_kept_ones_too(
    cast: Cast, ask: Ask, session: Session, write: Callable[..., Any]
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    ask(anh)

    gone = update(Worker).where(Worker.id == anh.id).values(merged_into_id=hoa.id)
    write(lambda s: s.execute(gone))
    session.rollback()
    assert [each.worker_id for each in list_requests_of(session, hoa.id)] == [hoa.id]

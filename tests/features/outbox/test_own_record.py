"""What a worker is told of the own record, and what an officer prints of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.kernel.ids import new_id
from app.workforce.models import Worker
from tests.conftest import SetClock
from tests.factories.browser import Browser
from tests.factories.people import Cast, Person

EAST = timedelta(hours=7)


@pytest.fixture
def answered(client: FlaskClient, clock: SetClock, cast: Cast) -> Person:
    """Hoa, who has said this morning that she is well."""
    hoa = cast.sao_bac.people["hoa"]
    answers = {"symptoms": [], "temperature_c": 36.6, "exposures": {"contact_case": False}}
    body = {"shift_on": "today", "shift": "ca1", "answers": answers, "rules": "workplace_2020@1"}
    made_at = clock.at.isoformat()
    command = {"key": new_id(clock.at), "kind": "check_in", "made_at": made_at, "body": body}
    client.post("/api/v1/commands", json={"commands": [command]}, headers=hoa.headers)
    return hoa


@pytest.fixture
def told(browser: Browser, answered: Person) -> Callable[[], dict[str, Any]]:
    """What the park tells Hoa of her record now."""

    def ask() -> dict[str, Any]:
        record: dict[str, Any] = browser.call("/api/v1/my-record", answered.headers).get_json()
        return record

    return ask


def moments(value: Any, name: str = "") -> list[str]:
    """Every text of a moment anywhere in an answer."""
    if isinstance(value, dict):
        return [each for key, below in value.items() for each in moments(below, key)]
    if isinstance(value, list):
        return [each for below in value for each in moments(below, name)]
    is_moment = name in ("at", "server_time") or name.endswith("_at")
    return [value] if is_moment and value is not None else []


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/my-record"])
def test_every_moment_states_the_offset_of_the_park(
    browser: Browser, answered: Person, path: str
) -> None:
    found = moments(browser.call(path, answered.headers).get_json())
    assert len(found) >= 3
    assert {datetime.fromisoformat(each).utcoffset() for each in found} == {EAST}


def test_each_field_says_what_it_is_kept_for(told: Callable[[], dict[str, Any]]) -> None:
    groups = told()["stored"]
    fields = {each["label"]: each for group in groups for each in group["fields"]}
    assert fields["Họ và tên"]["text"] == "Nguyễn Thị Hoa"
    assert fields["Điện thoại"]["text"] == "0900 000 118"
    assert fields["Khai báo"]["text"].startswith("1, ngày 24/11/2026")
    assert fields["Thẻ vào ca đã cấp"]["text"].startswith("1, ")
    assert all(each["why"].endswith(".") for each in fields.values())


def test_a_print_by_an_officer_is_a_look_that_the_worker_sees(
    cast: Cast, other_browser: Browser, answered: Person, told: Callable[[], dict[str, Any]]
) -> None:
    other_browser.sign_in(cast.sao_bac.people["hanh"])
    page = other_browser.open(f"/workers/{answered.id}/record")
    assert page.status_code == 200
    assert "0900 000 118" in page.text
    assert "Bản in hồ sơ" in page.text  # its own printing stands on it
    assert [(each["who"], each["what"]) for each in told()["reads"]] == [
        ("Nguyễn Thị Hạnh", "Bản in hồ sơ")
    ]


def test_the_same_page_again_on_the_same_day_is_told_once_with_a_count(
    cast: Cast,
    clock: SetClock,
    other_browser: Browser,
    answered: Person,
    told: Callable[[], dict[str, Any]],
) -> None:
    other_browser.sign_in(cast.sao_bac.people["hanh"])
    for minutes in (0, 5, 5):
        clock.move(minutes=minutes)
        other_browser.open(f"/workers/{answered.id}/health")
    clock.move(minutes=1)
    other_browser.open(f"/workers/{answered.id}/record")
    reads = [(each["what"], each["times"], each["at"][11:16]) for each in told()["reads"]]
    assert reads == [("Bản in hồ sơ", 1, "05:21"), ("Hồ sơ người lao động", 3, "05:20")]


def test_a_team_member_prints_no_record(
    cast: Cast, other_browser: Browser, answered: Person, told: Callable[[], dict[str, Any]]
) -> None:
    other_browser.sign_in(cast.sao_bac.people["nhung"])
    assert other_browser.open(f"/workers/{answered.id}/record").status_code == 403
    assert told()["reads"] == []


def test_only_the_tail_of_an_identity_number_leaves_for_a_phone(
    cast: Cast, other_browser: Browser, answered: Person, told: Callable[[], dict[str, Any]]
) -> None:
    other_browser.sign_in(cast.sao_bac.people["hanh"])
    address = f"/workers/{answered.id}/edit"
    other_browser.open(address)
    other_browser.send(address, id_number="024198001234")
    fields = {each["label"]: each for group in told()["stored"] for each in group["fields"]}
    assert fields["Giấy tờ"]["text"] == "có, 3 số cuối là 234"
    assert "024198001234" not in str(told())
    other_browser.open(f"/workers/{answered.id}")
    other_browser.send(f"/workers/{answered.id}/id-number")
    assert ("Nguyễn Thị Hạnh", "Số giấy tờ") in [
        (each["who"], each["what"]) for each in told()["reads"]
    ]


def test_a_field_the_officer_empties_is_gone_from_record_and_log(
    cast: Cast,
    other_browser: Browser,
    answered: Person,
    told: Callable[[], dict[str, Any]],
    session: Session,
) -> None:
    other_browser.sign_in(cast.sao_bac.people["hanh"])
    address = f"/workers/{answered.id}/edit"
    other_browser.open(address)
    other_browser.send(address, phone="")
    fields = {each["label"]: each for group in told()["stored"] for each in group["fields"]}
    assert fields["Điện thoại"]["text"] == "Chưa có"
    session.rollback()
    worker = session.get_one(Worker, answered.id)
    assert (worker.phone, worker.phone_index, worker.phone_tails or None) == (None, None, None)
    log = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == answered.id)).all()
    assert "0900000118" not in str([each.details for each in log])


def test_who_is_not_well_is_told_what_the_rules_go_back_to(
    browser: Browser, client: FlaskClient, clock: SetClock, answered: Person
) -> None:
    assert browser.call("/api/v1/me", answered.headers).get_json()["check_in"]["basis"] is None
    answers = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}
    body = {"shift_on": "today", "shift": "ca1", "answers": answers, "rules": "workplace_2020@1"}
    made_at = clock.at.isoformat()
    command = {"key": new_id(clock.at), "kind": "check_in", "made_at": made_at, "body": body}
    client.post("/api/v1/commands", json={"commands": [command]}, headers=answered.headers)
    told = browser.call("/api/v1/me", answered.headers).get_json()["check_in"]
    assert (told["level"], told["basis"]) == ("red", "2194/QĐ-BCĐQG, 27/5/2020")


def test_a_level_is_explained_where_it_stands(
    cast: Cast, other_browser: Browser, answered: Person
) -> None:
    other_browser.sign_in(cast.sao_bac.people["hanh"])
    page = other_browser.open(f"/workers/{answered.id}/health").text
    assert "2194/QĐ-BCĐQG, 27/5/2020" in page
    assert "có trong văn bản công khai" in page
    assert "dự án chọn" in page  # on time and the pass are our own rules, and it says so


def test_figures_that_go_up_are_explained_with_the_numbers_in_force(
    cast: Cast, other_browser: Browser
) -> None:
    other_browser.sign_in(cast.people["an"])
    page = other_browser.open("/sync").text
    assert "chốt 60 phút sau khi ca bắt đầu" in page
    assert "dưới 10 người" in page

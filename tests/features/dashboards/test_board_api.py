"""GET /api/v1/today: the board for a machine's copy; no more than the page shows, and looked at."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import SetClock
from tests.factories.people import Cast, Person
from tests.features.dashboards.test_today import FEVER, WELL, answer, looks

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def told(write: Write, in_app: Flask, clock: SetClock) -> Callable[..., None]:
    """Somebody answered for today's first shift."""

    def tell(person: Person, answers: Any) -> None:
        write(lambda s: answer(s, person.id, answers, in_app, clock))

    return tell


def board(client: FlaskClient, person: Person, query: str = "") -> dict[str, Any]:
    """The board as the machine of a person gets it."""
    found = client.get(f"/api/v1/today{query}", headers=person.headers)
    assert found.status_code == 200, found.text
    told: dict[str, Any] = found.get_json()
    return told


def test_the_copy_says_what_the_page_says(
    cast: Cast, client: FlaskClient, told: Callable[..., None]
) -> None:
    people = cast.sao_bac.people
    told(people["hoa"], FEVER)
    told(people["anh"], WELL)
    shown = board(client, people["hanh"])
    assert shown["as_of"] == "2026-11-24T05:10:00+07:00"
    assert shown["company"] == {"code": "SAOBAC", "name": "Điện tử Sao Bắc"}
    figures = shown["figures"]
    assert (figures["answered"], figures["at_work"], figures["silent"]) == (2, 4, 2)
    assert (figures["red"], figures["green"], figures["share"]) == (1, 1, "50,0\N{NO-BREAK SPACE}%")
    [hoa] = shown["standing"]
    assert (hoa["name"], hoa["phone"], hoa["level"]) == ("Nguyễn Thị Hoa", "0900000118", "red")
    assert hoa["told"].startswith("38,4\N{NO-BREAK SPACE}°C")
    assert {each["name"] for each in shown["missing"]} == {"Giáp Thị Mến", "Vũ Thị Nhung"}
    assert sum(unit["answered"] for unit in shown["units"]) == 2


def test_it_holds_no_id_and_no_answer_beyond_the_signs_told(
    cast: Cast, client: FlaskClient, told: Callable[..., None]
) -> None:
    told(cast.sao_bac.people["hoa"], FEVER)
    text = client.get("/api/v1/today", headers=cast.sao_bac.people["hanh"].headers).text
    assert cast.sao_bac.people["hoa"].id not in text
    assert "exposures" not in text


def test_a_team_member_gets_the_own_line_and_nobody_another_company(
    cast: Cast, client: FlaskClient, told: Callable[..., None]
) -> None:
    told(cast.minh_tri.people["binh"], FEVER)
    shown = board(client, cast.sao_bac.people["nhung"])
    assert [unit["name"] for unit in shown["units"]] == ["Chuyền 3"]
    assert "Giáp Thị Mến" not in str(shown)
    assert shown["standing"] == []
    headers = cast.sao_bac.people["hanh"].headers
    assert client.get("/api/v1/today?company=MINHTRI", headers=headers).status_code == 404


@pytest.mark.parametrize("name", ["lam", "an"])
def test_who_may_not_see_health_gets_none(cast: Cast, client: FlaskClient, name: str) -> None:
    assert client.get("/api/v1/today", headers=cast.people[name].headers).status_code == 403


def test_fetching_it_is_a_look_and_the_look_of_the_page_a_moment_ago(
    cast: Cast,
    client: FlaskClient,
    enter: Enter,
    told: Callable[..., None],
    session: Any,
    clock: SetClock,
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    told(cast.sao_bac.people["hoa"], FEVER)
    board(client, hanh)
    assert len(looks(session)) == 1
    enter(hanh).get("/today")
    board(client, hanh)
    assert len(looks(session)) == 2
    clock.move(minutes=31)
    board(client, hanh)
    assert len(looks(session)) == 3

"""GET /api/v1/groups: counts for whoever may count, names for whoever may know them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.checkins.models import Duty
from app.kernel.ids import new_id
from app.workforce.actions.sites import group_named
from app.workforce.models import Membership
from app.workforce.rules.groups import GroupKind
from tests.conftest import SetClock
from tests.factories.people import Cast, Person

ON = "2026-11-24"
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def bus(write: Write, cast: Cast, clock: SetClock) -> str:
    """A bus of Sao Bắc with Hoa and Mến, who sit on different lines."""

    def work(session: Session) -> str:
        group = group_named(session, cast.sao_bac.id, GroupKind.BUS, "Xe 5", now=clock.at)
        for name in ("hoa", "men"):
            session.add(
                Membership(
                    id=new_id(clock.at),
                    worker_id=cast.sao_bac.people[name].id,
                    group_id=group.id,
                    from_on=clock.at.date(),
                )
            )
        return str(group.id)

    return str(write(work))


@pytest.fixture
def answered(client: FlaskClient, cast: Cast, clock: SetClock) -> None:
    """Hoa tells of a fever; the others say nothing."""
    hoa = cast.sao_bac.people["hoa"]
    answers = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}
    body = {"shift_on": ON, "shift": "ca1", "answers": answers, "rules": "workplace_2020@1"}
    made_at = clock.at.isoformat()
    command = {"key": new_id(clock.at), "kind": "check_in", "made_at": made_at, "body": body}
    answer = client.post("/api/v1/commands", json={"commands": [command]}, headers=hoa.headers)
    assert answer.json["results"][0]["outcome"] == "applied", answer.json


def groups(client: FlaskClient, person: Person) -> dict[str, dict[str, Any]]:
    answer = client.get("/api/v1/groups", headers=person.headers)
    assert answer.status_code == 200, answer.text
    return {f"{each['company']} {each['name']}": each for each in answer.json}


def status(client: FlaskClient, person: Person, group: str, query: str = "") -> Any:
    return client.get(f"/api/v1/groups/{group}/status{query}", headers=person.headers)


def test_each_sees_the_groups_of_the_own_reach(client: FlaskClient, cast: Cast, bus: str) -> None:
    officer, member = cast.sao_bac.people["hanh"], cast.sao_bac.people["nhung"]
    seen = groups(client, officer)
    assert set(seen) == {"SAOBAC Chuyền 3", "SAOBAC Chuyền 7", "SAOBAC Xe 5"}
    assert seen["SAOBAC Xe 5"] == {
        "id": bus, "kind": "bus", "name": "Xe 5", "company": "SAOBAC", "members": 2,
    }  # fmt: skip
    assert set(groups(client, member)) == {"SAOBAC Chuyền 3"}
    assert "MINHTRI Chuyền 1" in groups(client, cast.people["lam"])
    for person in (cast.sao_bac.people["hoa"], cast.people["an"]):
        assert client.get("/api/v1/groups", headers=person.headers).status_code == 403
    assert client.get("/api/v1/groups").status_code == 401


def test_a_status_names_people_with_state_and_level(
    client: FlaskClient, cast: Cast, bus: str, answered: None
) -> None:
    told = status(client, cast.sao_bac.people["hanh"], bus, f"?on={ON}&shift=ca1").json
    people = {each["badge"]: (each["state"], each["level"]) for each in told["members"]}
    assert people["SB-20417"][0] == "answered"
    assert people["SB-20417"][1] in {"amber", "red"}
    assert people["SB-20733"][1] is None
    assert told["counts"]["answered"] == 1
    assert told["counts"]["amber"] + told["counts"]["red"] == 1


def test_who_may_not_see_health_gets_counts_without_levels_and_names(
    client: FlaskClient, cast: Cast, bus: str, answered: None
) -> None:
    answer = status(client, cast.people["lam"], bus, f"?on={ON}&shift=ca1")
    told = answer.json
    assert told["counts"]["answered"] == 1
    assert told["counts"]["hidden"] is True
    assert [told["counts"][level] for level in ("green", "amber", "red")] == [None] * 3
    assert "members" not in told
    assert "SB-20417" not in answer.text


def test_groups_of_others_are_not_found(client: FlaskClient, cast: Cast, bus: str) -> None:
    line3 = groups(client, cast.sao_bac.people["hanh"])["SAOBAC Chuyền 3"]["id"]
    assert status(client, cast.minh_tri.people["khoi"], line3).status_code == 404
    assert status(client, cast.sao_bac.people["nhung"], bus).status_code == 404
    assert status(client, cast.sao_bac.people["nhung"], line3).status_code == 200
    assert status(client, cast.sao_bac.people["hanh"], "nothing").status_code == 404
    assert status(client, cast.sao_bac.people["hoa"], line3).status_code == 403


def test_another_shift_and_a_wrong_day_are_told_apart(
    client: FlaskClient, cast: Cast, bus: str, answered: None
) -> None:
    officer = cast.sao_bac.people["hanh"]
    told = status(client, officer, bus, f"?on={ON}&shift=ca2").json
    assert told["counts"]["expected"] == 0
    assert {each["state"] for each in told["members"]} == {None}
    assert status(client, officer, bus, "?on=soon").status_code == 422
    assert status(client, officer, bus, "?shift=ca9").status_code == 422


def test_each_answer_with_names_is_one_row_of_the_log(
    client: FlaskClient, cast: Cast, bus: str, session: Session
) -> None:
    status(client, cast.sao_bac.people["hanh"], bus)
    status(client, cast.people["lam"], bus)
    session.rollback()
    rows = session.scalars(select(AuditEntry).where(AuditEntry.act == "health.viewed")).all()
    seen = [row for row in rows if row.details.get("page") == "group"]
    assert [row.actor_name for row in seen] == ["Nguyễn Thị Hạnh"]
    assert set(seen[0].details["workers"]) == {
        cast.sao_bac.people["hoa"].id, cast.sao_bac.people["men"].id,
    }  # fmt: skip


def test_absent_and_not_asked_stay_apart(
    client: FlaskClient, cast: Cast, bus: str, answered: None, write: Write
) -> None:
    men = cast.sao_bac.people["men"].id

    def work(session: Session) -> None:
        session.execute(update(Duty).where(Duty.worker_id == men).values(state="absent"))

    write(work)
    counts = status(client, cast.sao_bac.people["hanh"], bus, f"?on={ON}&shift=ca1").json["counts"]
    assert counts == {
        "expected": 2, "answered": 1, "on_time": 1, "absent": 1, "not_asked": 0,
        "not_answered": 0, "green": 0, "amber": 0, "red": 1, "hidden": False,
    }  # fmt: skip

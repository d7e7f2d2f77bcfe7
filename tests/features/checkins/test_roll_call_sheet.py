"""The sheet of a group as its page asks for it, and who may see it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.checkins.actions.levels import mark_absent
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.workforce.models import Leave
from app.workforce.rules.groups import WorkChanged
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast, Person
from tests.factories.roll_calls import ON, gather_line, group_of_line

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def group(write: Write, cast: Cast, clock: SetClock) -> str:
    line_id = cast.sao_bac.lines["Chuyền 3"]
    return str(write(lambda session: gather_line(session, line_id, clock.at)))


@pytest.fixture
def sheet(client: FlaskClient, cast: Cast, group: str) -> Callable[..., Any]:
    def ask(query: str = "", who: str = "nhung") -> Any:
        headers = cast.sao_bac.people[who].headers
        return client.get(f"/api/v1/groups/{group}/roll-call{query}", headers=headers)

    return ask


def send(client: FlaskClient, clock: SetClock, person: Person, kind: str, body: Any) -> None:
    command = {"key": new_id(clock.at), "kind": kind, "made_at": clock.at.isoformat()}
    answer = client.post(
        "/api/v1/commands", json={"commands": [command | {"body": body}]}, headers=person.headers
    )
    assert answer.json["results"][0]["outcome"] == "applied", answer.json


def members(answer: Any) -> dict[str, dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return {each["name"]: each for each in answer.json["members"]}


def test_the_sheet_tells_who_is_expected_who_answered_and_who_is_away(
    client: FlaskClient,
    cast: Cast,
    sheet: Any,
    clock: SetClock,
    write: Write,
) -> None:
    people = cast.sao_bac.people

    def leave(session: Session) -> None:
        worker_id = people["anh"].id
        row = {"id": new_id(clock.at), "worker_id": worker_id, "reason": ""}
        session.execute(insert(Leave).values(from_on=ON, to_on=ON, **row))
        publish(session, WorkChanged(cast.sao_bac.id, (worker_id,), ON), now=clock.at)

    write(leave)
    answers = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}
    body = {"shift_on": "today", "shift": "ca1", "answers": answers, "rules": ""}
    send(client, clock, people["hoa"], "check_in", body)
    told = sheet().json
    assert told["group"]["name"] == "Chuyền 3"
    assert told["leader"] == "Vũ Thị Nhung"
    assert (told["shift"]["on"], told["shift"]["code"]) == ("2026-11-24", "ca1")
    assert told["shift"]["starts_at"] == "2026-11-24T06:00:00+07:00"
    assert [each["on"] for each in told["shifts"]] == ["2026-11-24"]
    found = members(sheet())
    hoa = found["Nguyễn Thị Hoa"]
    assert (hoa["state"], hoa["level"], hoa["by"]) == ("answered", "red", "own")
    assert (hoa["signs"], hoa["temperature_c"]) == (["ho"], 38.4)
    assert found["Thân Thị Ngọc Ánh"]["state"] == "on_leave"
    assert found["Vũ Thị Nhung"]["state"] == "expected"
    assert "Giáp Thị Mến" not in found
    assert told["last"] is None


def test_the_last_roll_call_is_told_with_its_leader_and_both_times(
    client: FlaskClient, cast: Cast, group: str, sheet: Any, clock: SetClock, write: Write
) -> None:
    people = cast.sao_bac.people
    made_at = clock.at
    body = {"group": group, "shift_on": "today", "shift": "ca1", "well": ["SB-20417", "SB-20001"]}
    send(client, clock, people["nhung"], "roll_call", body)
    anh = people["anh"].id
    write(lambda s: mark_absent(s, anh, ON, "ca1", "nghỉ ốm", actor=STORY, now=clock.at))
    last = sheet().json["last"]
    assert (last["called_by"], last["mine"], last["undone_at"]) == ("Vũ Thị Nhung", True, None)
    assert last["made_at"] == last["received_at"] == made_at.isoformat()
    assert sheet(who="hanh").json["last"]["mine"] is False
    found = members(sheet())
    assert found["Nguyễn Thị Hoa"]["by"] == found["Vũ Thị Nhung"]["by"] == "roll_call"
    assert (found["Thân Thị Ngọc Ánh"]["state"], found["Thân Thị Ngọc Ánh"]["reason"]) == (
        "absent", "nghỉ ốm",
    )  # fmt: skip


def test_a_day_without_a_shift_is_an_empty_sheet_and_a_wrong_day_is_refused(
    sheet: Any, cast: Cast
) -> None:
    empty = sheet("?on=2026-10-01")
    assert (empty.status_code, empty.json["shift"], empty.json["members"]) == (200, None, [])
    assert sheet("?on=2026-11-24&shift=ca2").json["shift"] is None
    assert sheet("?on=soon").json["code"] == "fields.invalid"
    assert sheet("?shift=ca9").json["code"] == "workforce.no_such_shift"


def test_only_who_calls_the_roll_sees_a_sheet_and_the_view_is_kept(
    client: FlaskClient, cast: Cast, group: str, sheet: Any, session: Session
) -> None:
    own, other = cast.sao_bac, cast.minh_tri
    line7 = group_of_line(session, own.lines["Chuyền 7"])

    def status(person: Person | None, of: str = group) -> int:
        headers = person.headers if person else {}
        return client.get(f"/api/v1/groups/{of}/roll-call", headers=headers).status_code

    statuses = [
        status(own.people["hoa"]),
        status(own.people["nhung"], line7),
        status(other.people["khoi"]),
        status(cast.people["lam"]),
        status(None),
    ]
    assert statuses == [403, 404, 404, 403, 401]
    assert sheet(who="hanh").status_code == 200
    session.rollback()
    views = session.scalars(select(AuditEntry).where(AuditEntry.act == "health.viewed")).all()
    assert [(each.details["page"], len(each.details["workers"])) for each in views] == [
        ("roll_call", 3)
    ]


def test_after_a_shift_the_next_one_is_called(sheet: Any, clock: SetClock, cast: Cast) -> None:
    clock.move(hours=20)
    assert sheet().json["shift"]["on"] == date(2026, 11, 25).isoformat()

"""What a gate is told, and what it hands in: of its own companies, in a box, every scan once."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.rules import Role
from app.gate.actions.passes import key_in_use
from app.gate.gateways.boxes import box_key
from app.gate.models import GateScan, PassKey
from app.web.transaction import transact_all
from tests.conftest import SetClock
from tests.factories.people import Cast, Person, make_officer
from tests.factories.reminders import send
from tests.features.gate.conftest import FEVER, Park, gate_scan, said_by

AMBER = {"symptoms": ["headache"], "temperature_c": None, "exposures": {"contact_case": False}}


def opened(box: str, token: str) -> list[dict[str, Any]]:
    """What stands in a box, as a browser opens it."""
    header, key, iv, sealed, tag = box.split(".")
    assert key == ""
    plain = AESGCM(box_key(token)).decrypt(
        bytes_of(iv), bytes_of(sealed) + bytes_of(tag), header.encode()
    )
    rows: list[dict[str, Any]] = json.loads(plain)["rows"]
    return rows


def bytes_of(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def roster(park: Park, guard: Person) -> dict[str, dict[str, Any]]:
    told = park.get(guard, "/api/v1/gate/roster")
    return {row["badge"]: row for row in opened(told["box"], guard.token)}


def scans(session: Session) -> list[GateScan]:
    session.rollback()
    return list(session.scalars(select(GateScan).order_by(GateScan.id)))


@pytest.fixture
def guard_of_minh_tri(cast: Cast, write: Callable[..., Person], clock: SetClock) -> Person:
    """The guard of one company's own gate."""

    def work(session: Session) -> Person:
        return make_officer(
            session, cast.minh_tri.id, Role.GATE, "cong-mt", "Cổng Minh Trí", clock.at
        )

    return write(work)


def test_the_roster_tells_whom_to_let_in_and_no_more_than_a_class_of_reason(
    cast: Cast, park: Park, guard: Person
) -> None:
    people = cast.sao_bac.people
    park.answer(people["hoa"])
    park.answer(people["anh"], FEVER)
    rows = roster(park, guard)
    assert (rows["SB-20417"]["verdict"], rows["SB-20417"]["reason_class"]) == ("enter", "answered")
    assert (rows["SB-20418"]["verdict"], rows["SB-20418"]["reason_class"]) == ("stop", "risk")
    assert (rows["SB-20733"]["verdict"], rows["SB-20733"]["reason_class"]) == (
        "wait",
        "not_answered",
    )
    assert rows["SB-20417"]["name"] == "Nguyễn Thị Hoa"
    assert rows["SB-20417"]["line"] == "Chuyền 3"
    assert "38" not in json.dumps({k: v for k, v in rows["SB-20418"].items() if k != "sub"})
    assert said_by(park.pass_of(people["hoa"])).sub == rows["SB-20417"]["sub"]


def test_the_roster_is_a_box_that_another_token_does_not_open(
    cast: Cast, park: Park, guard: Person, guard_of_minh_tri: Person
) -> None:
    told = park.get(guard, "/api/v1/gate/roster")
    assert "Hoa" not in json.dumps(told, ensure_ascii=False)
    with pytest.raises(InvalidTag):
        opened(told["box"], guard_of_minh_tri.token)


def test_a_gate_of_one_company_learns_of_that_company_alone(
    cast: Cast, park: Park, guard_of_minh_tri: Person
) -> None:
    assert set(roster(park, guard_of_minh_tri)) == {"MT-00001"}
    assert park.keys(guard_of_minh_tri)["companies"] == ["MINHTRI"]


def test_a_gate_of_the_park_lets_every_company_in(cast: Cast, park: Park, guard: Person) -> None:
    assert park.keys(guard)["companies"] is None
    assert {"SB-20417", "MT-00001"} <= set(roster(park, guard))


def test_the_roster_is_the_same_in_however_many_portions_it_is_read(
    park: Park, guard: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = roster(park, guard)
    assert len(whole) > 3
    for at_once in (1, 2, len(whole)):
        monkeypatch.setattr("app.gate.queries.rosters.AT_ONCE", at_once)
        assert list(roster(park, guard).items()) == list(whole.items())


def test_a_gate_has_a_key_before_the_first_pass_is_issued(
    cast: Cast, park: Park, guard: Person, session: Session
) -> None:
    before = park.keys(guard)["keys"]
    assert len(before) == 1
    assert set(before[0]) == {"kid", "kty", "crv", "x"}
    park.answer(cast.sao_bac.people["hoa"])
    assert park.keys(guard)["keys"] == before


def test_keys_asked_for_at_the_same_time_are_one_key(
    cast: Cast, clock: SetClock, session: Session
) -> None:
    made = transact_all([lambda s: key_in_use(s, now=clock.at) for _ in range(4)])
    assert len(set(made)) == 1
    assert session.scalars(select(PassKey.kid)).all() == made[:1]


@pytest.mark.parametrize("who", ["hoa", "hanh", "nhung"])
def test_nobody_but_a_gate_reads_keys_and_roster_or_hands_in_scans(
    cast: Cast, park: Park, client: FlaskClient, clock: SetClock, who: str, session: Session
) -> None:
    person = cast.sao_bac.people[who]
    for address in ("/api/v1/gate/keys", "/api/v1/gate/roster"):
        assert client.get(address, headers=person.headers).status_code == 403
        assert client.get(address).status_code == 401
    told = park.send(person, gate_scan(clock, badge="SB-20417"))
    assert told["code"] == "accounts.not_allowed"
    assert scans(session) == []


def test_a_scan_is_kept_once_with_both_times_and_what_the_park_makes_of_it(
    cast: Cast, park: Park, clock: SetClock, guard: Person, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    text = park.answer(hoa)["pass"]
    command = gate_scan(clock, **{"pass": text})
    seen_at = clock.at
    clock.move(minutes=50)
    first, again = park.send(guard, command), park.send(guard, command)
    assert (first["outcome"], again["outcome"]) == ("applied", "already_applied")
    assert first["result"] == again["result"]
    assert (first["result"]["known"], first["result"]["judged"]) == (True, "valid")
    (scan,) = scans(session)
    assert (scan.worker_id, scan.made_at, scan.received_at) == (hoa.id, seen_at, clock.at)
    assert (scan.counted_at, scan.clock_suspect) == (seen_at, False)
    assert (scan.gate, scan.direction, scan.verdict) == ("Cổng số 1", "in", "valid")


def test_a_pass_let_in_offline_after_it_was_revoked_is_seen_when_the_scan_arrives(
    cast: Cast, park: Park, clock: SetClock, guard: Person
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    text = park.answer(hoa)["pass"]
    before = gate_scan(clock, **{"pass": text})
    clock.move(minutes=5)
    park.answer(hoa, FEVER)
    clock.move(minutes=5)
    after = gate_scan(clock, **{"pass": text})
    clock.move(minutes=30)
    told = send(park.client, guard, before, after)
    assert [each["result"]["judged"] for each in told] == ["valid", "revoked"]


def test_badges_known_and_unknown_and_passes_of_elsewhere_are_all_kept(
    cast: Cast, park: Park, clock: SetClock, guard: Person, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    text = park.answer(hoa)["pass"]
    forged = text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:]
    told = send(
        park.client,
        guard,
        gate_scan(clock, badge="sb 20417", company="SAOBAC", verdict="enter"),
        gate_scan(clock, badge="KHÁCH 7", verdict="unknown_badge", direction="out"),
        gate_scan(clock, **{"pass": forged, "verdict": "unknown_key"}),
    )
    assert [each["result"]["known"] for each in told] == [True, False, False]
    assert told[2]["result"]["judged"] == "unknown_key"
    first, second, third = scans(session)
    assert (first.worker_id, second.worker_id, third.worker_id) == (hoa.id, None, None)
    assert (second.badge, second.direction) == ("KHÁCH 7", "out")


def test_a_company_gate_is_not_told_who_of_another_company_came(
    cast: Cast, park: Park, clock: SetClock, guard_of_minh_tri: Person, session: Session
) -> None:
    text = park.answer(cast.sao_bac.people["hoa"])["pass"]
    for body in ({"pass": text}, {"badge": "SB-20417", "company": "SAOBAC"}):
        told = park.send(guard_of_minh_tri, gate_scan(clock, **body))
        assert told["result"]["known"] is False
    assert [each.worker_id for each in scans(session)] == [None, None]


def test_a_gate_with_a_wrong_clock_is_not_refused_but_flagged(
    cast: Cast, park: Park, clock: SetClock, guard: Person, session: Session
) -> None:
    command = gate_scan(clock, badge="SB-20417", company="SAOBAC", verdict="enter")
    command |= {"made_at": "2020-01-01T00:00:00+07:00"}
    assert park.send(guard, command)["outcome"] == "applied"
    (scan,) = scans(session)
    assert (scan.clock_suspect, scan.counted_at, scan.made_at.year) == (True, clock.at, 2019)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "fields.missing"),
        ({"pass": "https://example.org"}, "gate.no_pass"),
        ({"pass": "A" * 4096}, "gate.no_pass"),
        ({"pass": 7}, "gate.no_pass"),
        ({"badge": 7}, "fields.text_wanted"),
        ({"badge": "SB-1", "direction": "up"}, "fields.choice_wanted"),
        ({"badge": "SB-1", "verdict": "maybe"}, "fields.choice_wanted"),
    ],
)
def test_a_scan_that_says_nothing_is_refused_with_the_field(
    cast: Cast,
    park: Park,
    clock: SetClock,
    guard: Person,
    session: Session,
    body: dict[str, Any],
    code: str,
) -> None:
    told = park.send(guard, gate_scan(clock, **body))
    assert told["outcome"] == "refused"
    assert [each["code"] for each in told["errors"]] == [code]
    assert scans(session) == []

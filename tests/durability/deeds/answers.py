"""Workers' answers: what was acknowledged is there once, and the same again to who asks again."""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.extensions import db
from app.kernel.ids import new_id
from app.web.transaction import transact
from tests.durability.ground import START, Deed, Ground, Tell
from tests.durability.reckoning import check_everything
from tests.factories.people import Person, make_company, make_line, make_park, make_worker

ANSWERS = (
    {"symptoms": [], "temperature_c": None, "exposures": {}},
    {"symptoms": [], "temperature_c": 36.6, "exposures": {"contact_case": False}},
    {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}},
)


def make_people(session: Session, count: int, now: datetime = START) -> list[Person]:
    """A company of so many, on three lines."""
    company = make_company(session, make_park(session, now), "SAOBAC", "Sao Bắc", now)
    lines = [make_line(session, company, f"Chuyền {n}", now) for n in (1, 2, 3)]
    return [
        make_worker(session, lines[n % 3], f"SB-{n:05}", f"Nguyễn Văn {n}", now, pin=None)
        for n in range(count)
    ]


def _prepare(ground: Ground) -> None:
    with ground.park.app_context():
        people = transact(lambda session: make_people(session, 6))
    tokens = [person.token for person in people]
    ground.keep_facts({"batches": list(zip(tokens, make_batches(people, 12), strict=True))})


def make_batches(people: Sequence[Person], most: int) -> list[list[dict[str, Any]]]:
    """For each of them as many answers as one call brings, now one and now `most`."""
    chance = random.Random(len(people))
    return [[_command(chance) for _ in range(chance.choice((1, most)))] for _ in people]


def _command(chance: random.Random) -> dict[str, Any]:
    body = {
        "shift_on": "2026-11-24",
        "shift": "ca1",
        "answers": chance.choice(ANSWERS),
        "rules": "workplace_2020@1",
    }
    made_at = START.isoformat()
    return {"key": new_id(START), "kind": "check_in", "made_at": made_at, "body": body}


def _do(ground: Ground, tell: Tell) -> None:
    client = ground.park.test_client()
    for token, batch in ground.facts["batches"]:
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.post("/api/v1/commands", json={"commands": batch}, headers=headers)
        assert answer.status_code == 200, answer.text
        for each in answer.json["results"]:
            assert each["outcome"] in {"applied", "already_applied"}, each
            tell({"key": each["key"], "result": each["result"]})


def _check(ground: Ground, told: list[dict[str, Any]]) -> None:
    results: dict[str, dict[str, Any]] = {}
    for each in told:
        assert results.setdefault(each["key"], each["result"]) == each["result"]
    sent = [command["key"] for _, batch in ground.facts["batches"] for command in batch]
    assert set(results) == set(sent)
    with ground.park.app_context():
        db.session.remove()
    check_everything(ground.settings, results, sent)


CHECK_IN = Deed(_prepare, _do, _check)

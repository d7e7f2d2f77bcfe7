"""Commands closed for the park: done as their maker, told nothing of, whoever hands them in."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc import jwe
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session

from app.accounts.actions.tokens import issue_token, revoke_token
from app.accounts.queries.tokens import list_tokens
from app.checkins.queries.answers import find_standing, list_check_ins
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from tests.conftest import SetClock
from tests.factories.people import Cast, Person

FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}
Write = Callable[..., Any]


def command(clock: SetClock, **more: Any) -> dict[str, Any]:
    """A feverish `check_in` for today's first shift."""
    body = {"shift_on": "today", "shift": "ca1", "answers": FEVER, "rules": "workplace_2020@1"}
    made_at = clock.at.isoformat()
    return {"key": new_id(clock.at), "kind": "check_in", "made_at": made_at, "body": body} | more


@pytest.fixture
def close(client: FlaskClient) -> Callable[..., dict[str, Any]]:
    """Close a command with a token for the key that the park shows."""
    key = client.get("/api/v1/commands/key").get_json()["key"]
    assert set(key) == {"kty", "crv", "x", "y", "kid"}

    def closed(token: str, made: dict[str, Any], **outside: Any) -> dict[str, Any]:
        header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": key["kid"]}
        plain = json.dumps({"token": token, "command": made}).encode()
        return {
            "key": made["key"],
            "sealed": jwe.encrypt_compact(header, plain, ECKey.import_key(key)),
        } | outside

    return closed


@pytest.fixture
def hand_in(client: FlaskClient) -> Callable[..., list[dict[str, Any]]]:
    """Hand closed commands in, without a token and without a cookie; the results."""

    def post(*commands: Any) -> list[dict[str, Any]]:
        answer = client.post("/api/v1/commands/sealed", json={"commands": list(commands)})
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.get_json()["results"]
        return results

    return post


def test_a_closed_command_is_done_as_its_maker_and_nothing_is_told_of_it(
    cast: Cast, clock: SetClock, close: Any, hand_in: Any, session: Session
) -> None:
    hoa, made = cast.sao_bac.people["hoa"], command(clock)
    assert hand_in(close(hoa.token, made)) == [{"key": made["key"], "outcome": "applied"}]
    session.rollback()
    standing = find_standing(session, hoa.id)
    assert standing is not None
    assert standing.level == "red"


def test_the_maker_who_brings_it_too_gets_the_same_answer_with_its_result(
    cast: Cast, clock: SetClock, close: Any, hand_in: Any, client: FlaskClient, session: Session
) -> None:
    hoa, made = cast.sao_bac.people["hoa"], command(clock)
    hand_in(close(hoa.token, made))
    again = client.post("/api/v1/commands", json={"commands": [made]}, headers=hoa.headers)
    [result] = again.get_json()["results"]
    assert (result["outcome"], result["result"]["level"]) == ("already_applied", "red")
    assert hand_in(close(hoa.token, made))[0]["outcome"] == "already_applied"
    session.rollback()
    assert len(list_check_ins(session, hoa.id)) == 1


def test_a_token_that_ran_out_still_delivers_and_one_taken_back_keeps_the_command(
    cast: Cast, clock: SetClock, close: Any, hand_in: Any, write: Write, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    old, _ = write(
        lambda s: issue_token(s, hoa.id, device_id="laptop", label="", days=1, now=clock.at)
    )
    parcel = close(old, command(clock))
    clock.move(days=1, hours=1)
    assert hand_in(parcel)[0]["outcome"] == "applied"
    taken = next(each for each in list_tokens(session, hoa.id) if each.device_id == "laptop").id
    session.rollback()
    actor = Actor(hoa.id, hoa.name)
    write(lambda s: revoke_token(s, hoa.id, taken, actor=actor, now=clock.at))
    [result] = hand_in(close(old, command(clock)))
    assert (result["outcome"], result["code"]) == ("retry", "accounts.sign_in_needed")


def test_a_refusal_is_told_by_its_code_and_without_a_sentence(
    cast: Cast, clock: SetClock, close: Any, hand_in: Any
) -> None:
    made = command(clock, kind="unheard_of")
    [result] = hand_in(close(cast.sao_bac.people["hoa"].token, made))
    assert result == {
        "key": made["key"],
        "outcome": "refused",
        "code": "commands.unknown_kind",
    }


def test_what_does_not_open_or_is_named_wrongly_is_not_done_and_stops_nothing_else(
    cast: Cast, clock: SetClock, close: Any, hand_in: Any, session: Session
) -> None:
    hoa: Person = cast.sao_bac.people["hoa"]
    good, bad = close(hoa.token, command(clock)), close(hoa.token, command(clock))
    head, tail = bad["sealed"].rsplit(".", 2)[0], bad["sealed"].rsplit(".", 1)[1]
    broken = bad | {"sealed": f"{head}.AAAA.{tail}"}
    renamed = bad | {"key": new_id(clock.at)}
    nothing = [7, {}, {"key": "x", "sealed": "y"}, {"key": None, "sealed": None}]
    results = hand_in(broken, renamed, *nothing, good)
    assert [each["outcome"] for each in results] == ["retry"] * 6 + ["applied"]
    assert {each.get("code") for each in results[:-1]} == {"commands.parcel_unreadable"}
    session.rollback()
    assert len(list_check_ins(session, hoa.id)) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "commands.missing"),
        ({"commands": [{}] * 51}, 413, "commands.too_many"),
        ({"commands": "x"}, 400, "commands.missing"),
    ],
)
def test_a_call_of_another_shape_is_refused(
    client: FlaskClient, cast: Cast, body: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post("/api/v1/commands/sealed", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)

"""The `check_in` command over HTTP: applied once, judged, counted, standing."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.actions.tokens import issue_token, revoke_token
from app.accounts.queries.tokens import list_tokens
from app.checkins.actions.levels import clear_level
from app.checkins.queries.answers import find_standing, list_check_ins
from app.checkins.queries.duties import list_shift_counts
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast, Person

WELL = {"symptoms": [], "temperature_c": None, "exposures": {"contact_case": False}}
FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}


def command(clock: SetClock, answers: Any = WELL, **more: Any) -> dict[str, Any]:
    """A `check_in` for today's first shift."""
    body = {"shift_on": "today", "shift": "ca1", "answers": answers, "rules": "workplace_2020@1"}
    made_at = more.pop("made_at", clock.at.isoformat())
    return {
        "key": more.pop("key", new_id(clock.at)),
        "kind": "check_in",
        "made_at": made_at,
        "body": body | more,
    }


@pytest.fixture
def send(client: FlaskClient) -> Callable[..., list[dict[str, Any]]]:
    """Hand commands in for a person; the results."""

    def post(person: Person, *commands: dict[str, Any]) -> list[dict[str, Any]]:
        answer = client.post(
            "/api/v1/commands", json={"commands": list(commands)}, headers=person.headers
        )
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json["results"] if answer.json else []
        return results

    return post


def test_a_healthy_answer_is_green_and_counted_once(
    cast: Cast, clock: SetClock, send: Callable[..., Any], session: Session
) -> None:
    once = command(clock)
    first = send(cast.sao_bac.people["hoa"], once)[0]
    again = send(cast.sao_bac.people["hoa"], once)[0]
    assert (first["outcome"], again["outcome"]) == ("applied", "already_applied")
    assert first["result"] == again["result"]
    assert first["result"]["level"] == "green"
    session.rollback()
    counts = list_shift_counts(session, [cast.sao_bac.id], clock.at.date().replace(day=24))["ca1"]
    assert (counts.expected, counts.answered, counts.on_time, counts.green) == (4, 1, 1, 1)


def test_a_later_well_does_not_clear_a_fever_and_an_officer_does(
    cast: Cast,
    clock: SetClock,
    send: Callable[..., Any],
    session: Session,
    write: Callable[..., Any],
) -> None:
    hoa, officer = cast.sao_bac.people["hoa"], cast.sao_bac.people["hanh"]
    fever = send(hoa, command(clock, FEVER))[0]["result"]
    assert (fever["level"], fever["advice"]) == ("red", "isolate")
    well = send(hoa, command(clock, WELL))[0]["result"]
    assert (well["level"], well["version"]) == ("red", 2)
    assert "fever_measured" in well["reasons"]
    actor = Actor(officer.id, officer.name)
    write(lambda s: clear_level(s, hoa.id, "Đã đo lại 36,5", actor=actor, now=clock.at))
    session.rollback()
    assert find_standing(session, hoa.id) is None
    assert [each.level for each in list_check_ins(session, hoa.id)] == ["green", "red"]
    counts = list_shift_counts(session, [cast.sao_bac.id], clock.at.date().replace(day=24))["ca1"]
    assert (counts.green, counts.red) == (1, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"answers": {"symptoms": [], "temperature_c": 365}}, "checkins.temperature_out_of_range"),
        ({"answers": {"symptoms": ["plague"]}}, "checkins.unknown_symptom"),
        ({"shift": "ca9"}, "workforce.no_such_shift"),
        ({"shift_on": "2027-12-01"}, "checkins.shift_too_far"),
        ({"badge": "MT-00001", "company": "MINHTRI"}, "accounts.not_allowed"),
        ({"badge": "SB-99999"}, "not_found"),
        ({"answers": "well"}, "fields.invalid"),
    ],
)
def test_wrong_content_is_refused_with_a_code_and_the_rest_goes_on(
    cast: Cast, clock: SetClock, send: Callable[..., Any], change: dict[str, Any], code: str
) -> None:
    results = send(cast.sao_bac.people["hoa"], command(clock, **change), command(clock))
    assert (results[0]["outcome"], results[0]["code"]) == ("refused", code)
    assert results[0]["message"]
    assert results[1]["outcome"] == "applied"


def test_a_key_used_by_somebody_else_is_refused(
    cast: Cast, clock: SetClock, send: Callable[..., Any]
) -> None:
    once = command(clock)
    assert send(cast.sao_bac.people["hoa"], once)[0]["outcome"] == "applied"
    assert send(cast.sao_bac.people["anh"], once)[0]["code"] == "commands.key_reused"


def test_a_command_without_a_key_is_refused(
    cast: Cast, clock: SetClock, send: Callable[..., Any]
) -> None:
    keyless = command(clock) | {"key": None}
    assert send(cast.sao_bac.people["hoa"], keyless)[0]["code"] == "commands.key_missing"


def test_a_phone_clock_in_1970_is_accepted_and_flagged(
    cast: Cast, clock: SetClock, send: Callable[..., Any], session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    old = command(clock, made_at="1970-01-01T07:00:00+07:00")
    assert send(hoa, old)[0]["outcome"] == "applied"
    session.rollback()
    kept = list_check_ins(session, hoa.id)[0]
    assert kept.clock_suspect
    assert kept.counted_at == clock.at


def test_an_answer_needs_consent_first(
    cast: Cast, clock: SetClock, send: Callable[..., Any]
) -> None:
    hoa = cast.sao_bac.people["hoa"]

    def said(*, agreed: bool) -> dict[str, Any]:
        body = {"version": "1", "agreed": agreed}
        made_at = clock.at.isoformat()
        clock.move(seconds=1)
        return {"key": new_id(clock.at), "kind": "consent", "made_at": made_at, "body": body}

    results = send(hoa, said(agreed=False), command(clock), said(agreed=True), command(clock))
    assert [each["outcome"] for each in results] == ["applied", "refused", "applied", "applied"]
    assert results[1]["code"] == "checkins.consent_needed"


def test_a_phone_that_was_away_for_long_hands_in_its_answer_and_gets_a_new_token(
    client: FlaskClient, cast: Cast, clock: SetClock
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    clock.move(days=91)
    refused = client.get("/api/v1/me", headers=hoa.headers)
    assert (refused.status_code, refused.json["code"]) == (401, "accounts.token_expired")  # type: ignore[index]
    taken = client.post(
        "/api/v1/commands", json={"commands": [command(clock)]}, headers=hoa.headers
    )
    assert taken.json is not None
    assert taken.json["results"][0]["outcome"] == "applied"
    renewed = {"Authorization": f"Bearer {taken.json['token']}"}
    assert client.get("/api/v1/me", headers=renewed).status_code == 200
    assert (
        client.post("/api/v1/commands", json={"commands": []}, headers=hoa.headers).status_code
        == 401
    )


def test_a_new_token_that_never_arrived_is_asked_for_again(
    client: FlaskClient, cast: Cast, clock: SetClock, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    clock.move(days=91)
    nothing: dict[str, Any] = {"commands": []}
    lost, kept = (
        client.post("/api/v1/commands", json=nothing, headers=hoa.headers).json["token"]  # type: ignore[index]
        for _ in range(2)
    )
    in_use = {"Authorization": f"Bearer {kept}"}
    assert client.get("/api/v1/me", headers=in_use).status_code == 200
    for gone in (hoa.headers, {"Authorization": f"Bearer {lost}"}):
        assert client.post("/api/v1/commands", json=nothing, headers=gone).status_code == 401
    assert len(list_tokens(session, hoa.id)) == 1


def test_revoking_a_device_leaves_none_of_its_tokens(
    client: FlaskClient, cast: Cast, clock: SetClock, write: Callable[..., Any], session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    clock.move(days=91)
    nothing: dict[str, Any] = {"commands": []}
    client.post("/api/v1/commands", json=nothing, headers=hoa.headers)
    token_id = list_tokens(session, hoa.id)[0].id
    session.rollback()
    write(lambda s: revoke_token(s, hoa.id, token_id, actor=STORY, now=clock.at))
    assert list_tokens(session, hoa.id) == []


def test_nothing_is_kept_of_what_a_revoked_token_brings(
    client: FlaskClient, cast: Cast, clock: SetClock, write: Callable[..., Any], session: Session
) -> None:
    hoa, kept = cast.sao_bac.people["hoa"], command(clock)
    token_id = list_tokens(session, hoa.id)[0].id
    write(lambda s: revoke_token(s, hoa.id, token_id, actor=STORY, now=clock.at))
    turned_away = client.post("/api/v1/commands", json={"commands": [kept]}, headers=hoa.headers)
    assert turned_away.status_code == 401
    assert turned_away.json is not None
    assert turned_away.json["code"] == "accounts.sign_in_needed"
    assert list_check_ins(session, hoa.id) == []
    token, _ = write(
        lambda s: issue_token(s, hoa.id, device_id="phone", label="phone", days=90, now=clock.at)
    )
    again = client.post(
        "/api/v1/commands",
        json={"commands": [kept]},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert again.json is not None
    assert again.json["results"][0]["outcome"] == "applied"


def test_a_stranger_learns_nothing_from_commands_that_are_wrong(
    client: FlaskClient, cast: Cast
) -> None:
    headers = {"Authorization": "Bearer of-somebody-else"}
    for commands in ([], [{"kind": "check_in"}], ["?"]):
        answer = client.post("/api/v1/commands", json={"commands": commands}, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (401, "accounts.sign_in_needed")  # type: ignore[index]


def test_a_token_that_is_used_again_after_a_day_lives_on(
    client: FlaskClient, cast: Cast, clock: SetClock
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    for _ in range(3):
        clock.move(days=60)
        answer = client.post(
            "/api/v1/commands", json={"commands": [command(clock)]}, headers=hoa.headers
        )
        assert answer.json is not None
        assert "token" not in answer.json

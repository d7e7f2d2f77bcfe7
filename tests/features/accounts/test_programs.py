"""Programs sign in by the API without saying which device they are."""

from flask.testing import FlaskClient

from tests.factories.people import PIN, SECRET, Cast


def test_a_program_that_names_no_device_gets_a_token(client: FlaskClient, cast: Cast) -> None:
    answer = client.post("/api/v1/sign-in", json={"login": "hanh", "secret": SECRET})
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["roles"] == ["safety_officer"]
    told = client.get("/api/v1/me", headers={"Authorization": f"Bearer {answer.json['token']}"})
    assert told.status_code == 200


def test_a_worker_signs_in_by_company_badge_and_pin(client: FlaskClient, cast: Cast) -> None:
    asked = {"company": "saobac", "badge": "sb 20417", "pin": PIN}
    answer = client.post("/api/v1/sign-in", json=asked)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["roles"] == ["worker"]

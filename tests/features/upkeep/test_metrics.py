"""`/metrics`: figures for whoever watches the node, and for nobody else."""

from dataclasses import replace

from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import Node
from tests.factories.people import Cast


def figures(client: FlaskClient, **headers: str) -> dict[str, float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        " ".join(
            [sample.name, *(sample.labels[each] for each in sorted(sample.labels))]
        ): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_endpoint_and_kind_of_answer(node: Node) -> None:
    client = node.app.test_client()
    name = "anca_request_seconds_count 2xx upkeep_health.show_health"
    before = figures(client).get(name, 0)
    client.get("/healthz")
    client.get("/healthz")
    assert figures(client)[name] == before + 2


def test_what_is_not_known_is_left_out_and_what_is_known_is_there(node: Node, cast: Cast) -> None:
    told = figures(node.app.test_client())
    assert told["anca_node park 0.1.0"] == 1
    assert told["anca_disk_free_bytes"] > 0
    assert told["anca_deliveries_waiting"] == 0
    assert "anca_last_backup_seconds" not in told


def test_nothing_of_a_person_is_in_it(node: Node, cast: Cast, in_app: object) -> None:
    client = node.app.test_client()
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {cast.people['lam'].token}"})
    page = client.get("/metrics").text
    for person in (*cast.people.values(), *cast.sao_bac.people.values()):
        assert person.name not in page
        assert person.id not in page


def test_another_machine_needs_the_token(node: Node) -> None:
    elsewhere = {"REMOTE_ADDR": "192.168.1.20"}
    client = node.app.test_client()
    assert client.get("/metrics", environ_base=elsewhere).status_code == 404
    settings = node.app.config["SETTINGS"]
    node.app.config["SETTINGS"] = replace(settings, metrics_token="dong-ho-nuoc")
    try:
        for token, status in (("dong-ho-nuoc", 200), ("dong-ho-dien", 404), ("", 404)):
            headers = {"Authorization": f"Bearer {token}"}
            answer = client.get("/metrics", environ_base=elsewhere, headers=headers)
            assert answer.status_code == status, token
    finally:
        node.app.config["SETTINGS"] = settings

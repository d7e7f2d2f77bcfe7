"""A park and a province come to know each other's keys, by a code that works once."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select, text, update

from app.kernel.refusals import Refusal
from app.settings import Settings
from app.sync.actions.enrolment import invite_park
from app.sync.gateways.http import Province
from app.sync.gateways.signing import key_id, new_box_key, new_sign_key, public_part
from app.sync.models import Invitation, KnownNode, ThisNode
from tests.features.sync.conftest import STORY, HandMade, Park, Peer


def invited(centre: Peer, name: str = "KCN Vân Trung") -> str:
    now = centre.node.clock.at
    return centre.run(lambda s: invite_park(s, name, actor=STORY, now=now))[0]


def asked(centre: Peer, **body: Any) -> httpx.Response:
    whole = {
        "name": "KCN Vân Trung",
        "sign_key": public_part(new_sign_key()),
        "box_key": public_part(new_box_key()),
    } | body
    return httpx.post(f"{centre.url}/api/v1/sync/enrol", json=whole, trust_env=False)


def test_park_and_province_know_each_others_keys_afterwards(park: Park, centre: Peer) -> None:
    node = park.enrol_at(centre, "KCN Quế Võ")
    known = centre.read(lambda s: s.scalars(select(KnownNode)).one())
    here = park.read(lambda s: s.scalars(select(ThisNode)).one())
    there = centre.read(lambda s: s.scalars(select(ThisNode)).one())
    assert (known.node, known.name) == (node, "KCN Quế Võ")
    assert here.upstream_keys["node"] == there.node
    assert (here.upstream_url, here.enrolled_at) == (centre.url, park.node.clock.at)
    for keys in ([known.sign_key, known.box_key], list(here.upstream_keys.values())[1:]):
        assert [(key["kty"], key["crv"]) for key in keys] == [("OKP", "Ed25519"), ("EC", "P-256")]
        assert all("d" not in key and key["kid"] == key_id(key) for key in keys)


def test_private_keys_are_kept_encrypted(park: Park) -> None:
    park.note(1)
    rows = park.read(lambda s: s.execute(text("SELECT sign_key, box_key FROM this_node")).one())
    for kept in rows:
        assert b"Ed25519" not in bytes(kept)
        assert b"P-256" not in bytes(kept)


def test_a_code_works_once_and_the_same_park_may_ask_again(centre: Peer) -> None:
    code = invited(centre)
    keys = {"sign_key": public_part(new_sign_key()), "box_key": public_part(new_box_key())}
    first = asked(centre, code=code, **keys)
    lost_answer = asked(centre, code=code.lower().replace("-", " "), **keys)
    other = asked(centre, code=code)
    assert first.status_code == 200
    assert lost_answer.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (403, "sync.bad_code")
    assert len(centre.read(lambda s: s.scalars(select(KnownNode)).all())) == 1


def test_a_code_runs_out_after_seven_days(centre: Peer) -> None:
    early, late = invited(centre), invited(centre)
    centre.node.clock.move(days=7, seconds=-1)
    assert asked(centre, code=early).status_code == 200
    centre.node.clock.move(seconds=1)
    answer = asked(centre, code=late)
    assert (answer.status_code, answer.json()["code"]) == (403, "sync.bad_code")


def test_only_a_digest_of_the_code_is_kept(centre: Peer) -> None:
    code = invited(centre)
    kept = centre.read(lambda s: s.scalars(select(Invitation)).one())
    assert code not in str(vars(kept))
    assert len(code.replace("-", "")) == 16


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"code": ""}, "/code"),
        ({"sign_key": None}, "/sign_key"),
        ({"sign_key": {"kty": "OKP", "crv": "Ed25519", "x": "short"}}, "/sign_key"),
        ({"sign_key": public_part(new_box_key())}, "/sign_key"),
        ({"box_key": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}, "/box_key"),
        ({"node": "../../etc"}, "/node"),
    ],
)
def test_a_wrong_field_is_named(centre: Peer, change: dict[str, Any], pointer: str) -> None:
    answer = asked(centre, **({"code": invited(centre)} | change))
    assert (answer.status_code, answer.json()["code"]) == (422, "fields.invalid")
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


def test_a_private_part_sent_by_mistake_is_not_kept(centre: Peer) -> None:
    assert asked(centre, code=invited(centre), sign_key=new_sign_key()).status_code == 200
    assert "d" not in centre.read(lambda s: s.scalars(select(KnownNode.sign_key)).one())


def test_nobody_takes_over_the_id_of_another_park(centre: Peer, hand_made: HandMade) -> None:
    answer = asked(centre, code=invited(centre), node=hand_made.node)
    assert (answer.status_code, answer.json()["code"]) == (409, "sync.node_taken")


def test_guessing_codes_is_slowed_down(centre: Peer) -> None:
    client = centre.node.app.test_client()
    codes = {client.post("/api/v1/sync/enrol", json={}).status_code for _ in range(300)}
    assert codes == {422, 429}


def test_a_park_that_enrols_anew_at_the_same_province_goes_on_where_it_was(
    park: Park, centre: Peer
) -> None:
    node = park.enrol_at(centre)
    park.note(1)
    park.push()
    assert park.enrol_at(centre, "KCN Vân Trung mới") == node
    park.note(2)
    assert park.push().accepted == 1
    assert centre.read(lambda s: s.scalars(select(KnownNode.name)).one()) == "KCN Vân Trung mới"


def test_another_province_gets_the_log_from_its_start(park: Park, centre: Peer) -> None:
    park.enrol_at(centre)
    park.note(1)
    park.push()
    elsewhere = {"node": "019e0000-0000-7000-8000-000000000000"}
    keys = park.read(lambda s: s.scalars(select(ThisNode.upstream_keys)).one())
    park.run(lambda s: s.execute(update(ThisNode).values(upstream_keys=keys | elsewhere)))
    park.enrol_at(centre)
    assert park.status().accepted_through == 0
    park.note(2)
    assert park.push().stopped_by is None
    assert park.status().accepted_through == 2


@pytest.mark.parametrize(
    "url",
    ["http://province.example", "ftp://127.0.0.1", "127.0.0.1:8001", "", "https://", "http://[::1"],
)
def test_a_province_is_not_reached_without_encryption_over_a_network(url: str) -> None:
    with pytest.raises(Refusal) as refusal:
        Province(url).push("node", ["entry"])
    assert refusal.value.code == "sync.insecure_url"


def test_an_address_where_no_province_is_says_so(park: Park, centre: Peer) -> None:
    settings: Settings = park.node.app.config["SETTINGS"]
    assert settings.role == "park"
    here = Peer(park.node)
    here.up()
    answer = park.cli("sync", "enrol", here.url, "--code", "AAAA-BBBB", "--json")
    here.down()
    assert answer.exit_code == 1
    assert '"sync.' in answer.output

"""What came from the province, at a park: the same whatever the order, and for anybody to read."""

import json
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from app.bulletins.actions.arriving import take_bulletin
from app.bulletins.models import BulletinVersion
from app.bulletins.rules.bulletins import State, Version, down_body
from app.sync.rules import Direction, EntryArrived
from app.web.transaction import transact
from tests.conftest import Node
from tests.factories.bulletins import content

ID = "01940000-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def body(number: int, title: str, *, gone: bool = False) -> dict[str, Any]:
    told = content(titles={"vi": title})
    state = State.WITHDRAWN if gone else State.PUBLISHED
    reason = "Vì sai" if number > 1 else ""
    version = Version(
        ID, number, state, AT, told.number, told.on, told.titles, None if gone else told, reason
    )
    sent: dict[str, Any] = json.loads(json.dumps(down_body(version)))
    return sent


SENT = [body(1, "Bản đầu"), body(2, "Bản hai"), body(3, "Bản hai", gone=True)]


def arrive(node: Node, bodies: list[dict[str, Any]]) -> None:
    now = node.clock.at
    with node.app.app_context():
        transact(lambda s: s.execute(delete(BulletinVersion)))
        for seq, each in enumerate(bodies, start=1):
            event = EntryArrived(Direction.DOWN, "park", seq, "bulletin", each, now)
            transact(lambda s, e=event: take_bulletin(s, e, now=now))


def test_versions_in_any_order_end_in_the_same_page(node: Node) -> None:
    pages = set()
    for order in permutations(SENT):
        arrive(node, list(order))
        pages.add(node.app.test_client().get(f"/bulletins/{ID}").text)
    assert len(pages) == 1
    assert "Vì sai" in pages.pop()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(st.sampled_from([0, 1]), min_size=1, max_size=6))
def test_the_same_again_changes_nothing(node: Node, came: list[int]) -> None:
    arrive(node, [SENT[at] for at in came])
    page = node.app.test_client().get("/bulletins").text
    assert ("Bản hai" in page, "Bản đầu" in page) == (1 in came, 1 not in came)
    arrive(node, [SENT[at] for at in sorted(set(came))])
    assert node.app.test_client().get("/bulletins").text == page


def test_a_park_without_bulletins_says_since_when_it_heard_nothing(client: FlaskClient) -> None:
    page = client.get("/bulletins").text
    assert "Khu này chưa ghép với tỉnh" in page
    assert client.get(f"/bulletins/{ID}").status_code == 404
    assert client.get("/bulletins/channel/anything").status_code == 404

"""Handing commands in, as a phone does."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.kernel.ids import new_id
from tests.conftest import Node, SetClock
from tests.factories.browser import Browser
from tests.factories.people import Person


@pytest.fixture
def hand_in(client: FlaskClient, clock: SetClock) -> Callable[..., dict[str, Any]]:
    """Hand one command in for a person; its result."""

    def post(person: Person, kind: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        command = {"key": new_id(clock.at), "kind": kind, "made_at": clock.at.isoformat()}
        answer = client.post(
            "/api/v1/commands",
            json={"commands": [command | {"body": body} | more]},
            headers=person.headers,
        )
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json["results"][0]
        return result

    return post


@pytest.fixture
def browser(node: Node) -> Browser:
    """Somebody's browser, signed in to nothing."""
    return Browser(node.app.test_client())


@pytest.fixture
def other_browser(node: Node) -> Browser:
    """Another machine."""
    return Browser(node.app.test_client())

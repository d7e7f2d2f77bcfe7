"""Browsers that are signed in, and phones that are nobody's."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.actions.sessions import open_web_session
from app.feedback.gateways.flood import forget_counts
from tests.conftest import Node, SetClock
from tests.factories.people import Person


class Browser(FlaskClient):
    """Asks in a context of its own: that of a test keeps what the request before left in it."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **options)


@pytest.fixture
def stranger(node: Node) -> FlaskClient:
    """A browser that is signed in to nothing."""
    return Browser(node.app, node.app.response_class)


@pytest.fixture
def enter(
    node: Node, write: Callable[..., str], clock: SetClock
) -> Callable[[Person], FlaskClient]:
    """A browser of its own, signed in as somebody."""

    def sign_in(person: Person) -> FlaskClient:
        session_id = write(lambda s: open_web_session(s, person.id, now=clock.at))
        browser = Browser(node.app, node.app.response_class)
        with browser.session_transaction() as cookies:
            cookies["_user_id"], cookies["_fresh"] = session_id, True
        return browser

    return sign_in


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """No test pays for the notes of another."""
    forget_counts()


@pytest.fixture(autouse=True)
def without_form_tokens(request: pytest.FixtureRequest) -> Iterator[None]:
    """Forms are posted bare here; that each needs its token is told in tests/nets."""
    if "node" not in request.fixturenames:
        yield
        return
    node: Node = request.getfixturevalue("node")
    node.app.config["WTF_CSRF_ENABLED"] = False
    yield
    node.app.config["WTF_CSRF_ENABLED"] = True

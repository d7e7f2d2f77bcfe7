"""Browsers that are signed in, for pages of figures."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.actions.sessions import open_web_session
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


@pytest.fixture
def csrf() -> Callable[[FlaskClient, str], dict[str, str]]:
    """What a form on a page sends along to be taken."""

    def token(browser: FlaskClient, address: str) -> dict[str, str]:
        page = browser.get(address).text
        value = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
        return {"csrf_token": value}

    return token

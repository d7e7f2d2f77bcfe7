"""Browsers signed in as people of the cast, whose forms need no token of a page."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.actions.sessions import open_web_session
from tests.conftest import Node, SetClock
from tests.factories.people import Person


@pytest.fixture
def enter(
    node: Node,
    write: Callable[[Callable[[Session], Any]], Any],
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Person], FlaskClient]:
    """A browser of its own, signed in as somebody."""
    monkeypatch.setitem(node.app.config, "WTF_CSRF_ENABLED", False)

    def sign_in(person: Person) -> FlaskClient:
        session_id = write(lambda s: open_web_session(s, person.id, now=clock.at))
        browser = node.app.test_client()
        with browser.session_transaction() as cookies:
            cookies["_user_id"], cookies["_fresh"] = session_id, True
        return browser

    return sign_in

"""Browsers that are signed in, for the pages of the risk index."""

from collections.abc import Iterator

import pytest

from tests.conftest import Node
from tests.features.dashboards.conftest import enter, stranger

__all__ = ["enter", "stranger"]


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

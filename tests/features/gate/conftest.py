"""A browser for the pages of kiosks."""

import pytest

from tests.conftest import Node
from tests.factories.browser import Browser


@pytest.fixture
def browser(node: Node) -> Browser:
    """Somebody's browser, signed in to nothing."""
    return Browser(node.app.test_client())

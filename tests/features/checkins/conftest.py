"""Browsers for the pages of daily checks."""

import pytest

from tests.conftest import Node
from tests.factories.browser import Browser


@pytest.fixture
def browser(node: Node) -> Browser:
    """Somebody's browser, signed in to nothing."""
    return Browser(node.app.test_client())


@pytest.fixture
def other_browser(node: Node) -> Browser:
    """Another machine."""
    return Browser(node.app.test_client())

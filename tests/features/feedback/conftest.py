"""Browsers that are signed in, and phones that are nobody's."""

import pytest

from app.feedback.gateways.flood import forget_counts
from tests.features.dashboards.conftest import enter, stranger
from tests.features.risk.conftest import without_form_tokens

__all__ = ["enter", "stranger", "without_form_tokens"]


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """No test pays for the notes of another."""
    forget_counts()

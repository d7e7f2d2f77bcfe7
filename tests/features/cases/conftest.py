"""Browsers that are signed in, for pages of cases."""

from tests.features.dashboards.conftest import enter, stranger

__all__ = ["enter", "stranger"]

"""The search index after a purge: words of names that went leave it, a few pages a write."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from app.workforce.actions.search_index import fold_search_index

FOLDS_AT_MOST = 2000


def clear_index(commit: Callable[[Callable[[Session], Any]], Any]) -> None:
    """Merge the index until it is in one piece; what comes in meanwhile waits for the next time."""
    for _ in range(FOLDS_AT_MOST):
        if not commit(fold_search_index):
            return

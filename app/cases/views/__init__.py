"""Pages of cases: the work queue, and one case."""

from app.cases.views import acts, ending, opening
from app.cases.views.queue import case_pages

__all__ = ["acts", "case_pages", "ending", "opening"]

"""Pages of workers, PIN slips and timetables."""

from app.workforce.views import cards, patterns, records, slips
from app.workforce.views.imports import imports_pages
from app.workforce.views.schedules import schedule_pages
from app.workforce.views.workers import workers_pages

__all__ = [
    "cards",
    "imports_pages",
    "patterns",
    "records",
    "schedule_pages",
    "slips",
    "workers_pages",
]

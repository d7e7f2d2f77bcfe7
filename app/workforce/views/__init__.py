"""Pages of workers, PIN slips and timetables."""

from app.workforce.views import (
    addresses,
    cards,
    group_people,
    group_sources,
    groups,
    import_saving,
    imports,
    many_workers,
    patterns,
    planned,
    records,
    slips,
)
from app.workforce.views.data_requests import data_request_pages
from app.workforce.views.group_place import groups_pages
from app.workforce.views.import_place import imports_pages
from app.workforce.views.schedules import schedule_pages
from app.workforce.views.standard_lists import standard_list_pages
from app.workforce.views.workers import workers_pages

__all__ = [
    "addresses",
    "cards",
    "data_request_pages",
    "group_people",
    "group_sources",
    "groups",
    "groups_pages",
    "import_saving",
    "imports",
    "imports_pages",
    "many_workers",
    "patterns",
    "planned",
    "records",
    "schedule_pages",
    "slips",
    "standard_list_pages",
    "workers_pages",
]

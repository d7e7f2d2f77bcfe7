"""The page of this node, the calls of a park, and the calls of a province."""

from app.sync.views import waiting as waiting
from app.sync.views.pages import sync_pages
from app.sync.views.park import park_sync_api, park_sync_pages
from app.sync.views.province import province_sync_api, province_sync_pages

__all__ = [
    "park_sync_api",
    "park_sync_pages",
    "province_sync_api",
    "province_sync_pages",
    "sync_pages",
]

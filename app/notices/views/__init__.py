"""Pages and calls of urgent notices, and of the outlets that need no phone."""

from app.notices.views import acts, composing, progress
from app.notices.views.cap import cap_pages
from app.notices.views.display import display_api, display_pages
from app.notices.views.frame import notice_pages
from app.notices.views.paper import paper_pages

__all__ = [
    "acts",
    "cap_pages",
    "composing",
    "display_api",
    "display_pages",
    "notice_pages",
    "paper_pages",
    "progress",
]

"""Pages and calls of urgent notices."""

from app.notices.views import acts, composing, progress
from app.notices.views.display import display_api, display_pages
from app.notices.views.frame import notice_pages

__all__ = ["acts", "composing", "display_api", "display_pages", "notice_pages", "progress"]

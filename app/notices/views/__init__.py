"""Pages of urgent notices."""

from app.notices.views import acts, composing, progress
from app.notices.views.frame import notice_pages

__all__ = ["acts", "composing", "notice_pages", "progress"]

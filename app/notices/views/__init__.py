"""Pages and calls of urgent notices."""

from app.notices.views.cap import cap_pages
from app.notices.views.display import display_api, display_pages
from app.notices.views.paper import paper_pages

__all__ = ["cap_pages", "display_api", "display_pages", "paper_pages"]

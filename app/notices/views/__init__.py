"""Pages and calls of urgent notices."""

from app.notices.views.display import display_api, display_pages

__all__ = ["display_api", "display_pages"]

"""Pages of what is kept how long, and of breaches."""

from app.retention.views.breaches import breach_pages
from app.retention.views.pages import retention_pages

__all__ = ["breach_pages", "retention_pages"]

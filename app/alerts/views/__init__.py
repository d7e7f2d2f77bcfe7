"""Pages of the province's urgent notices."""

from app.alerts.views import acts, card, composing, live
from app.alerts.views.frame import alert_pages

__all__ = ["acts", "alert_pages", "card", "composing", "live"]

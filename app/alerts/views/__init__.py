"""Pages of the province's urgent notices."""

from app.alerts.views import acts, cap, card, composing, live
from app.alerts.views.frame import alert_pages

__all__ = ["acts", "alert_pages", "cap", "card", "composing", "live"]

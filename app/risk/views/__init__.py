"""The pages of the risk index."""

from app.risk.views import assessments, places, sets
from app.risk.views.frame import risk_pages

__all__ = ["assessments", "places", "risk_pages", "sets"]

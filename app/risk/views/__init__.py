"""The pages of the risk index."""

from app.risk.views import assessments, findings, places, sets
from app.risk.views.frame import risk_pages

__all__ = ["assessments", "findings", "places", "risk_pages", "sets"]

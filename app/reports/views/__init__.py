"""Pages of reports that leave An Ca."""

from app.reports.views import dhis2 as dhis2
from app.reports.views.daily import park_report_pages, report_pages

__all__ = ["park_report_pages", "report_pages"]

"""Pages of figures: home by role, today board, compliance, the parks of a province, groups."""

from app.dashboards.views import compliance_files as compliance_files
from app.dashboards.views import digests as digests
from app.dashboards.views import figures_files as figures_files
from app.dashboards.views import park_reports as park_reports
from app.dashboards.views import province_files as province_files
from app.dashboards.views import today_acts as today_acts
from app.dashboards.views import today_lists as today_lists
from app.dashboards.views.board_api import board_api
from app.dashboards.views.calls import calls_pages
from app.dashboards.views.compliance import compliance_pages
from app.dashboards.views.groups_api import groups_api
from app.dashboards.views.home import home_pages
from app.dashboards.views.live_board import live_board_pages
from app.dashboards.views.notes import notes_pages
from app.dashboards.views.offline import offline_pages
from app.dashboards.views.province import province_pages
from app.dashboards.views.shells import shell_pages
from app.dashboards.views.today import today_pages

__all__ = [
    "board_api",
    "calls_pages",
    "compliance_pages",
    "groups_api",
    "home_pages",
    "live_board_pages",
    "notes_pages",
    "offline_pages",
    "province_pages",
    "shell_pages",
    "today_pages",
]

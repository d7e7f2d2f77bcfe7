"""Pages of bulletins and of rules from the province."""

from app.bulletins.views import acts as _acts  # noqa: F401 - its routes belong to the desk
from app.bulletins.views.arrivals import province_rule_pages
from app.bulletins.views.board import board_pages
from app.bulletins.views.desk import desk_pages
from app.bulletins.views.rule_desk import rule_desk_pages

__all__ = ["board_pages", "desk_pages", "province_rule_pages", "rule_desk_pages"]

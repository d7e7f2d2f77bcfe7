"""Pages of bulletins and of rules from the province."""

from app.bulletins.views.acts import publish_one as _acts  # noqa: F401 - mounts the acts
from app.bulletins.views.board import board_pages
from app.bulletins.views.desk import desk_pages

__all__ = ["board_pages", "desk_pages"]

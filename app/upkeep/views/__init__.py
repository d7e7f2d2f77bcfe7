"""Pages of backups and of the node, and the addresses by which others ask how it is."""

from app.upkeep.views.backups import upkeep_backups
from app.upkeep.views.health import upkeep_health
from app.upkeep.views.node import upkeep_node

__all__ = ["upkeep_backups", "upkeep_health", "upkeep_node"]

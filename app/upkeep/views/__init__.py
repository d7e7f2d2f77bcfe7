"""Pages of backups, of the node and its certificate; addresses for asking how it is."""

from app.upkeep.views import recovery_sheet  # noqa: F401 - its route joins the page of backups
from app.upkeep.views.api_document import api_document_pages
from app.upkeep.views.backups import upkeep_backups
from app.upkeep.views.certificate import upkeep_certificate
from app.upkeep.views.channels import upkeep_channels
from app.upkeep.views.first_steps import first_step_pages
from app.upkeep.views.health import upkeep_health
from app.upkeep.views.metrics import metrics_pages
from app.upkeep.views.node import upkeep_node
from app.upkeep.views.zalo import upkeep_zalo

__all__ = [
    "api_document_pages",
    "first_step_pages",
    "metrics_pages",
    "upkeep_backups",
    "upkeep_certificate",
    "upkeep_channels",
    "upkeep_health",
    "upkeep_node",
    "upkeep_zalo",
]

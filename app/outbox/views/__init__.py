"""The call that takes commands, and the call that tells a device what is open for its holder."""

from app.outbox.views.commands import outbox_api
from app.outbox.views.kiosk import kiosk_api
from app.outbox.views.me import me_api
from app.outbox.views.parcels import parcels_api
from app.outbox.views.record_paper import record_pages

__all__ = ["kiosk_api", "me_api", "outbox_api", "parcels_api", "record_pages"]

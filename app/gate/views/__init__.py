"""Pages of the gate and its kiosks."""

from app.gate.views.kiosk import kiosk_pages

__all__ = ["kiosk_pages"]

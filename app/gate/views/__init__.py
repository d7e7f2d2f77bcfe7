"""Edges of the gate and its kiosks: pages, and what gates are told."""

from app.gate.views.api import gate_api
from app.gate.views.guides import guide_pages
from app.gate.views.kiosk import kiosk_pages
from app.gate.views.pages import gate_pages

__all__ = ["gate_api", "gate_pages", "guide_pages", "kiosk_pages"]

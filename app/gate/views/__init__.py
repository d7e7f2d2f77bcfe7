"""Edges of the gate: what its pages are, and what gates are told."""

from app.gate.views.api import gate_api
from app.gate.views.pages import gate_pages

__all__ = ["gate_api", "gate_pages"]

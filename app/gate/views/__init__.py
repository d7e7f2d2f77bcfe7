"""Edges of the gate: what gates and phones are told."""

from app.gate.views.api import gate_api

__all__ = ["gate_api"]

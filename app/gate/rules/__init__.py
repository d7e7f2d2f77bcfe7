"""Decisions at the gate and at its kiosk."""

"""The gate of a park: who passes it, and who answers at its kiosk."""

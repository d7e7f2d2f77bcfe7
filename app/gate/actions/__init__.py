"""Changes of what the gate and its kiosks keep."""

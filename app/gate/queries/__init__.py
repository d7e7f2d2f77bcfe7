"""Reading what the gate and its kiosks keep."""

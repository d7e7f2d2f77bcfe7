"""Changes: handing over, sending, telling what became of it."""

"""Staff lists on their way into the roster: read, staged, decided on, applied in chunks."""

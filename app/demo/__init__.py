"""A believable park to look around in."""

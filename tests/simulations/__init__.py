"""A park lives through days in a minute, on seeded chance, watched by a model of its own."""

"""Filling an empty database with the demo park, or the demo province."""

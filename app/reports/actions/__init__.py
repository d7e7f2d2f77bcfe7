"""Keeping codes, and sending rows to the other system."""

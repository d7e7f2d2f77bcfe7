"""Keeping feedback and working on it."""

"""Figures and lists of the boards."""

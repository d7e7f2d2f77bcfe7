"""Formats of the gate: what is sealed for this node."""

"""Decisions on backups and on the state of a node."""

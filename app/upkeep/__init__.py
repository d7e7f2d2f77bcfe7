"""Backup, health and what keeps a node running."""

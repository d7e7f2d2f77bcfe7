"""Signatures of passes, and what is sealed for one device or for this node."""

"""Urgent notices: written, counted, approved, counted down, sent, stopped, corrected, withdrawn."""

"""Urgent notices: written, looked at by a second person, sent, stopped, corrected, taken back."""

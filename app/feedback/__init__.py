"""Feedback of workers, anonymous or named, calls of the hotline, and how they are answered."""

"""Taking in what arrives, and working on it."""

"""Takes commands that may have been made offline, and does each once."""

"""What feedback is, how far it came, who holds it, and how long it took."""

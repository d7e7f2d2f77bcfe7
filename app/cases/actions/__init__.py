"""What may be done to a case, and what follows for it from elsewhere."""

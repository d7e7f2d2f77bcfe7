"""What reports are made from, and what became of those that were sent."""

"""What may be kept how long, and what follows when that is over."""

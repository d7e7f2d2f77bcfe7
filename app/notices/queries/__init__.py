"""Reading notices, their audiences, and how far they came."""

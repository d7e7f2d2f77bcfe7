"""What phones send and what the pages ask."""
